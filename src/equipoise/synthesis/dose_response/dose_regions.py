"""How much of the data lies in named stretches of dose: micro, low, full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from equipoise.synthesis.dose_response.dose_study import DoseStudy


@dataclass(frozen=True, slots=True)
class DoseRegion:
    """A stretch of dose: above 0 and from `low` to below `high`."""

    name: str
    low: float
    high: float

    def holds(self, dose: float) -> bool:
        """Whether a dose above 0 lies in it."""
        return dose > 0 and self.low <= dose < self.high


def dose_region(text: str) -> DoseRegion:
    """Read a region: ``micro:0-3``, ``full:15-``.

    Examples
    --------
    >>> dose_region("full:15-")
    DoseRegion(name='full', low=15.0, high=inf)
    """
    name, _, limits = text.partition(":")
    low, dash, high = limits.partition("-")
    try:
        region = DoseRegion(name.strip(), float(low), float(high) if high else float("inf"))
    except ValueError:
        region = None
    if region is None or not (name.strip() and dash and 0 <= region.low < region.high):
        raise DataError(f"A region is name:low-high, such as micro:0-3 or full:15-. Got {text!r}.")
    return region


def dose_region_shares(studies: Sequence[DoseStudy], regions: Sequence[DoseRegion]) -> Estimates:
    """Return the share of studies, arms and people in each region, of those with a dose above 0.

    Arms at dose 0 count nowhere. A study counts in every region in which it has an arm, so that
    its shares can add up to more than 1.
    """
    arms = [(k, d, n) for k, s in enumerate(studies) for d, n in zip(s.dose, s.people, strict=True)]
    dosed = [(k, float(d), float(n)) for k, d, n in arms if d > 0]
    whole = {"studies": float(len({k for k, _, _ in dosed})), "arms": float(len(dosed))}
    whole["people"] = float(sum(n for _, _, n in dosed))
    rows, refused = [], []
    for region in regions:
        inside = [arm for arm in dosed if region.holds(arm[1])]
        count = {"studies": float(len({k for k, _, _ in inside})), "arms": float(len(inside))}
        count["people"] = float(sum(n for _, _, n in inside))
        for what, part in count.items():
            label = f"{region.name}, {what}"
            if np.isnan(whole[what]):
                refused.append(
                    Refusal(
                        "dose-region-share", "The people in some arms are not known.", label=label
                    )
                )
                continue
            rows.append(
                Estimate(
                    "dose-region-share",
                    label=label,
                    estimate=part / whole[what],
                    unit=f"share of {whole[what]:g} {what} with a dose above 0",
                    estimand=f"{part:g} of {whole[what]:g} {what} lie at {_where(region)}",
                    method="Count of arms above dose 0 by region, lower limit in, upper limit out",
                )
            )
    return Estimates(tuple(rows), tuple(refused))


def _where(region: DoseRegion) -> str:
    low = "above 0" if region.low == 0 else f"from {region.low:g}"
    return low if np.isinf(region.high) else f"{low} to below {region.high:g}"
