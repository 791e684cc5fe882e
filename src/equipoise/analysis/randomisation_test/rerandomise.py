"""From a table of everyone who was allocated to rows of the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.allocation import random_allocation_rule
from equipoise.analysis.randomisation_test.people import People, Scores, read_people
from equipoise.analysis.randomisation_test.randomisation_test import (
    Exact,
    RandomisationTest,
    randomisation_test,
)
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

    from equipoise.allocation import Procedure
    from equipoise.analysis.randomisation_test.statistic import Statistic
    from equipoise.analysis.randomisation_test.tail import Alternative

ProcedureOf = Callable[["pd.DataFrame", tuple[str, ...]], "Procedure"]
"""(table in order of entry, arms with control first and active second) -> procedure."""

EVERYONE = (
    "Everyone allocated is in the table, in the order of allocation, with the arm that was drawn"
)
FREE_PLACES = 20_000_000
"""People times redraws of the free permutation, which is only a comparison."""
EXACT_SOURCES = "Streitberg & Röhmel 1986; Mehta, Patel & Wei 1988"
CONSTANT = "The effect adds the same amount to everyone's outcome"
OBSERVED = "Whether the outcome was observed was not affected by the arm"
BEFORE = "Covariates were known before allocation"
FREE = (
    "Free permutation is for comparison only: it takes every order of the same totals as equally "
    "likely, which is not how these people were allocated. Where it differs from the "
    "randomisation test, it is what ignoring the procedure would have changed"
)
UNBOUNDED = "Too few allocations are possible to bound the effect on both sides at this level"
SCORE_WORDS = {
    "outcome": "scores",
    "ranks": "midranks",
    "logistic": "residuals of a logistic regression",
    "log-rank": "log-rank scores",
}


def rerandomise(
    frame: IntoDataFrame,
    *,
    outcome: str,
    arm: str,
    active: str,
    control: str,
    procedure: Procedure | ProcedureOf,
    rng: np.random.Generator,
    order: str | None = None,
    covariates: Sequence[str] = (),
    scores: Scores = "outcome",
    event: str | None = None,
    statistic: Statistic = "difference",
    alternative: Alternative = "two-sided",
    draws: int = 100_000,
    exact: Exact = "auto",
    level: float = 0.95,
) -> Estimates:
    """Test and estimate a treatment effect by the trial's own allocation procedure.

    Parameters
    ----------
    frame
        Any data frame, one row for everyone who was allocated, those without an outcome included.
    outcome, arm, active, control
        Columns, and the two arms compared. With `statistic` "f" all arms are.
    procedure
        For the rows in order, or a function (table in order, arms) that makes it: for instance
        ``lambda table, arms: permuted_blocks(len(table), stratum=table["site"])``. Arm 0 is
        control, arm 1 active, any others follow by name.
    rng
        For what is redrawn.
    order
        Column by which rows are put in order of entry; as they stand, where None.
    covariates
        Columns to adjust the scores for; text is categorical.
    scores, event
        The outcome itself, its midranks, logistic score residuals (outcome 0 or 1), or log-rank
        scores of an outcome that is a time, with the column of its event indicator.
    statistic, alternative, draws, exact, level
        As of `randomisation_test`.

    Returns
    -------
    Estimates
        ``randomisation-p`` (with ``randomisation-p-error`` where it was drawn),
        ``randomisation-interval``, ``free-permutation-p``.

    Examples
    --------
    >>> import pandas as pd
    >>> from equipoise.allocation import permuted_blocks
    >>> table = pd.DataFrame({"arm": list("adadddaa"), "score": [1, 6, 2, 5, 8, 7, 3, 4]})
    >>> asked = {"outcome": "score", "arm": "arm", "active": "d", "control": "a"}
    >>> asked |= {"procedure": permuted_blocks(8), "rng": np.random.default_rng(1)}
    >>> [(row.name, round(row.p, 4)) for row in rerandomise(table, **asked) if row.p]
    [('randomisation-p', 0.0556), ('free-permutation-p', 0.0286)]
    """
    people = read_people(
        frame, outcome=outcome, arm=arm, active=active, control=control, order=order,
        covariates=covariates, event=event,
    )  # fmt: skip
    made = procedure(people.table, people.arms) if callable(procedure) else procedure
    people.check(made)
    score, X = people.scored(scores, made, pair=statistic != "f")
    why_no_effect = _why_no_effect(statistic, scores, people)
    ask: dict[str, Any] = {"statistic": statistic, "covariates": X, "alternative": alternative}
    found = randomisation_test(
        score, people.code, made, **ask, exact=exact, draws=draws, rng=rng,
        level=None if why_no_effect else level,
    )  # fmt: skip
    of = _statistic_words(statistic, scores, people, adjusted=bool(covariates))
    free = _freely(score, people, draws, rng.spawn(1)[0], ask)
    effect = _effect_rows(found, people, alternative)
    rows = (*_p_rows(found, of, people), *effect, _free_row(free, of))
    assumed = _assumptions(found, people, adjusted=bool(covariates))
    told = (
        replace(
            row,
            outcome=outcome,
            assumptions=(*assumed, *row.assumptions),
            warnings=(*people.warnings, *row.warnings),
        )
        for row in rows
    )
    refusal = Refusal("randomisation-interval", f"No interval: {why_no_effect}", outcome=outcome)
    return Estimates(tuple(told), (refusal,) if why_no_effect else ())


def _freely(
    score: NDArray[np.float64],
    people: People,
    draws: int,
    rng: np.random.Generator,
    ask: dict[str, Any],
) -> RandomisationTest:
    """Test as if every order of the same totals had been equally likely."""
    totals = tuple(np.bincount(people.code, minlength=len(people.arms)).tolist())
    labels = random_allocation_rule(len(score), totals=totals)
    fewer = max(1000, min(draws, FREE_PLACES // len(score)))
    return randomisation_test(score, people.code, labels, **ask, draws=fewer, rng=rng)


def _assumptions(found: RandomisationTest, people: People, *, adjusted: bool) -> tuple[str, ...]:
    lost = () if people.complete.all() else (OBSERVED,)
    known = (BEFORE,) if adjusted else ()
    return (f"Allocation procedure: {found.procedure}", EVERYONE, *found.null, *lost, *known)


def _statistic_words(
    statistic: Statistic, scores: Scores, people: People, *, adjusted: bool
) -> str:
    control, active, *_ = people.arms
    what = SCORE_WORDS[scores]
    if adjusted and scores != "logistic":
        what = f"residuals of {'the outcome' if scores == 'outcome' else what} on the covariates"
    if statistic == "f":
        return f"sum of squares between arms of the mean {what}"
    if statistic == "sum":
        return f"sum over {active} of {what} less their mean"
    return f"difference in mean {what} ({active} minus {control})"


def _p_rows(found: RandomisationTest, unit: str, people: People) -> tuple[Estimate, ...]:
    control, active, *_ = people.arms
    drawn = found.draws is not None
    how = f"{found.draws:,} redraws, the observed one counted" if drawn else "exact"
    method = (
        f"Randomisation test under {found.procedure}, {how} "
        f"({'Phipson & Smyth 2010' if drawn else EXACT_SOURCES}; "
        "Rosenberger & Lachin 2016)"
    )
    about = f"No effect of {active} against {control} on anyone, judged by the {unit}"
    row = Estimate(
        "randomisation-p",
        label="Monte Carlo" if drawn else "exact",
        estimate=found.statistic,
        p=found.p,
        unit=unit,
        estimand=about,
        method=method,
    )
    if not drawn:
        return (row,)
    told = f"The randomisation p of {found.p:.4g} has a Monte Carlo standard error of"
    warnings = [f"{told} {found.p_error:.2g}, from {found.draws:,} redraws"]
    if found.why_drawn:
        warnings.append(f"The randomisation p is drawn, not exact: {found.why_drawn}")
    error = Estimate(
        "randomisation-p-error", estimate=found.p_error, unit="probability", method=method
    )
    return replace(row, warnings=tuple(warnings)), error


def _effect_rows(
    found: RandomisationTest, people: People, alternative: Alternative
) -> tuple[Estimate, ...]:
    if found.effect is None or found.low is None or found.high is None:
        return ()
    control, active, *_ = people.arms
    how = "exact" if found.effect_draws is None else f"{found.effect_draws:,} redraws"
    limits = {"less": found.low, "greater": found.high}  # the side that each alternative leaves
    unbounded = any(not isfinite(x) for side, x in limits.items() if side != alternative)
    tails = "equal tails" if alternative == "two-sided" else f"one-sided, {alternative}"
    return (
        Estimate(
            "randomisation-interval",
            label="exact" if found.effect_draws is None else "Monte Carlo",
            estimate=found.effect if isfinite(found.effect) else None,
            low=found.low if isfinite(found.low) else None,
            high=found.high if isfinite(found.high) else None,
            level=found.level,
            unit=f"units of the outcome ({active} minus {control})",
            estimand=f"Amount that {active} adds to everyone's outcome",
            method=(
                f"Inversion of the randomisation test, {how} (Rosenbaum 2002; {tails}, "
                "estimate where both one-sided p values are one half)"
            ),
            assumptions=(CONSTANT,),
            warnings=(UNBOUNDED,) if unbounded else (),
        ),
    )


def _free_row(free: RandomisationTest, unit: str) -> Estimate:
    how = "exact" if free.draws is None else f"{free.draws:,} redraws"
    return Estimate(
        "free-permutation-p",
        label="exact" if free.draws is None else "Monte Carlo",
        estimate=free.statistic,
        p=free.p,
        unit=unit,
        method=f"Permutation test that ignores the procedure, {how}",
        warnings=(FREE,),
    )


def _why_no_effect(statistic: Statistic, scores: Scores, people: People) -> str | None:
    """Return why a constant additive effect is not estimated, or None where it is."""
    if statistic == "f":
        return "a comparison of all arms has no single effect"
    if scores != "outcome":
        return f"{SCORE_WORDS[scores]} have no effect in units of the outcome; use the outcome"
    if len(np.unique(people.outcome[people.complete])) < 3:
        return "the outcome has two values: no amount can be added to everyone's"
    return None
