"""How many people went through a trial: allocated, received, left and why, analysed (CONSORT 2025).

Hopewell et al. (2025), BMJ 389:e081123.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from equipoise.analysis.harms import LEAVING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from equipoise.records import UnblindedRecords

NO_REASON = "no reason recorded"


@dataclass(frozen=True, slots=True)
class ArmFlow:
    """Participants of one arm; or of the whole trial, where arms change within people.

    Parameters
    ----------
    received
        Dosed at least once; None if the records hold no doses.
    left
        By reason, most frequent first.
    analysed
        With a score of the outcome in the analysis.
    periods
        Where arms change: periods in each arm among those analysed.
    """

    name: str
    allocated: int
    received: int | None
    left: Mapping[str, int]
    analysed: int
    periods: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ParticipantFlow:
    """The flow of a trial: people in its records, and their way by arm (control last)."""

    enrolled: int
    allocated: int
    changing: bool
    outcome: str
    visits: tuple[str, ...]
    arms: tuple[ArmFlow, ...]


def participant_flow(
    records: UnblindedRecords, outcome: str, analysed: pd.DataFrame
) -> ParticipantFlow:
    """Count the participants of a trial at each stage.

    Parameters
    ----------
    records
    outcome
        The main outcome.
    analysed
        The rows that its analysis used: participant, arm, visit.
    """
    allocations = records.allocations.dropna(subset=["arm"])
    pairs = allocations[["participant", "arm"]].drop_duplicates()
    changing = bool(pairs["participant"].duplicated().any())
    active, control = records.protocol.contrast
    others = [arm for arm in records.protocol.arm_names if arm not in (active, control)]
    names = [arm for arm in (active, *others, control) if (pairs["arm"] == arm).any()]
    groups = (
        {"all": set(pairs["participant"])}
        if changing
        else {arm: set(pairs.loc[pairs["arm"] == arm, "participant"]) for arm in names}
    )
    return ParticipantFlow(
        enrolled=len(records.participants),
        allocated=int(pairs["participant"].nunique()),
        changing=changing,
        outcome=outcome,
        visits=tuple(dict.fromkeys(analysed["visit"].dropna().astype(str))),
        arms=tuple(_arm(records, name, people, analysed) for name, people in groups.items()),
    )


def _arm(records: UnblindedRecords, name: str, people: set[str], analysed: pd.DataFrame) -> ArmFlow:
    dosed = set(records.doses["participant"])
    here = analysed[analysed["participant"].isin(people)]
    periods = here["arm"].value_counts() if name == "all" else here["arm"].iloc[:0].value_counts()
    return ArmFlow(
        name,
        allocated=len(people),
        received=len(people & dosed) if dosed else None,
        left=_reasons(records, people),
        analysed=int(here["participant"].nunique()),
        periods={str(arm): int(periods[arm]) for arm in sorted(periods.index)},
    )


def _reasons(records: UnblindedRecords, people: set[str]) -> dict[str, int]:
    """Count who left by the reason recorded; the first leaving of a person counts."""
    events = records.intercurrent_events
    left = events[events["participant"].isin(people) & events["event"].str.contains(LEAVING)]
    left = left.sort_values("day", kind="stable").drop_duplicates("participant")
    why = left["detail"].where(left["detail"].notna(), NO_REASON)
    counts = why.value_counts()
    order = sorted(counts.index, key=lambda reason: (-counts[reason], reason))
    return {str(reason): int(counts[reason]) for reason in order}
