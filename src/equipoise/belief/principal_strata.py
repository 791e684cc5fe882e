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
    score, received, believed = coded(y, arm, guess)
    score, cell = _sorted_cells(score, received, believed, weights)
    size = {key: members.sum(axis=-1) for key, members in cell.items()}
    n0, n1 = size[0, 0] + size[0, 1], size[1, 0] + size[1, 1]
    monotone = size[0, 1] * n1 <= size[1, 1] * n0  # counts, so that equal rates are equal
    with np.errstate(divide="ignore", invalid="ignore"):  # no guesses in an arm: NaN, on purpose
        always, never = size[0, 1] / n0, size[1, 0] / n1
    known = np.asarray(monotone | trim_nothing)
    first, last = _trimmed_means(score, cell[1, 1], np.minimum(always * n1, size[1, 1]))
    mean = _lowest_mean(score, cell[0, 1], size[0, 1])
    always_bounds = _bounds(first - mean, last - mean, always, known)
    first, last = _trimmed_means(score, cell[0, 0], np.minimum(never * n0, size[0, 0]))
    mean = _lowest_mean(score, cell[1, 0], size[1, 0])
    never_bounds = _bounds(mean - last, mean - first, never, known)
    together = _together(always_bounds, never_bounds)
    return PrincipalStrata(always_bounds, never_bounds, together, np.asarray(monotone))


def _bounds(low: FloatArray, high: FloatArray, share: FloatArray, known: BoolArray) -> Bounds:
    return Bounds(np.where(known, low, np.nan), np.where(known, high, np.nan), np.asarray(share))


def _sorted_cells(
    score: FloatArray, received: FloatArray, believed: FloatArray, weights: ArrayLike | None
) -> tuple[FloatArray, dict[tuple[int, int], FloatArray]]:
    """Sort rows by score; weight of every row in each (arm, guess) cell, 0 outside it."""
    count = np.ones(score.shape) if weights is None else np.asarray(weights, dtype=np.float64)
    if count.shape[-1:] != score.shape[-1:]:
        raise DataError(f"`weights` need a column a row of `y` ({score.shape[-1]}).")
    order = np.argsort(score, axis=-1)

    def arrange(values: FloatArray) -> FloatArray:
        if order.ndim == 1:
            return values[..., order]
        return np.take_along_axis(np.broadcast_to(values, order.shape), order, axis=-1)

    score, received, believed, count = map(arrange, (score, received, believed, count))
    cells = {(a, g): count * ((received == a) & (believed == g)) for a in (0, 1) for g in (0, 1)}
    return score, cells


def _trimmed_means(
    score: FloatArray, members: FloatArray, keep: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Mean of the lowest and of the highest `keep` members (any real number of them)."""
    highest = _lowest_mean(score[..., ::-1], members[..., ::-1], keep)
    return _lowest_mean(score, members, keep), highest


def _lowest_mean(score: FloatArray, members: FloatArray, keep: FloatArray) -> FloatArray:
    before = np.cumsum(members, axis=-1) - members
    kept = np.clip(np.asarray(keep)[..., None] - before, 0, members)  # a fraction at the boundary
    with np.errstate(invalid="ignore"):
        mean: FloatArray = (kept * score).sum(axis=-1) / kept.sum(axis=-1)
    return mean


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
