"""Shares as whole numbers that add up: the largest remainder gets what rounding down left over."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, fsum, isfinite

from equipoise.errors import DataError


def apportion(shares: Sequence[float], of: int = 100) -> tuple[int, ...]:
    """Return whole numbers in proportion to shares, which sum to `of`.

    Each differs from its exact value by less than 1; of equal remainders the first goes first.

    Parameters
    ----------
    shares
        At least 0 each, and not all 0; they need not sum to 1.

    Raises
    ------
    DataError
        When a share is below 0 or no number, or all are 0.

    References
    ----------
    Balinski & Young (1982), Fair Representation: the method of Hamilton.

    Examples
    --------
    >>> apportion([1, 1, 1])
    (34, 33, 33)
    """
    total = fsum(shares)
    if not all(isfinite(one) and one >= 0 for one in shares) or total <= 0:
        raise DataError(
            f"Shares are at least 0 and not all 0; got {list(shares)}. Leave out what is not known."
        )
    exact = [of * one / total for one in shares]
    whole = [floor(one) for one in exact]
    left = [round(one - part, 9) for one, part in zip(exact, whole, strict=True)]  # ties are ties
    by_remainder = sorted(range(len(exact)), key=lambda k: (-left[k], k))
    for k in by_remainder[: of - sum(whole)]:
        whole[k] += 1
    return tuple(whole)
