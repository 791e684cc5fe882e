"""Rows of unadjusted risks: Wilson by arm, score intervals of difference and ratios."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from scipy.special import ndtr

from equipoise.analysis.outcomes import two_proportions as two
from equipoise.estimates import Estimate, Refusal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from equipoise.analysis.outcomes.arm_model import ArmModel
    from equipoise.analysis.outcomes.scales import Reading

MN = "miettinen-nurminen"
Interval = Callable[..., tuple[float, float]]


class TwoByTwo(NamedTuple):
    """Events and people of an arm, then of control."""

    events: int
    people: int
    control_events: int
    control_people: int

    @property
    def difference(self) -> float:
        """Risk of the arm less that of control."""
        return self.events / self.people - self.control_events / self.control_people

    @property
    def risk_ratio(self) -> float | None:
        """Risk of the arm over that of control; None without events in control."""
        below = self.people * self.control_events
        return self.events * self.control_people / below if below else None

    @property
    def odds_ratio(self) -> float | None:
        """Odds of the arm over those of control; None where the odds are divided by 0."""
        below = (self.people - self.events) * self.control_events
        above = self.events * (self.control_people - self.control_events)
        return above / below if below else None

    @property
    def p(self) -> float:
        """Two-sided p of equal risks: the score statistic whose inversion is the interval."""
        x, n, x0, n0 = self
        pooled = (x + x0) / (n + n0)
        variance = pooled * (1 - pooled) * (1 / n + 1 / n0) * (n + n0) / (n + n0 - 1)
        if variance == 0:
            return 1.0
        return 2 * float(ndtr(-abs(self.difference) / math.sqrt(variance)))


def unadjusted_rows(
    model: ArmModel, y: NDArray[np.float64], reading: Reading
) -> tuple[list[Estimate], list[Refusal]]:
    """Return risks of the arms and their comparisons; a ratio without a finite limit is refused."""
    sizes = [(model.arm == k) for k in range(len(model.arms))]
    table = [(int(y[here].sum()), int(here.sum())) for here in sizes]
    rows: list[Estimate] = []
    for (events, people), arm in zip(table, model.arms, strict=True):
        low, high = two.wilson(events, people, level=reading.level)
        rows.append(
            Estimate(
                "risk", label="unadjusted", arm=arm, estimate=events / people, low=low, high=high,
                level=reading.level, unit="probability", method=two.WILSON,
            )
        )  # fmt: skip
    refused: list[Refusal] = []
    for own, arm in zip(table[1:], model.arms[1:], strict=True):
        counts = TwoByTwo(*own, *table[0])
        rows += _differences(counts, arm, reading)
        for row in _ratios(counts, arm, reading):
            (rows if isinstance(row, Estimate) else refused).append(row)  # type: ignore[arg-type]
    return rows, refused


def _differences(counts: TwoByTwo, arm: str, reading: Reading) -> list[Estimate]:
    methods: tuple[tuple[str, Interval, str, float | None], ...] = (
        (MN, two.score_difference, two.MIETTINEN_NURMINEN, counts.p),
        ("newcombe", two.newcombe, two.NEWCOMBE, None),
    )
    rows = []
    for label, interval, method, p in methods:
        low, high = interval(*counts, level=reading.level)
        rows.append(
            Estimate(
                "risk-difference", label=label, arm=arm, estimate=counts.difference,
                low=low, high=high, level=reading.level, p=p, method=method,
                unit=reading.unit("difference in probability", arm, 0),
            )
        )  # fmt: skip
    return rows


def _ratios(counts: TwoByTwo, arm: str, reading: Reading) -> list[Estimate | Refusal]:
    kinds: tuple[tuple[str, Interval, float | None], ...] = (
        ("risk-ratio", two.score_ratio, counts.risk_ratio),
        ("odds-ratio", two.score_odds_ratio, counts.odds_ratio),
    )
    found: list[Estimate | Refusal] = []
    for slug, interval, ratio in kinds:
        low, high = interval(*counts, level=reading.level)
        if ratio is None or not math.isfinite(high):
            why = (
                f"A cell is empty ({counts.events} of {counts.people} against "
                f"{counts.control_events} of {counts.control_people}): the ratio has no finite "
                f"upper limit. Its lower limit is {low:.3g}; use the difference."
            )
            found.append(Refusal(slug, why, label=f"{arm}, {MN}"))
            continue
        found.append(
            Estimate(
                slug, label=MN, arm=arm, estimate=ratio, low=low, high=high, p=counts.p,
                level=reading.level, unit=reading.unit("ratio", arm, 1),
                method=two.MIETTINEN_NURMINEN,
            )
        )  # fmt: skip
    return found
