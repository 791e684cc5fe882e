"""Rows that every method of sparse events gives: the effect, its ratio, who said nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from equipoise.estimates import Estimate
from equipoise.synthesis.normal_or_t import limits, two_sided
from equipoise.synthesis.sparse.mantel_haenszel import Pooled

UNITS = {
    "OR": "log odds ratio (above 0: more events in the first arm)",
    "RR": "log risk ratio (above 0: more events in the first arm)",
    "RD": "risk difference (above 0: more events in the first arm)",
    "IRR": "log rate ratio (above 0: more events in the first arm)",
    "IRD": "rate difference (above 0: more events in the first arm)",
}
UNITS |= {"PLO": "log odds of an event", "IRLN": "log rate of events"}
RATIOS = {"OR": "odds ratio", "RR": "risk ratio", "IRR": "rate ratio"}


def effect_row(
    slug: str, label: str, pooled: Pooled, level: float, about: dict[str, Any]
) -> Estimate:
    """Return an estimate with its normal interval and p value."""
    estimate, se = pooled.estimate, pooled.se
    low, high = limits(estimate, se, None, level)
    p = two_sided(estimate / se, None) if se > 0 else None
    return Estimate(
        slug, label, estimate=estimate, se=se, low=low, high=high, level=level, p=p, **about
    )


def pooled_rows(
    label: str, pooled: Pooled, measure: str, level: float, about: dict[str, Any]
) -> list[Estimate]:
    """Return the pooled effect, and for a logarithm the ratio too."""
    row = effect_row("pooled-effect", label, pooled, level, about)
    if measure not in RATIOS:
        return [row]
    low, high = limits(pooled.estimate, pooled.se, None, level)
    ratio = Estimate(
        "pooled-ratio", label, estimate=float(np.exp(pooled.estimate)), low=float(np.exp(low)),
        high=float(np.exp(high)), level=level, p=row.p,
        **about | {"unit": f"{RATIOS[measure]} (above 1: more events in the first arm)"},
    )  # fmt: skip
    return [row, ratio]


def listed(names: Sequence[str], which: ArrayLike) -> str:
    """Return the chosen names, the first five of many."""
    chosen = [name for name, yes in zip(names, np.asarray(which), strict=True) if yes]
    return ", ".join(chosen[:5]) + (f" and {len(chosen) - 5} more" if len(chosen) > 5 else "")


def said_nothing(names: Sequence[str], which: ArrayLike) -> tuple[str, ...]:
    """Return a warning about the chosen studies, where there are any."""
    chosen = tuple(name for name, yes in zip(names, np.asarray(which), strict=True) if yes)
    return (nothing_to_say(chosen),) if chosen else ()


def nothing_to_say(names: tuple[str, ...]) -> str:
    """Say that ratios cannot use these studies."""
    many = f"{len(names)} studies" if len(names) > 1 else "1 study"
    return (
        f"In {many} nobody, or everybody, had an event ({listed(names, [True] * len(names))}): "
        "ratios cannot use it."
    )
