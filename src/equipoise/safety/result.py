"""What the screen says: frozen, in the order in which it must be read."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from equipoise.safety.levels import LEVELS, Level, strictest


@dataclass(frozen=True, slots=True)
class Shown:
    """A source, as it is shown."""

    citation: str
    doi: str | None
    read_at: tuple[str, ...]
    read_on: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that applies, or may (`possible`): never a verdict beyond its level."""

    rule: str
    level: Level
    level_text: str
    crisis: bool
    possible: bool
    verified: bool
    asked: tuple[str, ...]
    reason: str
    evidence: str | None
    strength: str | None
    source: Shown | None
    checked: str
    indirect: str | None

    @property
    def order(self) -> tuple[bool, int, bool, str]:
        """Crisis first, then the strictest, what is certain before what is possible."""
        return (not self.crisis, LEVELS.index(self.level), self.possible, self.rule)


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something entered that we could not check, with names that were perhaps meant."""

    entered: str
    text: str
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScreenResult:
    """All that the screen found, did not know, and did not check."""

    substances: tuple[str, ...]
    summary: str
    hits: tuple[Hit, ...]
    unknown: tuple[Unknown, ...]
    unknown_count: str | None
    not_checked: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def crisis(self) -> bool:
        """Whether the crisis block comes before everything else."""
        return any(hit.crisis for hit in self.hits)

    @property
    def level(self) -> Level | None:
        """The strictest level; something unknown is at least "talk first". None is no verdict."""
        levels = [hit.level for hit in self.hits]
        return strictest([*levels, "talk first"] if self.unknown else levels)

    def at(self, level: Level) -> tuple[Hit, ...]:
        """Return the hits of one level."""
        return tuple(hit for hit in self.hits if hit.level == level)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON; the browser's script returns the same."""
        return {"crisis": self.crisis, "level": self.level} | asdict(self)
