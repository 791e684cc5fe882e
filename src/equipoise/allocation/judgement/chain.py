"""Exact properties of any list procedure, by recursion over its own states and the counts.

Slower than the two-arm table but not tied to it: several arms, blocks of random size.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from equipoise.allocation.judgement.properties import Properties

if TYPE_CHECKING:
    from equipoise.allocation.spec import Spec, State

TINY = 1e-9
Counts = tuple[int, ...]


class _Seen(NamedTuple):
    """A state's chances as floats, and what follows from each arm: found once, used often."""

    chances: tuple[float, ...]
    after: tuple[tuple[tuple[State, float], ...], ...]


def chain_properties(spec: Spec, n: int, most: int = 400_000) -> Properties | None:
    """Return the exact properties, or None where more than `most` steps would be needed.

    Examples
    --------
    >>> from equipoise.allocation import PermutedBlocksSpec
    >>> three = PermutedBlocksSpec(arms=("A", "B", "C"), size=3)
    >>> found = chain_properties(three, 6)  # 1/3, then 1/2, then certain
    >>> round(found.guess, 9), found.worst
    (0.611111111, 1.333333333)
    """
    target = tuple(float(share) for share in spec.target)
    nobody = (0,) * len(target)
    here = {(state, nobody): weight for state, weight in spec.beneath()}
    hidden = len(here) > 1
    seen: dict[State, _Seen] = {}
    guess = best = certain = worst = 0.0
    spent = 0
    for step in range(n):
        spent += len(here)
        if spent > most or len(seen) > most // 20:
            return None
        there: defaultdict[tuple[State, Counts], float] = defaultdict(float)
        for (state, counts), weight in here.items():
            now = seen.get(state) or seen.setdefault(state, _look(spec, state))
            guess += weight * named(counts, step, target, now.chances)
            best += weight * max(now.chances)
            certain += weight * (max(now.chances) >= 1)
            for arm, chance in enumerate(now.chances):
                grown = (*counts[:arm], counts[arm] + 1, *counts[arm + 1 :])
                for after, share in now.after[arm]:
                    there[after, grown] += weight * chance * share
        here = dict(there)
        worst = max(worst, *(imbalance(counts, step + 1, target) for counts in _counts(here)))
    final: defaultdict[float, float] = defaultdict(float)
    for (_, counts), weight in here.items():
        final[round(imbalance(counts, n, target), 9)] += weight
    chi = sum(w * chi_square(counts, n, target) for (_, counts), w in here.items())
    return Properties(
        n=n,
        guess=guess / n,
        best_guess=None if hidden else best / n,
        certain=None if hidden else certain / n,
        imbalance=sum(value * weight for value, weight in final.items()),
        loss=chi / (len(target) - 1),
        worst=round(worst, 9),
        final=dict(sorted(final.items())),
        how="exact",
    )


def _counts(here: dict[tuple[State, Counts], float]) -> set[Counts]:
    return {counts for _, counts in here}


def _look(spec: Spec, state: State) -> _Seen:
    chances = spec.chances(state)
    after = (spec.beneath_after(state, arm) if chance else () for arm, chance in enumerate(chances))
    return _Seen(tuple(map(float, chances)), tuple(after))


def named(
    counts: Counts, step: int, target: tuple[float, ...], chances: tuple[float, ...]
) -> float:
    """Return the chance that the convergence strategy names the right arm.

    Examples
    --------
    >>> named((1, 0), 1, (0.5, 0.5), (0.25, 0.75)), named((0, 0), 0, (0.5, 0.5), (0.25, 0.75))
    (0.75, 0.5)
    """
    behind = [step * share - k for share, k in zip(target, counts, strict=True)]
    far = max(behind) - TINY
    tied = [arm for arm, d in enumerate(behind) if d >= far]
    return sum(target[arm] * chances[arm] for arm in tied) / sum(target[arm] for arm in tied)


def imbalance(counts: Counts, step: int, target: tuple[float, ...]) -> float:
    """Return the sum over arms of |people less exact share|.

    Examples
    --------
    >>> imbalance((3, 1), 4, (0.5, 0.5))
    2.0
    """
    return sum(abs(k - step * share) for share, k in zip(target, counts, strict=True))


def chi_square(counts: Counts, step: int, target: tuple[float, ...]) -> float:
    """Return Pearson's chi-square of the counts against the ratio."""
    return sum(
        (k - step * share) ** 2 / (step * share) for share, k in zip(target, counts, strict=True)
    )
