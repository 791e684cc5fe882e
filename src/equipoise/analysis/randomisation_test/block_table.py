"""Sums over arms in many redraws of independent blocks, from tables of block contributions.

A redraw needs one look-up a table instead of one shuffle a block; small blocks are merged into one
table as long as it stays in the processor's cache. The look-ups are uniform because arrangements
are equally likely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from equipoise.allocation import Blocks

MERGED = 8192
"""Rows of a merged table: 64 kilobytes a sum."""
CHUNK = 16_384


def block_sums(
    groups: Sequence[Blocks],
    values: NDArray[np.float64],
    arms: Sequence[int],
    rng: np.random.Generator,
    draws: int,
) -> NDArray[np.float64]:
    """Draw the sums of each column of `values` over each of `arms`.

    Parameters
    ----------
    groups
        Independent blocks.
    values : shape (people, d)
    arms
        The arms whose sums are wanted.
    rng, draws

    Returns
    -------
    shape (arms, d, draws)
    """
    tables = _merged([table for group in groups for table in _tables(group, values, arms)])
    large = [group for group in groups if not group.listed]
    d = values.shape[1]
    out = np.zeros((len(arms) * d, draws))
    for start in range(0, draws, CHUNK):
        part = out[:, start : start + CHUNK]
        for table in tables:
            ways = table.shape[1]
            kind = np.uint16 if ways <= 65_536 else np.uint32
            row = rng.integers(0, ways, size=part.shape[1], dtype=kind)
            for k, column in enumerate(table):
                part[k] += column[row]
        for group in large:
            _add_shuffled(part, group, values, arms, rng)
    return out.reshape(len(arms), d, draws)


def every_sum(
    groups: Sequence[Blocks], values: NDArray[np.float64], arms: Sequence[int], limit: int
) -> NDArray[np.float64] | None:
    """List the sums over `arms` of all equally likely allocations, (arms, d, ways).

    None where there are more than `limit` of them.
    """
    ways = 1
    for group in groups:
        for _ in group.members:
            ways *= group.arrangement_count
            if ways > limit:
                return None
    tables = [table for group in groups for table in _tables(group, values, arms)]
    (whole,) = _merged(tables, limit)
    return whole.reshape(len(arms), values.shape[1], -1)


def _tables(
    group: Blocks, values: NDArray[np.float64], arms: Sequence[int]
) -> list[NDArray[np.float64]]:
    """Return each listed block's contributions, (arms * d, ways)."""
    if not group.listed:
        return []
    arrangements = group.arrangements()
    own = values[group.members]  # (blocks, m, d)
    parts = [
        np.einsum("em,bmd->bde", (arrangements == arm).astype(np.float64), own) for arm in arms
    ]
    return list(np.concatenate(parts, axis=1))


def _merged(tables: list[NDArray[np.float64]], limit: int = MERGED) -> list[NDArray[np.float64]]:
    """Join tables into sums of all pairs of their rows, as far as the limit allows."""
    merged: list[NDArray[np.float64]] = []
    for table in sorted(tables, key=lambda table: table.shape[1]):
        if merged and merged[-1].shape[1] * table.shape[1] <= limit:
            pairs = merged[-1][:, :, None] + table[:, None, :]
            merged[-1] = pairs.reshape(len(pairs), -1)
        else:
            merged.append(np.ascontiguousarray(table))
    return merged


def _add_shuffled(
    part: NDArray[np.float64],
    group: Blocks,
    values: NDArray[np.float64],
    arms: Sequence[int],
    rng: np.random.Generator,
) -> None:
    """Add the sums of blocks too large for a table."""
    d = values.shape[1]
    size = max(1, 4_000_000 // group.members.size)  # of shuffled places at a time
    flat = group.members.ravel()
    for start in range(0, part.shape[1], size):
        stop = min(start + size, part.shape[1])
        drawn = group.shuffled(rng, stop - start).reshape(stop - start, -1)
        for k, arm in enumerate(arms):
            part[k * d : (k + 1) * d, start:stop] += values[flat].T @ (drawn == arm).T
