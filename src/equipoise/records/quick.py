"""One's own wide CSV without a mapping or a protocol file: columns named on the spot.

A minimal protocol is made in memory. It is a description after the fact, so everything computed
from it is exploratory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from equipoise.errors import DataError
from equipoise.instruments import instruments
from equipoise.protocol import Protocol
from equipoise.records.csv_file import CsvFile, read_csv
from equipoise.records.importing import import_mapped
from equipoise.records.mapping import parse_mapping
from equipoise.records.records import UNSURE, UnblindedRecords

CONTROL_NAMES = ("placebo", "plac", "pbo", "plb", "pl", "control", "ctrl", "sham")
"""Codes that name the control arm without being asked."""
MISSING = ("", "NA", "NaN", "nan")
ONLY_VISIT = "end"


def quick_table(
    csv: str | Path,
    *,
    participant: str,
    arm: str,
    outcome: str | Sequence[str],
    guess: str | None = None,
    visit: str | None = None,
    active: str | None = None,
    control: str | None = None,
    certainty: str | None = None,
    certainty_range: tuple[float, float] = (0, 1),
    covariates: Sequence[str] = (),
    unsure: Sequence[str] = (),
    higher: Literal["better", "worse", "neither"] = "neither",
    baseline: str | None = None,
    baseline_visit: str | None = None,
    delimiter: str = ",",
    decimal: Literal[".", ","] = ".",
    missing: Sequence[str] = (),
) -> UnblindedRecords:
    """Read a table with a row a participant, or a row a participant and visit.

    Parameters
    ----------
    participant, arm, guess, visit, certainty, covariates
        Names of columns. The cells of `arm` are the arms' names.
    outcome
        Columns of scores. A column named as an instrument of the library is that instrument,
        and its range is checked; any other is a score without bounds.
    active, control
        The arms that are compared. May be left out if there are two and one has a name of a
        control (placebo, control, sham, …).
    certainty_range
        Lowest and highest possible certainty.
    unsure
        Cells of `guess` that mean "don't know".
    higher
        What a higher score means, for columns that the library does not know.
    baseline
        A column that holds the outcome before treatment; only with one outcome.
    baseline_visit
        Or the visit before treatment, where rows are visits.
    missing
        Cells that mean "missing", such as ``-99``, besides empty ones, NA and NaN.

    Raises
    ------
    DataError
        If a column, a code or a score is wrong; see `import_table`.
    """
    asked = _Asked(
        participant=participant,
        arm=arm,
        outcomes=(outcome,) if isinstance(outcome, str) else tuple(outcome),
        guess=guess,
        visit=visit,
        certainty=certainty,
        certainty_range=certainty_range,
        covariates=tuple(covariates),
        unsure=tuple(unsure),
        higher=higher,
        baseline=baseline,
        baseline_visit=baseline_visit,
        delimiter=delimiter,
        decimal=decimal,
        missing=(*MISSING, *missing),
    )
    path = Path(csv)
    if baseline is not None and len(asked.outcomes) != 1:
        raise DataError(f"A baseline column goes with one outcome, not {len(asked.outcomes)}.")
    columns = [c for c in (participant, arm, visit) if c is not None]
    file = read_csv(path, columns, delimiter=delimiter)
    names = _codes(file, arm, asked)
    if both := sorted(set(asked.unsure) & set(names)):
        raise DataError(f"{', '.join(map(repr, both))} cannot be both an arm and unsure.")
    contrast = _contrast(path, arm, names, active, control)
    protocol = _protocol(path, _plan(file, asked, names, contrast))
    mapping = parse_mapping(_mapping(asked, names), name=path.name)
    return import_mapped(path, mapping, protocol)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The arguments of `quick_table`, to be handed on together."""

    participant: str
    arm: str
    outcomes: tuple[str, ...]
    guess: str | None
    visit: str | None
    certainty: str | None
    certainty_range: tuple[float, float]
    covariates: tuple[str, ...]
    unsure: tuple[str, ...]
    higher: str
    baseline: str | None
    baseline_visit: str | None
    delimiter: str
    decimal: str
    missing: tuple[str, ...]


def _plan(
    file: CsvFile, asked: _Asked, names: list[str], contrast: tuple[str, str]
) -> dict[str, Any]:
    """Return the protocol that the table itself tells."""
    plan: dict[str, Any] = {
        "identifier": _identifier(file.path),
        "title": file.path.name,
        "provenance": "Made in memory from the columns of a table, after the trial.",
        "design": _design(file, asked),
        "arms": [{"name": n, "role": _role(n, contrast)} for n in names],
        "contrast": contrast,
        "instruments": {name: _measure(name, asked.higher) for name in asked.outcomes},
        "visits": _visits(file, asked),
    }
    if asked.guess is not None:
        # when the guess was asked is not known: the weaker order is assumed, and warned of
        how = {"dont_know": bool(asked.unsure), "certainty": asked.certainty is not None}
        plan["blinding"] = {"guess": {**how, "timing": "after-outcomes"}}
    return plan


def _mapping(asked: _Asked, names: list[str]) -> dict[str, Any]:
    mapping: dict[str, Any] = {
        "layout": "wide",
        "delimiter": asked.delimiter,
        "decimal": asked.decimal,
        "missing": asked.missing,
        "participant": asked.participant,
        "arm": {"column": asked.arm},
        "scores": {n: {"instrument": n, "baseline": asked.baseline} for n in asked.outcomes},
        "covariates": asked.covariates,
    }
    if asked.visit is not None:
        mapping["visit"] = {"column": asked.visit}
    if asked.guess is not None:
        codes = {name: name for name in names} | dict.fromkeys(asked.unsure, UNSURE)
        mapping["guess"] = {"column": asked.guess, "codes": codes}
    if asked.certainty is not None:
        mapping["certainty"] = {"column": asked.certainty, "from": asked.certainty_range}
    return mapping


def _codes(file: CsvFile, column: str, asked: _Asked) -> list[str]:
    """Return the codes of a column in order of appearance."""
    codes = [code for code in dict.fromkeys(file.columns[column]) if code not in asked.missing]
    if len(codes) > 20:
        raise DataError(
            f"{file.path.name}: column {column!r} has {len(codes)} different values, "
            f"{', '.join(map(repr, codes[:4]))}, …: that is not a column of arms or visits."
        )
    return codes


def _contrast(
    path: Path, column: str, names: list[str], active: str | None, control: str | None
) -> tuple[str, str]:
    """Return the active and the control arm, or say that they must be named."""
    found = ", ".join(map(repr, names))
    for name in (active, control):
        if name is not None and name not in names:
            raise DataError(
                f"{path.name}: no arm is {name!r} in column {column!r}; found: {found}."
            )
    if control is None:
        control = _only(n for n in names if n.lower() in CONTROL_NAMES and n != active)
    if control is None and active is not None:
        control = _only(n for n in names if n != active)
    if active is None:
        active = _only(n for n in names if n != control)
    if active is None or control is None or active == control:
        raise DataError(
            f"{path.name}: which arms of column {column!r} are compared? Found: {found}. "
            f"Name the active and the control arm (--active and --control)."
        )
    return active, control


def _only(names: Iterable[str]) -> str | None:
    """Return the name if there is just one."""
    first, *more = [*names, None]
    return first if more == [None] else None


def _role(name: str, pair: tuple[str, str]) -> str:
    if name == pair[1] or name.lower() in CONTROL_NAMES:
        return "placebo"
    return "active"


def _design(file: CsvFile, asked: _Asked) -> dict[str, Any]:
    people = file.columns[asked.participant]
    if asked.visit is None and len(set(people)) < len(people):
        raise DataError(
            f"{file.path.name} has more than one row for some participants "
            f"({len(people)} rows, {len(set(people))} participants). Name the column that says "
            f"which visit a row is (--visit-column)."
        )
    arms = zip(people, file.columns[asked.arm], strict=True)
    pairs = {(person, code) for person, code in arms if code not in asked.missing}
    switching = len({person for person, _ in pairs}) < len(pairs)
    times = set(file.columns[asked.visit]) if asked.visit else set()
    return {
        "kind": "crossover" if switching else "parallel",
        "repeated": len(times - {asked.baseline_visit}) > 1,
    }


def _visits(file: CsvFile, asked: _Asked) -> list[dict[str, Any]]:
    names = [ONLY_VISIT] if asked.visit is None else _codes(file, asked.visit, asked)
    before = asked.baseline_visit
    if before is not None and before not in names:
        found = ", ".join(map(repr, names))
        raise DataError(f"{file.path.name}: no visit is {before!r}; found: {found}.")
    asks = asked.guess is not None
    return [
        {
            "name": name,
            "instruments": asked.outcomes,
            "baseline": name == before,
            "guess": asks and name != before,
        }
        for name in names
    ]


def _measure(name: str, higher: str) -> dict[str, Any]:
    known = {identifier.lower(): identifier for identifier in instruments()}
    if name.lower() in known:
        return {"instrument": known[name.lower()]}
    scale = {"id": name, "name": name, "domain": "other", "higher": higher, "unit": "points"}
    return {"define": scale}


def _identifier(path: Path) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-._") or "table"


def _protocol(path: Path, plan: dict[str, Any]) -> Protocol:
    try:
        return Protocol.model_validate(plan)
    except ValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)
        )
        raise DataError(f"{path.name}: its columns do not make a trial: {reasons}.") from error
