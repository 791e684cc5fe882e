"""What is fitted to doses, and asked of the curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.synthesis.dose_response.dose_gaps import GAP

if TYPE_CHECKING:
    from equipoise.synthesis.dose_response.dose_regions import DoseRegion
    from equipoise.synthesis.dose_response.dose_shape import ShapeName
    from equipoise.synthesis.dose_response.random_slopes import Method


@dataclass(frozen=True, slots=True)
class DoseResponseOptions:
    """What is fitted and asked; see `dose_response`."""

    shape: ShapeName = "linear"
    knots: tuple[float, ...] | None = None
    method: Method = "reml"
    one_stage: bool = True
    reference: float | None = None
    at: tuple[float, ...] = ()
    gap: float = GAP
    regions: tuple[DoseRegion, ...] = ()
    equivalents: Mapping[str, float] | None = None
    unit: float = 1.0
    level: float = 0.95
    by_drug: bool = False
