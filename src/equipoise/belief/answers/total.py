"""The headline: the total effect, whatever people believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from equipoise.belief.comparison import Comparison
    from equipoise.estimates import Estimates


def answer(c: Comparison) -> Estimates:
    """Return the rows of `analysis.total_effect`."""
    return c.headline
