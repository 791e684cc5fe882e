"""Ten visits, 107 patterns of missing ones: R mmrm at its optimum.

tests/golden/mmrm_ten_visits.R made the trial and printed mmrm_ten_visits.csv.
"""

from pathlib import Path

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis.mmrm import mmrm

FOLDER = Path(__file__).parents[2] / "golden"
GOLDEN = pd.read_csv(FOLDER / "mmrm_ten_visits.csv")
CASES = [tuple(key) for key in GOLDEN[["estimation", "method"]].drop_duplicates().to_numpy()]


@pytest.fixture(scope="module")
def trial() -> pd.DataFrame:
    wide = pd.read_csv(FOLDER / "mmrm_ten_visits_data.csv")
    long = wide.melt(["person", "arm", "sex", "baseline"], var_name="visit", value_name="y")
    return long.assign(visit=long["visit"].str[1:])


@pytest.mark.parametrize(("estimation", "method"), CASES)
def test_every_number_of_r(trial, estimation, method):
    found = mmrm(
        trial,
        "y ~ sex + baseline + arm * visit",
        subject="person",
        visit="visit",
        df="satterthwaite" if method.startswith("sandwich") else method,
        robust={"sandwich-cr2": "CR2"}.get(method),
        reml=estimation == "reml",
    )
    assert found.model.visits == tuple(str(k) for k in range(1, 11))
    assert found.fit.problem.moments.people.shape == (1, 107)
    rows = GOLDEN[(GOLDEN["estimation"] == estimation) & (GOLDEN["method"] == method)]
    assert (rows["refined"] == "yes").all()
    for row in rows.itertuples():
        kind, _, rest = row.quantity.partition(" ")
        if kind == "loglik":
            assert_allclose(found.fit.log_likelihood, row.estimate, rtol=1e-11)
            continue
        if kind == "covariance":
            a, b = (int(name) - 1 for name in rest.split())
            assert_allclose(found.fit.sigma[0, a, b], row.estimate, rtol=1e-6)
            continue
        if kind == "coefficient":
            label = {"(Intercept)": "Intercept", "baseline": "baseline"}.get(rest)
            label = label or ":".join(
                f"{p[:3]}[T.{p[3:]}]" if p[:3] in ("sex", "arm") else f"visit[T.{p[5:]}]"
                for p in rest.split(":")
            )
            ours = found.select(name="coefficient", label=label).rows[0]
        elif kind == "ls-mean":
            arm, visit = rest.split()
            ours = found.select(name="ls-mean", arm=arm, visit=visit).rows[0]
        else:
            ours = found.select(name="contrast", visit=rest.split()[-1]).rows[0]
        assert abs(ours.estimate - row.estimate) <= 2e-6 * row.se, row
        assert_allclose(ours.se, row.se, rtol=1e-6, err_msg=str(row))
        assert_allclose(ours.df, row.df, rtol=1e-5, err_msg=str(row))
