"""The headline: the total effect, whatever people believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.analysis import total_effect

if TYPE_CHECKING:
    from equipoise.belief.comparison import Comparison
    from equipoise.estimates import Estimates


def answer(c: Comparison) -> Estimates:
    """Return the rows of `analysis.total_effect`."""
    return total_effect(c.records, c.outcome, c.visit, level=c.level)
