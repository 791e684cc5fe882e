"""Laws that every fit obeys, whatever the trial."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from equipoise.analysis import fit_many, fit_mmrm
from equipoise.analysis.mmrm import STRUCTURES, leave_one_out, refits
from equipoise.analysis.mmrm.covariance_model import CovarianceModel
from equipoise.analysis.mmrm.likelihood import derivatives_at, value_at
from equipoise.analysis.mmrm.person_facts import person_facts
from equipoise.analysis.mmrm.problem import problem_of

VISITS = ("a", "b", "c")
PLAIN = [slug for slug, s in STRUCTURES.items() if not s.spatial]


def rows_of(seed: int, n: int = 36) -> dict[str, np.ndarray]:
    """Make complete rows of a small trial with dropout and gaps."""
    rng = np.random.default_rng(seed)
    m = len(VISITS)
    person, visit = (part.ravel() for part in np.mgrid[:n, :m])
    arm, base = rng.permutation(n) % 2, rng.normal(size=n)
    own = rng.normal(size=n)
    y = own[person] + 0.5 * base[person] + rng.normal(size=n * m) * (1 + 0.3 * visit)
    X = np.column_stack(
        [visit == v for v in range(m)]
        + [(visit == v) * arm[person] for v in range(m)]
        + [base[person]]
    ).astype(float)
    seen = rng.random(n * m) > 0.2
    seen[visit == 0] = True
    return {
        "response": y[seen],
        "design": X[seen],
        "person": person[seen],
        "visit": visit[seen],
        "arm": arm,
    }


def fitted(rows, covariance="us", df="kenward-roger", **options):
    names = [f"x{j}" for j in range(rows["design"].shape[1])]
    given_ = {k: v for k, v in rows.items() if k != "arm"}
    return fit_mmrm(**given_, columns=names, visits=VISITS, covariance=covariance, df=df, **options)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000), st.floats(-1e3, 1e3), st.floats(0.01, 100))
def test_units_do_not_matter(seed, shift, scale):
    """y to shift + scale y: effects scale, df and p stay, the likelihood moves by its Jacobian."""
    rows = rows_of(seed)
    one = fitted(rows)
    two = fitted({**rows, "response": shift + scale * rows["response"]})
    L = np.eye(7)[3:]
    (e1, s1, d1), (e2, s2, d2) = one.contrasts(L), two.contrasts(L)
    assert_allclose(e2, scale * e1, rtol=1e-7, atol=1e-9 * scale * s1.max())
    assert_allclose(s2, scale * s1, rtol=1e-8)
    assert_allclose(d2, d1, rtol=1e-6)
    moved = one.log_likelihood - (len(rows["response"]) - 7) * np.log(scale)
    assert_allclose(two.log_likelihood, moved, rtol=1e-9, atol=1e-7)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000))
def test_the_order_of_rows_and_people_does_not_matter(seed):
    rows = rows_of(seed)
    order = np.random.default_rng(seed).permutation(len(rows["response"]))
    mixed = {k: v if k == "arm" else v[order] for k, v in rows.items()}
    one, two = fitted(rows), fitted(mixed)
    assert_allclose(two.coefficients, one.coefficients, rtol=1e-9, atol=1e-10)
    assert_allclose(two.covariance, one.covariance, rtol=1e-8, atol=1e-12)


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10_000))
def test_any_basis_of_the_design_gives_the_same_answers(seed):
    """Contrasts do not depend on how the columns are coded, nor their Kenward-Roger covariance."""
    rows = rows_of(seed)
    turn = np.random.default_rng(seed).normal(size=(7, 7)) + 3 * np.eye(7)
    one, two = fitted(rows), fitted({**rows, "design": rows["design"] @ turn})
    L = np.eye(7)[3:5]
    for a, b in zip(one.contrasts(L), two.contrasts(L @ turn), strict=True):
        assert_allclose(b, a, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("slug", PLAIN)
@pytest.mark.parametrize("reml", [True, False])
def test_derivatives_are_those_of_the_deviance(slug, reml):
    """Score and observed information against finite differences of the value itself."""
    rows = rows_of(3)
    groups = rows["arm"].astype(np.intp)
    problem = problem_of(
        rows["response"], rows["design"], rows["person"], rows["visit"],
        people=36, visits=3, columns=[f"x{j}" for j in range(7)], group=groups,
    )  # fmt: skip
    model = CovarianceModel(STRUCTURES[slug], 3, 2)
    theta = 0.9 * model.starts(problem.moments)[1] + 0.02

    def deviance(at):
        return value_at(problem.moments, model.sigma(at, problem.moments), reml=reml).deviance[0]

    value = value_at(problem.moments, model.sigma(theta, problem.moments), reml=reml)
    found = derivatives_at(problem.moments, value, model.slopes(theta, problem.moments), reml=reml)
    hessian = found.observed + model.curvature(theta, problem.moments, found.slope)
    d, h = model.size, 1e-4
    step = h * np.eye(d)
    for s in range(d):
        ahead, behind = deviance(theta + step[s]), deviance(theta - step[s])
        assert_allclose(found.score[0, s], (ahead - behind) / (2 * h), rtol=1e-5, atol=1e-5)
        for t in range(s + 1):
            corners = [
                sign * deviance(theta + a * step[s] + b * step[t])
                for a, b, sign in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
            ]
            assert_allclose(hessian[0, s, t], sum(corners) / (4 * h * h), rtol=2e-4, atol=2e-3)


@pytest.mark.parametrize("slug", PLAIN)
def test_slopes_and_curvatures_of_sigma(slug):
    structure, m = STRUCTURES[slug], 4
    rng = np.random.default_rng(2)
    start = rng.normal(size=(m, m)) * 0.3 + np.eye(m)
    theta = structure.starts((start @ start.T)[None])[1][0]
    h = 1e-5
    for s in range(len(theta)):
        step = h * np.eye(len(theta))[s]
        numeric = (structure.sigma(theta + step, m) - structure.sigma(theta - step, m)) / (2 * h)
        assert_allclose(structure.slopes(theta, m)[s], numeric, atol=1e-8)
        if not structure.linear:
            ahead, behind = structure.slopes(theta + step, m), structure.slopes(theta - step, m)
            second = (ahead - behind) / (2 * h)
            assert_allclose(structure.curvatures(theta, m)[s], second, atol=1e-7)


def test_nested_structures_have_ordered_likelihoods():
    """A structure cannot fit better than one that contains it."""
    rows = rows_of(11)
    best = {slug: fitted(rows, slug, df="residual").log_likelihood for slug in PLAIN}
    for small, large in [
        ("cs", "csh"), ("cs", "toep"), ("ar1", "toep"), ("ar1", "ad"), ("toep", "toeph"),
        ("csh", "toeph"), ("arh1", "toeph"), ("arh1", "adh"), ("ad", "adh"), ("toeph", "us"),
        ("adh", "us"), ("ar1", "arh1"),
    ]:  # fmt: skip
        assert best[small] <= best[large] + 1e-9, (small, large)


def test_complete_data_of_two_visits_give_the_paired_t_test():
    """The difference of two visits, no missing data: n - 1 df and the usual standard error."""
    rng = np.random.default_rng(8)
    y = rng.normal(size=(15, 2)) @ np.array([[1.0, 0.4], [0.0, 0.9]])
    person, visit = (part.ravel() for part in np.mgrid[:15, :2])
    X = np.column_stack((visit == 0, visit == 1)).astype(float)
    for df in ("kenward-roger", "satterthwaite"):
        fit = fit_mmrm(y.ravel(), X, person, visit, columns="ab", visits="ab", df=df)
        estimate, se, free = fit.contrasts([-1, 1])
        change = y[:, 1] - y[:, 0]
        assert_allclose(estimate, change.mean(), rtol=1e-12)
        assert_allclose(se, change.std(ddof=1) / np.sqrt(15), rtol=1e-10)
        assert_allclose(free, 14, rtol=1e-9)


@pytest.mark.parametrize("slug", PLAIN)
@pytest.mark.parametrize("df", ["satterthwaite", "kenward-roger", "kenward-roger-linear"])
@pytest.mark.parametrize("reml", [True, False])
def test_many_trials_are_the_trials_one_by_one(slug, df, reml):
    trials = [rows_of(seed) for seed in (1, 2, 3)]
    outcomes = np.full((3, 36, 3), np.nan)
    facts = np.empty((3, 36, 3))
    design = np.zeros((3, 3, 7))
    for v in range(3):
        design[v, 0, v] = design[v, 1, 3 + v] = design[v, 2, 6] = 1
    for t, rows in enumerate(trials):
        outcomes[t, rows["person"], rows["visit"]] = rows["response"]
        base = np.zeros(36)
        base[rows["person"]] = rows["design"][:, 6]
        facts[t] = np.column_stack((np.ones(36), rows["arm"], base))
    many = fit_many(outcomes, facts, design, covariance=slug, df=df, reml=reml)
    assert many.fitted.all()
    for t, rows in enumerate(trials):
        one = fitted(rows, slug, df=df, reml=reml)
        estimate, se, free = one.contrasts(np.eye(7))
        assert_allclose(many.coefficients[t], one.coefficients, rtol=1e-8, atol=1e-9)
        assert_allclose(many.estimate[t], estimate, rtol=1e-8, atol=1e-9)
        assert_allclose(many.se[t], se, rtol=1e-8)
        assert_allclose(many.df[t], free, rtol=1e-6)
        assert_allclose(many.theta[t], one.theta, rtol=1e-6, atol=1e-8)
        assert_allclose(many.log_likelihood[t], one.log_likelihood, rtol=1e-12)


@pytest.mark.parametrize("slug", PLAIN)
def test_the_compiled_kernel_gives_the_same_numbers(slug):
    pytest.importorskip("numba")
    rng = np.random.default_rng(4)
    outcomes = rng.normal(size=(6, 30, 3)).cumsum(axis=2)
    outcomes[rng.random(outcomes.shape) < 0.15] = np.nan
    facts = np.column_stack((np.ones(30), np.arange(30) % 2, rng.normal(size=30)))
    for reml in (True, False):
        plain, fast = (
            fit_many(outcomes, facts, covariance=slug, reml=reml, engine=engine)
            for engine in ("numpy", "fast")
        )
        assert (plain.status == fast.status).all()
        assert plain.fitted.any()
        for name in ("coefficients", "covariance", "se", "df", "theta", "log_likelihood"):
            assert_allclose(getattr(fast, name), getattr(plain, name), rtol=1e-10, atol=1e-10)


def test_a_trial_that_cannot_be_fitted_does_not_disturb_the_others():
    rng = np.random.default_rng(9)
    outcomes = rng.normal(size=(4, 20, 3))
    facts = np.column_stack((np.ones(20), np.arange(20) % 2))
    alone = fit_many(outcomes[[0, 3]], facts)
    outcomes[1, facts[:, 1] == 1, 2] = np.nan  # an arm that nobody saw at the last visit
    outcomes[2, :10, 0] = outcomes[2, 10:, 2] = np.nan  # two visits never seen together
    many = fit_many(outcomes, facts)
    assert many.status.tolist() == [0, 1, 2, 0]
    assert np.isnan(many.estimate[1:3]).all()
    assert_allclose(many.estimate[[0, 3]], alone.estimate, rtol=1e-12)
    assert sum(many.refusals().values()) == 2


@pytest.mark.parametrize("slug", ["us", "arh1"])
def test_leaving_one_out_is_a_fit_without_that_person(slug):
    rows = rows_of(6)
    fit = fitted(rows, slug)
    found = refits(fit, leave_one_out(36)[:5])
    assert found.reached.all()
    for i in range(5):
        kept = rows["person"] != i
        without = {k: v[kept] for k, v in rows.items() if k != "arm"}
        without["person"] = without["person"] - (without["person"] > i)
        again = fitted({**without, "arm": rows["arm"]}, slug)
        assert_allclose(found.coefficients[i], again.coefficients, rtol=1e-8, atol=1e-9)
        assert_allclose(found.sigma[i], again.sigma, rtol=1e-7, atol=1e-9)


@settings(max_examples=50)
@given(st.integers(0, 10_000))
def test_person_facts_rebuild_the_design(seed):
    """Also with covariates that change over visits, numeric time and people seen once."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 12)), int(rng.integers(1, 5))
    observed = rng.random((n, m)) < 0.7
    observed[~observed.any(axis=1), 0] = True
    base, arm = rng.normal(size=n), rng.integers(0, 2, n)
    time = rng.normal(size=m)
    columns = [
        np.ones((n, m)),
        np.broadcast_to(base[:, None], (n, m)),
        arm[:, None] * time,
        base[:, None] * time,
        rng.normal(size=(n, m)),
        (np.arange(m) == 0) * arm[:, None],
    ]
    grid = np.stack(columns, axis=2).astype(float)
    facts, loading = person_facts(grid, observed)
    rebuilt = np.einsum("nr,mrp->nmp", facts, loading)
    assert_allclose(rebuilt[observed], grid[observed], rtol=1e-13, atol=1e-13)


def test_weights_are_variances():
    """Weight w divides a row's variance: with w = 4 everywhere Sigma is four times as large."""
    rows = rows_of(2)
    one = fitted(rows, "us")
    four = fitted(rows, "us", weights=np.full(len(rows["response"]), 4.0))
    assert_allclose(four.sigma, 4 * one.sigma, rtol=1e-8)
    assert_allclose(four.coefficients, one.coefficients, rtol=1e-9, atol=1e-10)
    assert_allclose(four.log_likelihood, one.log_likelihood, rtol=1e-10)


@pytest.mark.parametrize("offset", [1e4, 1e6, 1e8])
def test_far_from_zero_nothing_cancels(offset):
    """A covariate that changes over visits, such as a date serial: its offset does not matter."""
    rows = rows_of(4)
    change = np.random.default_rng(4).normal(size=len(rows["response"]))
    cells = np.column_stack((np.ones(len(change)), rows["design"][:, 1:]))
    one = fitted({**rows, "design": np.column_stack((cells, change))})
    far = fitted({**rows, "design": np.column_stack((cells, change + offset))})
    L = np.eye(8)[3:]
    for a, b in zip(one.contrasts(L), far.contrasts(L), strict=True):
        assert_allclose(b, a, rtol=20 * offset * 2.3e-16 + 1e-9)


def test_groups_of_one_kind_share_nothing():
    """With a covariance by arm and effects by arm, each arm's means are fitted as if alone."""
    rows = rows_of(12)
    both = fitted({**rows, "design": rows["design"][:, :6]}, group=rows["arm"], groups=("p", "d"))
    for g in (0, 1):
        mine = rows["arm"][rows["person"]] == g
        people = np.unique(rows["person"][mine])
        alone = fit_mmrm(
            rows["response"][mine],
            rows["design"][mine][:, :3],
            np.searchsorted(people, rows["person"][mine]),
            rows["visit"][mine],
            columns="abc",
            visits=VISITS,
        )
        assert_allclose(both.sigma[g], alone.sigma[0], rtol=1e-7, atol=1e-9)


def test_a_frame_is_not_changed():
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {"id": np.repeat(np.arange(20), 2), "v": ["x", "y"] * 20, "g": np.repeat(["a", "b"], 20)}
    ).assign(y=rng.normal(size=40))
    before = table.copy(deep=True)
    from equipoise.analysis import mmrm  # noqa: PLC0415

    mmrm(table, "y ~ g * v", subject="id", visit="v")
    pd.testing.assert_frame_equal(table, before)
