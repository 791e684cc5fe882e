"""Records: what was observed in a trial. The blind is a type.

`BlindedRecords` has no arm anywhere; whatever compares arms asks for `UnblindedRecords`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import pandas as pd

from equipoise.errors import DataError
from equipoise.estimates import Source
from equipoise.protocol import Protocol
from equipoise.records.conform import conform
from equipoise.records.hashing import content_hash
from equipoise.records.tables import BLINDED_TABLES, TABLE, TABLES
from equipoise.records.totals import total_scores

UNSURE = "unsure"
"""The guess of somebody who does not know."""

RESULT_COLUMNS = frozenset(("visit", "score", "baseline", "guess", "certainty"))
"""Columns that `outcome_frame` has beside arm and covariates."""

_UNNAMED = Source("records")
_DOSE_CONTENT = ["substance", "amount", "unit", "route"]
_ARM_LIKE = ("arm", "allocation", "allocated", "condition", "treatment", "group", "randomised")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class _Observed:
    """The tables that blinded and unblinded records share; checked when made."""

    protocol: Protocol
    participants: pd.DataFrame = field(default_factory=pd.DataFrame)
    doses: pd.DataFrame = field(default_factory=pd.DataFrame)
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    guesses: pd.DataFrame = field(default_factory=pd.DataFrame)
    expectancy: pd.DataFrame = field(default_factory=pd.DataFrame)
    adverse_events: pd.DataFrame = field(default_factory=pd.DataFrame)
    intercurrent_events: pd.DataFrame = field(default_factory=pd.DataFrame)
    signals: pd.DataFrame = field(default_factory=pd.DataFrame)
    consent: pd.DataFrame = field(default_factory=pd.DataFrame)
    source: Source = _UNNAMED
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in self.table_names():
            object.__setattr__(self, name, conform(getattr(self, name), TABLE[name]))
        object.__setattr__(self, "participants", self._everyone())
        self._check_names()

    @classmethod
    def table_names(cls) -> tuple[str, ...]:
        """Names of the tables that this type of records has."""
        return BLINDED_TABLES

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name."""
        return {name: getattr(self, name) for name in self.table_names()}

    @cached_property
    def sha256(self) -> str:
        """Hash of the content, whatever the order of rows or the machine."""
        return content_hash(self.tables)

    def with_source(self, source: Source) -> Self:
        """Say what the records were read from."""
        return replace(self, source=source)

    def __repr__(self) -> str:
        """Count, and never show: no cell of any person."""
        counts = {name: len(table) for name, table in self.tables.items() if len(table)}
        listed = ", ".join(f"{rows} {name}" for name, rows in counts.items()) or "empty"
        return f"<{type(self).__name__} of {self.protocol.identifier}: {listed}>"

    def _everyone(self) -> pd.DataFrame:
        """Give everybody who occurs in some table a row, sorted by code."""
        known = set(self.participants["participant"])
        seen = {p for table in self.tables.values() for p in table["participant"].unique()}
        extra = pd.DataFrame({"participant": pd.Series(sorted(seen - known), dtype="str")})
        people = pd.concat([self.participants, extra]) if len(extra) else self.participants
        return people.sort_values("participant", key=_in_order).reset_index(drop=True)

    def _check_names(self) -> None:
        """Check every visit, instrument and guess against the protocol."""
        plan = self.protocol
        if taken := sorted(RESULT_COLUMNS & set(self.participants.columns)):
            raise DataError(
                f"participants.{taken[0]} cannot be a covariate: outcomes have a column of that "
                f"name; rename it."
            )
        for name, table in self.tables.items():
            if "visit" in table:
                _known(table["visit"], plan.visit_names, f"{name}.visit", "visits")
        _known(self.scores["instrument"], tuple(plan.instruments), "scores.instrument", "tests")
        _known(self.guesses["guess"], (*plan.arm_names, UNSURE), "guesses.guess", "guesses")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class BlindedRecords(_Observed):
    """Records without any arm: what a blinded person may hold.

    A column that would tell the arm is refused when the records are made.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, table in self.tables.items():
            _refuse_arms(name, table, self.protocol.arm_names)
        if self.doses[_DOSE_CONTENT].notna().any(axis=None):
            raise DataError(
                "Blinded records cannot say what a dose held: leave "
                f"{', '.join(_DOSE_CONTENT)} of the table doses empty (kit codes may stay)."
            )


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class UnblindedRecords(_Observed):
    """Records with the arm of each participant (and visit, where arms change).

    Made by importing a finished trial, by simulation, or by `concealment` after the lock.
    """

    allocations: pd.DataFrame = field(default_factory=pd.DataFrame)

    def __post_init__(self) -> None:
        super().__post_init__()
        _known(self.allocations["arm"], self.protocol.arm_names, "allocations.arm", "arms")

    @classmethod
    def table_names(cls) -> tuple[str, ...]:
        """Names of the tables that this type of records has."""
        return tuple(table.name for table in TABLES)

    def blind(self) -> BlindedRecords:
        """Return the same records without arms and without what the doses held.

        The hash of the source stays behind: of a small trial every allocation could be tried
        until the hash fits.
        """
        tables = {name: getattr(self, name) for name in BLINDED_TABLES}
        tables["doses"] = self.doses.assign(**dict.fromkeys(_DOSE_CONTENT)).drop_duplicates()
        return BlindedRecords(
            protocol=self.protocol,
            source=Source(self.source.name),
            warnings=self.warnings,
            **tables,
        )

    @cached_property
    def total_scores(self) -> pd.DataFrame:
        """All total scores beside arm, guess and covariates: see `totals.total_scores`."""
        plan = self.protocol
        before = [visit.name for visit in plan.visits if visit.baseline]
        return total_scores(self.tables, plan.visit_names, before)


def _in_order(codes: pd.Series[str]) -> pd.Series[str]:
    """Sort codes that are numbers as numbers: 2 before 10."""
    return codes.str.zfill(24) if len(codes) and codes.str.isdigit().all() else codes


def _known(values: pd.Series[str], allowed: tuple[str, ...], where: str, what: str) -> None:
    odd = sorted(set(values.dropna().unique()) - set(allowed))
    if odd:
        shown = ", ".join(repr(value) for value in odd[:8])
        raise DataError(
            f"{where} has {shown}, which the protocol does not know. "
            f"Its {what} are: {', '.join(allowed)}."
        )


def _refuse_arms(name: str, table: pd.DataFrame, arms: tuple[str, ...]) -> None:
    for column in table.columns:
        named = str(column).strip().lower() in _ARM_LIKE
        asked = name == "guesses" and column in ("guess", "reason")
        told = not asked and _tells_arm(table[column], arms)
        if named or told:
            raise DataError(
                f"Blinded records cannot hold the column {column!r} of {name}: it would tell the "
                f"arm. Leave it out, or make unblinded records."
            )


def _tells_arm(values: pd.Series[str], arms: tuple[str, ...]) -> bool:
    if pd.api.types.is_numeric_dtype(values.dtype):
        return False
    present = set(values.dropna().unique())
    return bool(present) and present <= set(arms)
