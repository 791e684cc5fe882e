"""The exact null distribution of whole-number sums under independent blocks, by convolution.

Each block adds one of a few equally likely contributions, so the distribution of the sum is the
product of the blocks' generating polynomials (Streitberg & Röhmel 1986). Several sums are carried
at once as digits of one number. Every term is positive: a probability in the far tail is as
accurate, relatively, as one in the middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from equipoise.allocation import Blocks

WORK_LIMIT = 400_000_000
"""Additions that an exact distribution may take: about a second."""
CELL_LIMIT = 20_000_000
"""Cells of the distribution: 160 megabytes."""


@dataclass(frozen=True, slots=True, eq=False)
class NullDistribution:
    """Values (cells, d) of d sums over the people in arm 1, and their probabilities (cells,)."""

    values: NDArray[np.int64]
    probability: NDArray[np.float64]


class _Contributions(NamedTuple):
    """What the blocks of one shape add: (blocks, ways, d) listed, or None for a large block."""

    group: Blocks
    listed: NDArray[np.int64] | None
    low: NDArray[np.int64]  # (blocks, d), the least that each block adds to each sum
    span: NDArray[np.int64]  # (blocks, d), the most less the least


def null_distribution(
    groups: Sequence[Blocks], scores: NDArray[np.int64], *, work: int = WORK_LIMIT
) -> NullDistribution | None:
    """Convolve the blocks' contributions to sums of scores over arm 1.

    Parameters
    ----------
    groups
        Blocks of two arms.
    scores : shape (people, d)
        Whole numbers; one column a sum.
    work
        Additions allowed.

    Returns
    -------
    NullDistribution or None
        None where it would take more work than allowed.

    References
    ----------
    Streitberg & Röhmel (1986), Stat Software Newsletter 12:10-17.

    Examples
    --------
    >>> from equipoise.allocation import permuted_blocks
    >>> null = null_distribution(permuted_blocks(4).groups, np.array([[1], [2], [4], [8]]))
    >>> null.values[:, 0].tolist(), null.probability[:2].round(4).tolist()
    ([3, 5, 6, 9, 10, 12], [0.1667, 0.1667])
    """
    parts = [_contributions(group, scores) for group in groups]
    low = np.sum([part.low.sum(axis=0) for part in parts], axis=0)
    length = np.sum([part.span.sum(axis=0) for part in parts], axis=0) + 1
    if np.prod(length.astype(np.float64)) > CELL_LIMIT or _work(parts, length) > work:
        return None
    strides = np.concatenate([[1], np.cumprod(length[:-1])]).astype(np.int64)
    total = np.ones(1)
    for part in sorted(parts, key=lambda part: part.listed is not None):  # large blocks first
        total = (
            _with_large(total, part, scores, strides)
            if part.listed is None
            else (_with_listed(total, part, strides))
        )
    kept = np.flatnonzero(total)
    return NullDistribution(kept[:, None] // strides % length + low, total[kept])


def _contributions(group: Blocks, scores: NDArray[np.int64]) -> _Contributions:
    own = scores[group.members]  # (blocks, m, d)
    if group.listed:
        listed = np.einsum("em,bmd->bed", group.arrangements().astype(np.int64), own)
        low, high = listed.min(axis=1), listed.max(axis=1)
        return _Contributions(group, listed - low[:, None], low, high - low)
    ordered = np.sort(own, axis=1)
    zero = np.zeros_like(ordered[:, :1])
    least = np.concatenate([zero, np.cumsum(ordered, axis=1)], axis=1)
    most = np.concatenate([zero, np.cumsum(ordered[:, ::-1], axis=1)], axis=1)
    low, high = (least[:, _taken(group)].min(axis=1), most[:, _taken(group)].max(axis=1))
    return _Contributions(group, None, low, high - low)


def _taken(group: Blocks) -> range:
    """How many members of a block may get arm 1."""
    m, (zeros, ones) = group.members.shape[1], group.composition
    return range(max(0, m - zeros), min(m, ones) + 1)


def _work(parts: Sequence[_Contributions], length: NDArray[np.int64]) -> float:
    """Count the additions, roughly."""
    cells = float(np.prod(length.astype(np.float64)))
    total = 0.0
    for group, listed, _, _ in parts:
        blocks, m = group.members.shape
        if listed is not None:
            total += blocks * min(listed.shape[1], cells) * cells / 2
        else:
            spread = cells**2 / 2 if len(parts) > 1 or blocks > 1 else 0.0
            total += blocks * (m * (_taken(group).stop) * cells / 4 + spread)
    return total


def _with_listed(
    total: NDArray[np.float64], part: _Contributions, strides: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Multiply by the polynomials of blocks whose contributions are listed."""
    assert part.listed is not None  # noqa: S101
    flat = part.listed @ strides  # (blocks, ways)
    for own in flat:
        if len(own) <= 12:
            total = shifted_sum(total, own, None) / len(own)
        else:
            count = np.bincount(own)
            at = np.flatnonzero(count)
            total = shifted_sum(total, at, count[at] / len(own))
    return total


def _with_large(
    total: NDArray[np.float64],
    part: _Contributions,
    scores: NDArray[np.int64],
    strides: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Multiply by the polynomials of blocks too large to list, each by counting subsets."""
    for members, low in zip(part.group.members, part.low, strict=True):
        own = _subset_polynomial(scores[members], part.group, low, strides)
        if len(total) == 1:
            total = total[0] * own
            continue
        at = np.flatnonzero(own)
        total = shifted_sum(total, at, own[at])
    return total


def shifted_sum(
    total: NDArray[np.float64], at: NDArray[np.int64], weight: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return copies of `total` shifted by each of `at`, weighted and added."""
    n = len(total)
    out = np.zeros(n + int(at.max()))
    if weight is None:
        for k in at.tolist():
            out[k : k + n] += total
        return out
    for k, w in zip(at.tolist(), weight.tolist(), strict=True):
        out[k : k + n] += w * total
    return out


def _subset_polynomial(
    scores: NDArray[np.int64], group: Blocks, low: NDArray[np.int64], strides: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the distribution of the sum over the members of one block that get arm 1.

    Members are added one by one, low scores first, to a table (taken, sum) of how many subsets
    there are, halved now and then so that it cannot overflow.
    """
    least, m = scores.min(axis=0), len(scores)
    offset = np.sort((scores - least) @ strides).tolist()
    taken = _taken(group)
    ways = np.zeros((taken.stop, sum(offset[len(offset) - taken.stop + 1 :]) + 1))
    ways[0, 0] = 1
    end, halvings = 1, 0  # sums reached so far
    for added, step in enumerate(offset, start=1):
        rows = min(added + 1, taken.stop)
        needed = max(taken.start - (m - added), 1)  # with fewer, too few are left to take
        grown = min(end + step, ways.shape[1])
        ways[needed:rows, step:grown] += ways[needed - 1 : rows - 1, : grown - step]
        end = grown
        if added % 256 == 0:
            _, exponent = np.frexp(ways.max())
            ways, halvings = np.ldexp(ways, -exponent), halvings + int(exponent)
    places = sum(group.composition)
    starts = {k: int((least * k - low) @ strides) for k in taken}
    out = np.zeros(max(starts.values()) + ways.shape[1])
    for k, start in starts.items():
        ones = group.composition[1]
        share = comb(places - m, ones - k) * 2**halvings / comb(places, ones)
        at = np.flatnonzero(ways[k])
        out[at + start] += share * ways[k, at]
    return np.trim_zeros(out, "b")
