"""Whether two people who screen agree more often than chance would have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from equipoise.synthesis.review.screening.log import Vote


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two people at one stage: records that both saw, the share on which they agree, kappa.

    `kappa` is None where chance alone would make them agree on everything.
    """

    stage: str
    people: tuple[str, str]
    n: int
    agreed: float
    kappa: float | None


def cohen_kappa(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Return Cohen's kappa of two raters' labels, each of length n at least 1.

    None where both gave every record the same label: chance agreement is then 1.

    Examples
    --------
    >>> yes, no = "include", "exclude"
    >>> cohen_kappa([yes] * 25 + [no] * 25, [yes] * 20 + [no] * 5 + [yes] * 10 + [no] * 15)
    0.4

    References
    ----------
    Cohen (1960), Educ Psychol Meas 20:37-46.
    """
    labels = sorted({*one, *other})
    a = np.array([labels.index(label) for label in one])
    b = np.array([labels.index(label) for label in other])
    observed = float(np.mean(a == b))
    shares = [np.bincount(x, minlength=len(labels)) / len(x) for x in (a, b)]
    expected = float(shares[0] @ shares[1])
    if expected >= 1:
        return None
    return round((observed - expected) / (1 - expected), 12)


def agreements(votes: Sequence[Vote]) -> list[Agreement]:
    """Return the agreement of every pair of people at every stage, by their first votes.

    First votes: a vote changed after talking is no independent one.
    """
    found = []
    for stage in ("title", "full text"):
        first: dict[str, dict[str, str]] = {}
        for vote in votes:
            if vote.stage == stage and not vote.is_consensus:
                first.setdefault(vote.person, {}).setdefault(vote.record, vote.decision)
        for one, other in combinations(sorted(first), 2):
            both = sorted(first[one].keys() & first[other].keys())
            if both:
                labels = [first[one][r] for r in both], [first[other][r] for r in both]
                agreed = float(np.mean([x == y for x, y in zip(*labels, strict=True)]))
                found.append(
                    Agreement(stage, (one, other), len(both), agreed, cohen_kappa(*labels))
                )
    return found
