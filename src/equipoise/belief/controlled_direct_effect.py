"""Controlled direct effect: the arm against control, had everybody held one given belief.

People guess from what they feel: side effects, early relief. Those lie on the way from arm to
outcome, so they cannot simply be adjusted for: an ordinary regression on them removes part of the
drug's own effect. Both estimators here remove the effect of the *guess* and leave the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.analysis.contrast import Contrast
from equipoise.belief.coded_answers import (
    FloatArray,
    cluster_sums,
    clusters,
    coded,
    columns,
    missing_guess_warning,
)
from equipoise.belief.contrast_row import contrast_row
from equipoise.belief.multinomial_logit import multinomial_logit
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

IntArray = NDArray[np.intp]

NAME = "controlled-direct-effect"
FLOOR = 0.02  # a guess less likely than this stands for more than fifty people
MIN_STRATUM = 2

G_METHOD = "Sequential g-estimation (Vansteelandt 2009, Epidemiology 20:851), stacked HC3 sandwich"
AIPW_METHOD = "AIPW of the direct effect given belief (after Levis et al. 2025, medRxiv)"
ASSUMPTIONS = (
    "Nothing unmeasured moves both guess and outcome, given arm, baseline and the measured side "
    "effects or early response",
    "The outcome measured did not cause the guess",
    "People of either arm hold either belief, whatever they felt (positivity)",
)


@dataclass(frozen=True, slots=True, eq=False)
class DirectEffectRows:
    """Complete rows: score, arm, guess, baseline x (centred), post-treatment l, person."""

    y: FloatArray
    arm: FloatArray
    guess: FloatArray
    x: FloatArray
    l: FloatArray  # noqa: E741  (the L of the papers)
    person: IntArray

    @property
    def people(self) -> int:
        """How many people the rows come from."""
        return int(np.unique(self.person).size)

    @property
    def repeated(self) -> bool:
        """Whether some person has several rows."""
        return self.people < self.person.size


def direct_effect_rows(
    y: ArrayLike,
    arm: ArrayLike,
    guess: ArrayLike,
    *,
    after: ArrayLike | None = None,
    baseline: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> tuple[DirectEffectRows, tuple[str, ...]]:
    """Check rows, leave out the incomplete ones, and say how many.

    Parameters
    ----------
    y, arm, guess : shape (n,)
        Score; 1 active, 0 control; 1 guessed active, 0 guessed control, NaN missing.
    after : shape (n, p), optional
        Side effects or early response: after randomisation, before the guess.
    baseline : shape (n, p), optional
        Covariates before randomisation.

    Raises
    ------
    NotIdentifiedError
        When neither is given, or an arm-by-guess stratum holds fewer than two rows.
    """
    score, received, believed = coded(y, arm, guess)
    l, x = columns(after, score.size, "after"), columns(baseline, score.size, "baseline")  # noqa: E741
    if not l.shape[1] + x.shape[1]:
        raise NotIdentifiedError(
            "The controlled direct effect needs measured side effects or early response (or "
            "baseline covariates) that explain the guess; none were given."
        )
    full = np.isfinite(l).all(axis=1) & np.isfinite(x).all(axis=1)
    kept = full & ~np.isnan(believed)
    warnings = missing_guess_warning(believed)
    if not full.all():
        lost = int((~full).sum())
        warnings += (f"{lost} of {full.size} rows without all covariates are left out.",)
    treated, guessed = received[kept], believed[kept]
    counts = [((treated == a) & (guessed == g)).sum() for a in (0, 1) for g in (0, 1)]
    if min(counts) < MIN_STRATUM:
        raise NotIdentifiedError(
            "not identified: fewer than two people in an arm-by-guess stratum, among rows with "
            "all covariates."
        )
    centred = x[kept] - x[kept].mean(axis=0)
    person = np.unique(clusters(cluster, score.size)[kept], return_inverse=True)[1]
    return DirectEffectRows(score[kept], treated, guessed, centred, l[kept], person), warnings


def g_estimation(rows: DirectEffectRows, belief: float) -> Contrast:
    """Estimate the direct effect at a belief in two regressions.

    The first, of the outcome on arm, guess, their product, x and l, finds what the guess does.
    The second regresses the outcome *less what the guess did* on arm and x. The standard error
    sees both (stacked estimating equations, summed over people).

    Parameters
    ----------
    belief
        P(guess active) at which everybody is put: 1, 0, or a share between.

    References
    ----------
    Vansteelandt (2009), Epidemiology 20:851-860.
    """
    a, g = rows.arm, rows.guess
    one = np.ones_like(a)
    of_guess = np.column_stack([g, a * g])
    first, psi_first = _regression(rows.y, np.column_stack([of_guess, one, a, rows.x, rows.l]))
    design = np.column_stack([a, one, rows.x])
    second, psi_second = _regression(rows.y - of_guess @ first[:2], design)
    carried = np.linalg.lstsq(design, of_guess, rcond=None)[0][0]  # d(effect of arm) / d(first)
    estimate = second[0] + belief * first[1]
    psi = psi_second[:, 0] - psi_first[:, :2] @ carried + belief * psi_first[:, 1]
    return _inference(float(estimate), psi, rows, first.size)


def _regression(y: FloatArray, design: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Least squares, and each row's influence (n, p): residuals over 1 - leverage, as in HC3."""
    gram = design.T @ design
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise NotIdentifiedError(
            "not identified: a covariate is constant or repeats another (or the arm or guess) in "
            "these rows; leave it out."
        )
    bread = np.linalg.inv(gram)
    beta = bread @ design.T @ y
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    residual = (y - design @ beta) / np.maximum(1 - leverage, 1e-9)
    return beta, residual[:, None] * (design @ bread)


def _inference(
    estimate: float, psi: FloatArray, rows: DirectEffectRows, coefficients: int
) -> Contrast:
    """Sum influence within people; df people - 1 where they repeat, else people - coefficients."""
    if rows.repeated:
        df, factor = rows.people - 1, rows.people / (rows.people - 1)
    else:
        df, factor = rows.people - coefficients, 1.0
    if df < 1:
        raise NotIdentifiedError(
            f"not identified: {coefficients} coefficients, {rows.people} people."
        )
    variance = factor * (cluster_sums(psi, rows.person) ** 2).sum()
    return Contrast(estimate, float(np.sqrt(variance)), float(df))


@dataclass(frozen=True, slots=True)
class DoublyRobust:
    """A contrast, and how many rows had a guess less likely than the floor."""

    contrast: Contrast
    floored: int


def doubly_robust(rows: DirectEffectRows, belief: float) -> DoublyRobust:
    """Estimate the direct effect at a belief by augmented inverse probability weighting.

    In each arm: a linear outcome model in guess, x and l; its mean over l given x; a logit of the
    guess on x and l. Right when both outcome models are right, or the logit is (arms being
    randomised).

    References
    ----------
    Levis, Loewinger, Nayak, Stensrud & Yaden (2025), medRxiv 2025.12.05.25341713.
    """
    active, control = (_mean_had_all(rows, a, belief) for a in (1, 0))
    value = active.value - control.value
    estimate = float(value.mean())
    psi = (value - estimate + active.slack - control.slack) / value.size
    coefficients = 2 * (2 + rows.x.shape[1] + rows.l.shape[1])
    contrast = _inference(estimate, psi, rows, coefficients)
    return DoublyRobust(contrast, active.floored + control.floored)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Each row's part of the mean of one arm, and what the outcome fit took from its residual."""

    value: FloatArray
    slack: FloatArray
    floored: int


def _mean_had_all(rows: DirectEffectRows, a: int, belief: float) -> _Part:
    """Parts of sum over g of P(g) E[Y(a, g)], P(1) being `belief`."""
    inside, one = rows.arm == a, np.ones_like(rows.y)
    share = inside.mean()
    felt = np.column_stack([rows.x, rows.l])
    outcome = np.column_stack([one, rows.guess, felt])
    bread = np.linalg.pinv(outcome[inside].T @ outcome[inside])
    beta = bread @ outcome[inside].T @ rows.y[inside]
    at_belief = np.column_stack([one, belief * one, felt]) @ beta
    before = np.column_stack([one, rows.x])
    over_l = before @ np.linalg.lstsq(before[inside], at_belief[inside], rcond=None)[0]
    model = multinomial_logit(felt[inside], rows.guess[inside].astype(np.intp), 2)
    held = rows.guess[inside].astype(np.intp)
    probability = model.probability[np.arange(held.size), held]
    wanted = np.where(held == 1, belief, 1 - belief)
    weight = np.zeros_like(rows.y)
    weight[inside] = wanted / np.maximum(probability, FLOOR) / share
    error = weight * (rows.y - outcome @ beta)
    leverage = np.clip(np.einsum("ij,jk,ik->i", outcome, bread, outcome), 0, 0.95)
    value = over_l + inside / share * (at_belief - over_l) + error
    floored = int(((probability < FLOOR) & (wanted > 0)).sum())
    return _Part(value, error * leverage / (1 - leverage), floored)


def controlled_direct_effect_estimates(
    y: ArrayLike,
    arm: ArrayLike,
    guess: ArrayLike,
    *,
    after: ArrayLike | None = None,
    baseline: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
    arms: tuple[str, str] = ("active", "control"),
    unit: str | None = None,
) -> Estimates:
    """Return rows `controlled-direct-effect` at the pooled share of beliefs, then at each belief.

    Labels: "g-estimation" and "aipw", then with ", all believe <arm>".
    """
    try:
        rows, warnings = direct_effect_rows(
            y, arm, guess, after=after, baseline=baseline, cluster=cluster
        )
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal(NAME, str(error)),))
    pooled = float(rows.guess.mean())
    whose = {"": pooled, f", all believe {arms[0]}": 1.0, f", all believe {arms[1]}": 0.0}
    methods: tuple[tuple[str, str, Callable[[float], DoublyRobust]], ...] = (
        ("g-estimation", G_METHOD, lambda at: DoublyRobust(g_estimation(rows, at), 0)),
        ("aipw", AIPW_METHOD, lambda at: doubly_robust(rows, at)),
    )
    found, refused = [], []
    for suffix, at in whose.items():
        for kind, method, estimator in methods:
            try:
                effect = estimator(at)
            except NotIdentifiedError as error:
                refused.append(Refusal(NAME, str(error), label=kind + suffix))
                continue
            about = (unit, f"P(guess {arms[0]}) = {at:.3f} in both arms", method)
            found.append(_row(kind + suffix, effect, level, about, warnings))
    return Estimates(tuple(found), tuple(refused))


def _row(
    label: str,
    effect: DoublyRobust,
    level: float,
    about: tuple[str | None, str, str],
    warnings: tuple[str, ...],
) -> Estimate:
    unit, where, method = about
    if effect.floored:
        warnings += (
            f"{effect.floored} rows held a belief that people like them hardly ever hold "
            f"(probability below {FLOOR:g}, raised to it): the data say little there.",
        )
    return contrast_row(
        NAME,
        effect.contrast,
        level,
        label=label,
        unit=unit,
        estimand=f"Effect of the arm with {where}",
        method=method,
        assumptions=ASSUMPTIONS,
        warnings=warnings,
    )
