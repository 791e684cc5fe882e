"""Principal strata: what the drug does in people whose belief it does not change.

Those who would guess "active" under either arm, and those who would guess "control" under
either arm, cannot owe a difference between arms to a difference in belief. Nobody can point
at them, but bounds on their effect need no assumption about why people guess as they do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.belief.coded_answers import FloatArray, coded, missing_guess_warning
from equipoise.belief.imbens_manski import imbens_manski_interval
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

BoolArray = NDArray[np.bool_]

METHOD = (
    "Trimming bounds (Zhang & Rubin 2003, J Educ Behav Stat 28:353; Lee 2009, Rev Econ Stud "
    "76:1071), the boundary observation with a fractional weight"
)
ASSUMPTIONS = (
    "Monotone guessing: the active treatment never makes a person stop guessing that they got it",
    "Arms were randomised",
)


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """Bounds on the effect in one stratum, and its share of the participants; shape (...)."""

    low: FloatArray
    high: FloatArray
    share: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PrincipalStrata:
    """Bounds by stratum; NaN where a stratum is empty or the guess rates contradict monotonicity.

    `invariant` people are the `always` and the `never` together, weighted by their shares.
    """

    always: Bounds
    never: Bounds
    invariant: Bounds
    monotone: BoolArray


def principal_strata(
    y: ArrayLike,
    arm: ArrayLike,
    guess: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    trim_nothing: bool = False,
) -> PrincipalStrata:
    """Bound the effect of the arm in people who would guess the same under either arm.

    Under monotonicity those who guess active on control are the always-guessers and those who
    guess control on active are the never-guessers. Elsewhere they are mixed with people whose
    guess follows the arm, in known shares: the bounds put them first at the bottom and then
    at the top of that mixture.

    Parameters
    ----------
    y, arm, guess : shape (..., n)
        Score; 1 active, 0 control; 1 guessed active, 0 guessed control, NaN left out.
    weights : shape (..., n), optional
        How often each row counts, e.g. in the bootstrap draws (draws, n).
    trim_nothing
        What to do where fewer people guess active on active than on control: bound by the
        untrimmed mean rather than return NaN. For bootstrap draws, which may cross the line.

    References
    ----------
    Zhang & Rubin (2003), J Educ Behav Stat 28:353-368. Lee (2009), Rev Econ Stud 76:1071-1102.
    """
    cell = _sorted_cells(*coded(y, arm, guess), weights)
    n0, n1 = cell[0, 0].size + cell[0, 1].size, cell[1, 0].size + cell[1, 1].size
    # as counts, so that equal rates are equal
    monotone = np.asarray(cell[0, 1].size * n1 <= cell[1, 1].size * n0)
    with np.errstate(divide="ignore", invalid="ignore"):  # no guesses in an arm: NaN, on purpose
        always, never = cell[0, 1].size / n0, cell[1, 0].size / n1
    known = monotone | trim_nothing
    mixed, pure = cell[1, 1], cell[0, 1].mean
    low, high = mixed.lowest_mean(always * n1) - pure, mixed.highest_mean(always * n1) - pure
    always_bounds = _bounds(low, high, always, known)
    mixed, pure = cell[0, 0], cell[1, 0].mean
    low, high = pure - mixed.highest_mean(never * n0), pure - mixed.lowest_mean(never * n0)
    never_bounds = _bounds(low, high, never, known)
    return PrincipalStrata(
        always_bounds, never_bounds, _together(always_bounds, never_bounds), monotone
    )


def _bounds(low: FloatArray, high: FloatArray, share: FloatArray, known: BoolArray) -> Bounds:
    return Bounds(np.where(known, low, np.nan), np.where(known, high, np.nan), np.asarray(share))


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """Rows of one arm-by-guess cell from lowest to highest score; rows outside it count 0."""

    score: FloatArray
    count: FloatArray

    @property
    def size(self) -> FloatArray:
        return np.asarray(self.count.sum(axis=-1))

    @property
    def mean(self) -> FloatArray:
        return self._mean(self.count)

    def lowest_mean(self, keep: FloatArray) -> FloatArray:
        """Mean of the lowest `keep` members: any real number, at most all of them."""
        kept = np.asarray(keep)[..., None] - (np.cumsum(self.count, axis=-1) - self.count)
        return self._mean(np.minimum(np.maximum(kept, 0), self.count))  # a fraction at the boundary

    def highest_mean(self, keep: FloatArray) -> FloatArray:
        """Mean of the highest `keep` members."""
        return _Cell(self.score[..., ::-1], self.count[..., ::-1]).lowest_mean(keep)

    def _mean(self, weight: FloatArray) -> FloatArray:
        with np.errstate(invalid="ignore"):  # an empty cell has no mean
            mean: FloatArray = np.vecdot(weight, self.score) / weight.sum(axis=-1)
        return mean


def _sorted_cells(
    score: FloatArray, received: FloatArray, believed: FloatArray, weights: ArrayLike | None
) -> dict[tuple[int, int], _Cell]:
    """Sort rows by score and part them by (arm, guess)."""
    count = np.ones(score.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    if count.shape[-1:] != score.shape[-1:]:
        raise DataError(f"`weights` need a column a row of `y` ({score.shape[-1]}).")
    keys = [(a, g) for a in (0, 1) for g in (0, 1)]
    order = np.argsort(score, axis=-1)
    if score.ndim == received.ndim == believed.ndim == 1:  # draws share their rows: take a cell's
        own = {(a, g): order[((received == a) & (believed == g))[order]] for a, g in keys}
        return {key: _Cell(score[rows], count[..., rows]) for key, rows in own.items()}
    shape = np.broadcast_shapes(score.shape, received.shape, believed.shape, count.shape)
    order = np.broadcast_to(order, shape)
    score, received, believed, count = (
        np.take_along_axis(np.broadcast_to(values, shape), order, axis=-1)
        for values in (score, received, believed, count)
    )
    return {(a, g): _Cell(score, count * ((received == a) & (believed == g))) for a, g in keys}


def _together(always: Bounds, never: Bounds) -> Bounds:
    share = always.share + never.share

    def pooled(a: FloatArray, n: FloatArray) -> FloatArray:
        total = np.where(always.share > 0, always.share * a, 0.0)
        total = total + np.where(never.share > 0, never.share * n, 0.0)
        with np.errstate(invalid="ignore"):
            mean: FloatArray = total / share
        return mean

    return Bounds(pooled(always.low, never.low), pooled(always.high, never.high), share)


def principal_strata_estimates(
    y: ArrayLike,
    arm: ArrayLike,
    guess: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    active: str = "active",
    unit: str | None = None,
) -> Estimates:
    """Return bounds for belief-invariant people, always- and never-guessers, and their share.

    With bootstrap `weights` (draws, n) a second row of each carries sampling uncertainty.
    """
    name = "principal-strata-bounds"
    try:
        found = principal_strata(y, arm, guess)
        _refuse_unless_identified(found)
    except NotIdentifiedError as error:
        reason = str(error)
        return Estimates(refused=(Refusal(name, reason), Refusal("belief-invariant-share", reason)))
    draws = None if weights is None else principal_strata(y, arm, guess, weights, trim_nothing=True)
    warnings = _row_warnings(y, arm, guess)
    rows: list[Estimate] = []
    refused: list[Refusal] = []
    for label, part in (
        ("belief-invariant", "invariant"),
        (f"always guess {active}", "always"),
        (f"never guess {active}", "never"),
    ):
        bounds: Bounds = getattr(found, part)
        if not bounds.share > 0:
            refused.append(Refusal(name, "Nobody observed is in this stratum.", label=label))
            continue
        row = Estimate(
            name,
            label,
            low=float(bounds.low),
            high=float(bounds.high),
            unit=unit,
            estimand=f"Effect of the arm in people who {_MEANING[part]}",
            method=METHOD,
            assumptions=ASSUMPTIONS,
            warnings=warnings,
        )
        rows.append(row)
        if draws is not None:
            rows.append(_with_uncertainty(row, bounds, getattr(draws, part), level))
    rows.append(_share_row(found, draws, level, warnings))
    return Estimates(tuple(rows), tuple(refused))


_MEANING = {
    "invariant": "would guess the same under either arm",
    "always": "would guess active under either arm",
    "never": "would guess control under either arm",
}


def _row_warnings(y: ArrayLike, arm: ArrayLike, guess: ArrayLike) -> tuple[str, ...]:
    _, received, believed = coded(y, arm, guess)
    counts = [((received == a) & (believed == g)).sum() for a in (0, 1) for g in (0, 1)]
    missing = missing_guess_warning(believed)
    if 1 not in counts:
        return missing
    return (*missing, "An arm-by-guess cell holds one person: a single score stands for it.")


def _refuse_unless_identified(found: PrincipalStrata) -> None:
    if np.isnan(found.invariant.share):
        raise NotIdentifiedError(
            "Principal strata need guesses in both arms, and one arm has none: "
            "collect guesses, or leave this analysis out."
        )
    if not found.monotone:
        raise NotIdentifiedError(
            "Monotone guessing (the active treatment never makes a person stop guessing that they "
            f"got it) is contradicted: {1 - found.never.share:.3f} guess active on active, "
            f"{found.always.share:.3f} on control. Without it these bounds do not hold."
        )
    if not found.invariant.share > 0:
        raise NotIdentifiedError(
            "Every guess follows the arm: nobody observed would guess the same under either arm."
        )


def _with_uncertainty(row: Estimate, bounds: Bounds, draws: Bounds, level: float) -> Estimate:
    ends = np.stack([draws.low, draws.high])
    ends = ends[:, np.isfinite(ends).all(axis=0)]
    lost = draws.low.size - ends.shape[1]
    low, high = imbens_manski_interval(
        bounds.low, bounds.high, *ends.std(axis=1, ddof=1), level=level
    )
    warning = f"The stratum was empty in {lost} of {draws.low.size} bootstrap draws."
    return replace(
        row,
        label=f"{row.label}, with sampling uncertainty",
        low=float(low),
        high=float(high),
        level=level,
        method=f"{METHOD}; interval of Imbens & Manski (2004) with bootstrap standard errors",
        warnings=(*row.warnings, warning) if lost else row.warnings,
    )


def _share_row(
    found: PrincipalStrata, draws: PrincipalStrata | None, level: float, warnings: tuple[str, ...]
) -> Estimate:
    row = Estimate(
        "belief-invariant-share",
        estimate=float(found.invariant.share),
        unit="share of participants",
        estimand="People who would guess the same under either arm",
        method="P(guess active | control) + P(guess control | active); bootstrap percentiles",
        assumptions=ASSUMPTIONS,
        warnings=warnings,
    )
    if draws is None:
        return row
    shares = draws.invariant.share[np.isfinite(draws.invariant.share)]
    tail = (1 - level) / 2
    low, high = np.minimum(np.quantile(shares, [tail, 1 - tail]), 1)
    return replace(row, se=float(shares.std(ddof=1)), low=low, high=high, level=level)
