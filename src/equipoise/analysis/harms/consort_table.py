"""The harms table of CONSORT Harms 2022: arms side by side, with absolute differences.

Junqueira et al. (2023), BMJ 381:e073725.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.analysis.harms.exposed import OVERALL

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from equipoise.estimates import Estimate, Estimates


@dataclass(frozen=True, slots=True)
class HarmsLine:
    """One row of the table: its term, and by arm what happened and the difference to control."""

    term: str
    people: dict[str, Estimate]
    events: dict[str, Estimate]
    incidence: dict[str, Estimate]
    difference: dict[str, Estimate]

    @property
    def overall(self) -> bool:
        """Whether the row sums over events."""
        return self.term in OVERALL


def harms_lines(found: Estimates) -> Iterator[HarmsLine]:
    """Gather the rows of `harms` by term, in their order."""
    for term in dict.fromkeys(row.label for row in found):
        if term is None:
            continue
        here = found.select(label=term)
        by_arm = {
            name: {row.arm: row for row in here.select(name=name) if row.arm}
            for name in ("people-with-event", "event-count", "incidence", "incidence-difference")
        }
        yield HarmsLine(term, *by_arm.values())


def arms_of(found: Estimates) -> tuple[str, ...]:
    """Return the arms, control first."""
    rows = found.select(name="incidence").rows
    return tuple(dict.fromkeys(row.arm for row in rows if row.arm))


def exposed_in(line: HarmsLine, arm: str) -> str:
    """Return how many were exposed in an arm, as the incidence says it: "40 people"."""
    return (line.incidence[arm].estimand or "").partition(" of ")[2]


def dot_plot_frame(found: Estimates, most: int = 25) -> tuple[pd.DataFrame, int, str]:
    """Return the frame of `plots.harms_dot_plot`, how many rows are overall, and what is counted.

    Parameters
    ----------
    most
        At most so many kinds of event, the most frequent; they stand with the largest excess in
        the first active arm on top.
    """
    import pandas as pd  # noqa: PLC0415

    arms, lines = arms_of(found), list(harms_lines(found))
    overall = [line for line in lines if line.overall]
    kinds = [line for line in lines if not line.overall][:most]

    def excess(line: HarmsLine) -> float:
        one, zero = (line.incidence[arm].estimate or 0.0 for arm in (arms[1], arms[0]))
        return one - zero

    rows = []
    for line in (*overall, *sorted(kinds, key=excess, reverse=True)):
        row = line.difference.get(arms[1])
        limits = {k: getattr(row, k, None) for k in ("estimate", "low", "high")}
        shares = {arm: line.incidence[arm].estimate for arm in arms}
        rows.append({"label": line.term, **shares, **limits})
    counted = "people" if exposed_in(lines[0], arms[0]).endswith("people") else "periods"
    return pd.DataFrame(rows), len(overall), counted
