"""Missing guesses at their worst: the effect given belief over every way to fill them in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.belief.coded_answers import FloatArray, clusters
from equipoise.belief.imbens_manski import imbens_manski_interval
from equipoise.belief.standardised_effect import Observed, clustered_plug_in, plug_in
from equipoise.belief.stratum_means import stratum_means
from equipoise.errors import DataError, NotIdentifiedError

IntArray = NDArray[np.intp]

MAX_COMPLETIONS = 20_000_000  # pairs of count vectors that take some seconds


@dataclass(frozen=True, slots=True, eq=False)
class GuessRows:
    """Rows with and without a guess: score, arm 0/1, guess 0 .. categories - 1 or -1 (missing)."""

    y: FloatArray
    arm: IntArray
    guess: IntArray
    person: IntArray
    categories: int

    @property
    def missing(self) -> NDArray[np.bool_]:
        """Rows without a guess, shape (n,)."""
        missing: NDArray[np.bool_] = self.guess < 0
        return missing


def guess_rows(
    y: ArrayLike,
    arm: ArrayLike,
    guess: ArrayLike,
    cluster: ArrayLike | None = None,
    categories: int = 2,
) -> GuessRows:
    """Check and code rows; `guess` is 0 .. categories - 1, and NaN (or below 0) where missing."""
    score, received = np.asarray(y, dtype=np.float64), np.asarray(arm, dtype=np.float64)
    answer = np.nan_to_num(np.asarray(guess, dtype=np.float64), nan=-1.0)
    if not score.shape == received.shape == answer.shape or score.ndim != 1:
        raise DataError("`y`, `arm` and `guess` need one value a row each.")
    if not np.isfinite(score).all() or not np.isin(received, (0, 1)).all():
        raise DataError("`y` must be finite and `arm` 1 (active) or 0 (control) in every row.")
    if not np.isin(answer[answer >= 0], range(categories)).all():
        raise DataError(f"`guess` must be 0 to {categories - 1}, or NaN where missing.")
    person = clusters(cluster, score.size)
    return GuessRows(score, received.astype(np.intp), answer.astype(np.intp), person, categories)


@dataclass(frozen=True, slots=True)
class WorstCase:
    """Least and greatest belief-standardised effect over every way to fill in the guesses.

    `inner_low` and `inner_high` are the bounds; `low` and `high` add sampling uncertainty.
    """

    inner_low: float
    inner_high: float
    low: float
    high: float
    level: float
    emptying: bool


def worst_case(rows: GuessRows, *, level: float = 0.95) -> WorstCase:
    """Bound the belief-standardised effect when any missing guess may be any answer.

    Exact: for every count of missing guesses given to each answer in each arm, the shares q are
    known and the effect is linear in the scores, so that the best filling gives contiguous blocks
    of the sorted scores to the answers. All counts and all orders of the blocks are tried.

    References
    ----------
    Horowitz & Manski (2000), J Am Stat Assoc 95:77-84 (bounds without assumptions on missing
    data). Imbens & Manski (2004), Econometrica 72:1845-1857 (their interval).
    """
    control, active = (_fillings(rows, a) for a in (0, 1))
    if len(control.counts) * len(active.counts) > MAX_COMPLETIONS:
        raise NotIdentifiedError(
            f"{int(rows.missing.sum())} missing guesses among {rows.categories} answers have "
            "too many completions to try them all: bounds are not given."
        )
    ends, ses, emptying = [], [], False
    for sign in (-1.0, 1.0):
        value, filled, emptied = _extreme(rows, control, active, sign)
        emptying = emptying or emptied
        ends.append(value)
        ses.append(_standard_error(rows, filled))
    low, high = imbens_manski_interval(ends[0], ends[1], ses[0], ses[1], level=level)
    return WorstCase(ends[0], ends[1], float(low), float(high), level, emptying)


@dataclass(frozen=True, slots=True, eq=False)
class _Fillings:
    """Ways to fill in one arm's K count vectors by P block orders.

    `counts` (K, C) people holding each answer afterwards, `given` (K, C) those filled in,
    `mean` (P, K, C) stratum means, `orders` (P, C) answers from lowest to highest block, `rows`
    the arm's missing rows from lowest to highest score.
    """

    counts: FloatArray
    given: IntArray
    mean: FloatArray
    orders: IntArray
    rows: IntArray


def _fillings(rows: GuessRows, a: int) -> _Fillings:
    of_arm = rows.arm == a
    gaps = np.flatnonzero(of_arm & rows.missing)
    gaps = gaps[np.argsort(rows.y[gaps], kind="stable")]
    given = _compositions(len(gaps), rows.categories)
    inside = of_arm[:, None] & (rows.guess[:, None] == np.arange(rows.categories))
    counts = inside.sum(axis=0) + given.astype(np.float64)
    running = np.concatenate([[0.0], np.cumsum(rows.y[gaps])])
    orders = np.array(list(permutations(range(rows.categories))))
    mean = np.empty((len(orders), *given.shape))
    for k, order in enumerate(orders):
        ends = np.cumsum(given[:, order], axis=1)
        blocks = running[ends] - running[ends - given[:, order]]
        with np.errstate(divide="ignore", invalid="ignore"):
            mean[k][:, order] = ((rows.y @ inside)[order] + blocks) / counts[:, order]
    return _Fillings(counts, given, mean, orders, gaps)


def _compositions(total: int, parts: int) -> IntArray:
    """All ways to write `total` as an ordered sum of `parts` counts, shape (ways, parts)."""
    if parts == 1:
        return np.array([[total]])
    return np.concatenate(
        [
            np.insert(_compositions(total - first, parts - 1), 0, first, axis=1)
            for first in range(total + 1)
        ]
    )


def _extreme(
    rows: GuessRows, control: _Fillings, active: _Fillings, sign: float
) -> tuple[float, IntArray, bool]:
    """Greatest (sign 1) or least (-1) effect, the guesses that give it, any undefined pair."""
    best, where, emptied = -np.inf, (0, 0, 0, 0), False
    for k1 in range(len(active.counts)):
        q = (active.counts[k1] + control.counts) / rows.y.size  # (K0, C)
        up, order1 = _best(q[None] * sign, active.mean[:, k1 : k1 + 1])
        down, order0 = _best(-q[None] * sign, control.mean)
        total = up + down
        undefined = np.isnan(total)
        emptied = emptied or bool(undefined.any())
        if undefined.all():
            continue
        k0 = int(np.nanargmax(total))
        if total[k0] > best:
            best, where = float(total[k0]), (k1, int(order1[k0]), k0, int(order0[k0]))
    if best == -np.inf:
        raise NotIdentifiedError(
            "not identified: however the missing guesses are filled in, an arm-by-guess stratum "
            "stays empty."
        )
    filled = rows.guess.copy()
    k1, order1_, k0, order0_ = where
    filled[active.rows] = np.repeat(
        active.orders[order1_], active.given[k1, active.orders[order1_]]
    )
    filled[control.rows] = np.repeat(
        control.orders[order0_], control.given[k0, control.orders[order0_]]
    )
    return sign * best, filled, emptied


def _best(q: FloatArray, mean: FloatArray) -> tuple[FloatArray, IntArray]:
    """Sum over answers of q x mean, its maximum over block orders; an answer nobody gives is 0."""
    with np.errstate(invalid="ignore"):
        value = np.where(q == 0, 0.0, q * mean).sum(axis=-1)
    order = np.argmax(np.nan_to_num(value, nan=-np.inf), axis=0)
    return np.take_along_axis(value, order[None], axis=0)[0], order


def _standard_error(rows: GuessRows, guess: IntArray) -> float:
    strata = stratum_means(rows.y, rows.arm, guess, rows.categories)
    people = Observed(
        rows.y, rows.arm, guess, np.empty((rows.y.size, 0)), rows.person, rows.categories
    )
    q = strata.pooled_share
    contrast = clustered_plug_in(people, q) if people.repeated else plug_in(strata)
    return float(np.nan_to_num(contrast.se))
