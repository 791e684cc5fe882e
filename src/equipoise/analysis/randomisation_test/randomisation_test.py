"""The randomisation test: the trial's own procedure gives the null distribution.

Nothing is assumed of the outcomes. The allocation is redrawn, or all that could have been drawn
are summed exactly, for the same people in the same order with the same outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.analysis.randomisation_test.any_statistic import AnyStatistic, Redraws
from equipoise.analysis.randomisation_test.comparison import compared
from equipoise.analysis.randomisation_test.inversion import Inverted, Roots, invert
from equipoise.analysis.randomisation_test.null import (
    Null,
    drawn_null,
    exact_null,
    expected_statistic,
    observed_statistic,
)
from equipoise.analysis.randomisation_test.tail import Alternative, Tail, tail
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from equipoise.allocation import Procedure
    from equipoise.analysis.randomisation_test.comparison import Compared
    from equipoise.analysis.randomisation_test.statistic import Statistic

Exact = Literal["auto"] | bool


@dataclass(frozen=True, slots=True, eq=False)
class RandomisationTest:
    """A test, and the effects that it does not reject.

    Parameters
    ----------
    statistic, expected
        Observed, and its mean under the null.
    p, p_error
        And the Monte Carlo standard error of p, 0 where p is exact.
    draws
        Redraws behind p; None where it is exact.
    effect, low, high, level
        Estimate and interval of a constant additive effect by inversion, in units of the scores;
        None where they were not asked for. Limits may be infinite.
    effect_draws
        Redraws behind estimate and interval; None where they are exact.
    procedure, null
        What was assumed of the allocation, and which hypothesis was tested.
    observed
        People with a score, of those compared.
    why_drawn
        Why p is not exact; None where it is, or where redraws were asked for.
    """

    statistic: float
    expected: float
    p: float
    p_error: float
    draws: int | None
    effect: float | None
    low: float | None
    high: float | None
    level: float | None
    effect_draws: int | None
    procedure: str
    null: tuple[str, ...]
    observed: int
    why_drawn: str | None = None


def randomisation_test(
    scores: ArrayLike,
    arm: ArrayLike,
    procedure: Procedure,
    *,
    statistic: Statistic | AnyStatistic = "difference",
    active: int = 1,
    control: int = 0,
    covariates: ArrayLike | None = None,
    alternative: Alternative = "two-sided",
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
    exact: Exact = "auto",
    level: float | None = None,
) -> RandomisationTest:
    """Test the sharp null hypothesis of no effect with the trial's own allocation procedure.

    Parameters
    ----------
    scores : shape (n,)
        One number for everyone who was allocated, in order of entry; NaN where not observed (the
        person stays in the procedure, and whether one is observed counts as unaffected by the
        arm). Outcomes, ranks, residuals, log-rank scores, or scores from any model without the arm.
    arm : shape (n,)
        Code of the arm that was drawn, 0, 1, ...
    procedure
        From `equipoise.allocation`, for these people in this order.
    statistic
        ``"difference"`` of mean scores; ``"sum"`` of centred scores over the active arm; ``"f"``
        for all arms at once; or a function of (scores, arms), arms of shape (draws, people) with
        1 active, 0 control, -1 another arm, that returns (draws,).
    active, control
        The arms compared, unless all are.
    covariates : shape (n, q)
        Scores are then residuals of least squares on these, without the arm.
    alternative
        "two-sided" (distance from the mean under the null; for a function twice the smaller
        one-sided p), "greater" or "less".
    draws, rng
        For what is not exact.
    exact
        "auto" is exact where that is quick; True refuses otherwise; False always redraws.
    level
        Of the confidence interval for a constant additive effect, with equal tails; None for none.

    Returns
    -------
    RandomisationTest

    Raises
    ------
    DataError
        Also when the procedure could not have produced this allocation.
    NotIdentifiedError

    References
    ----------
    Fisher (1935), The Design of Experiments. Edgington & Onghena (2007), Randomization Tests, 4th
    ed. Rosenberger & Lachin (2016), Randomization in Clinical Trials, 2nd ed.

    Examples
    --------
    >>> from equipoise.allocation import permuted_blocks
    >>> procedure = permuted_blocks(8, size=4)
    >>> found = randomisation_test([1, 6, 2, 5, 8, 3, 7, 4], [0, 1, 0, 1, 1, 0, 1, 0], procedure)
    >>> found.statistic, round(found.p, 4), round(2 / 36, 4)
    (4.0, 0.0556, 0.0556)
    """
    if draws < 1 or (level is not None and not 0 < level < 1):
        raise DataError(f"Draws are at least 1, a level between 0 and 1. Got {draws}, {level}.")
    both = None if statistic == "f" else (active, control)
    what = compared(scores, arm, procedure, both, covariates)
    ask = _Asked(alternative, draws, rng, exact, level)
    if callable(statistic):
        return _any(what, statistic, ask)
    if statistic not in ("difference", "sum", "f"):
        raise DataError(f"The statistic is 'difference', 'sum', 'f' or a function: {statistic!r}.")
    if statistic == "f":
        if level is not None:
            raise DataError("A comparison of all arms has no single effect: leave `level` out.")
        ask = replace(ask, alternative="greater")  # large values only
    return _of_sums(what, statistic, ask)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """How the test is to be made."""

    alternative: Alternative
    draws: int
    rng: np.random.Generator | None
    exact: Exact
    level: float | None

    @property
    def area(self) -> float:
        """In each tail outside the interval; the whole of it in one where the test has one."""
        outside = 1 - (self.level or 0.95)
        return outside / 2 if self.alternative == "two-sided" else outside

    @property
    def generator(self) -> np.random.Generator:
        """What redraws are made with."""
        if self.rng is None:
            raise DataError("This test needs redraws: give `rng`, a seeded NumPy generator.")
        return self.rng


def _of_sums(what: Compared, statistic: Statistic, ask: _Asked) -> RandomisationTest:
    """Test with a statistic of sums over arms."""
    value, treated = observed_statistic(what, statistic)
    null, by_effect, why = _nulls(what, statistic, ask)
    inverted = None
    if by_effect.treated is not None:
        gap, slope = value - by_effect.value, treated - by_effect.treated
        roots = Roots(gap, slope, by_effect.probability)
        inverted = invert(roots.lowest, roots.highest, ask.area)
    mean = expected_statistic(what, statistic)
    found = tail(value, null.value, null.probability, ask.alternative, expected=mean)
    drawn = tuple(None if n.probability is not None else ask.draws for n in (null, by_effect))
    return _result(what, ask, (value, found, inverted), drawn, why)


def _nulls(what: Compared, statistic: Statistic, ask: _Asked) -> tuple[Null, Null, str | None]:
    """Return the null distribution for p and for the effect, and why p is not exact."""
    effects, why = ask.level is not None, None
    if ask.exact is not False:
        exact = exact_null(what, statistic, effects=effects)
        if isinstance(exact, Null):
            return exact, exact, None
        if effects and isinstance(exact := exact_null(what, statistic, effects=False), Null):
            drawn = drawn_null(what, statistic, ask.generator, ask.draws, effects=True)
            return exact, drawn, None
        why = str(exact)
        if ask.exact is True:
            raise NotIdentifiedError(f"No exact p: {why}. Allow redraws with exact='auto'.")
    drawn = drawn_null(what, statistic, ask.generator, ask.draws, effects=effects)
    return drawn, drawn, why


def _any(what: Compared, statistic: AnyStatistic, ask: _Asked) -> RandomisationTest:
    """Test with any statistic."""
    why = "the statistic is a function"
    if ask.exact is True:
        raise NotIdentifiedError(f"No exact p: {why}. Allow redraws with exact='auto'.")
    redraws = Redraws(what, ask.generator, ask.draws)
    value, found = redraws.test(statistic, ask.alternative)
    inverted = None if ask.level is None else redraws.invert(statistic, ask.area)
    return _result(what, ask, (value, found, inverted), (ask.draws, ask.draws), why)


def _result(
    what: Compared,
    ask: _Asked,
    found: tuple[float, Tail, Inverted | None],
    drawn: tuple[int | None, ...],
    why: str | None,
) -> RandomisationTest:
    value, tail_area, inverted = found
    low = high = None
    if inverted is not None:
        low = -np.inf if ask.alternative == "less" else inverted.low
        high = np.inf if ask.alternative == "greater" else inverted.high
    return RandomisationTest(
        statistic=value,
        expected=tail_area.expected,
        p=tail_area.p,
        p_error=tail_area.error,
        draws=drawn[0],
        effect=None if inverted is None else inverted.effect,
        low=low,
        high=high,
        level=ask.level,
        effect_draws=None if inverted is None else drawn[1],
        procedure=what.procedure.description,
        null=what.null,
        observed=int(what.observed.sum()),
        why_drawn=why,
    )
