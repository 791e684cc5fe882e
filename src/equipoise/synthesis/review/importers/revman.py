"""RevMan: the CSV of data rows that RevMan and the Cochrane Library export."""

from __future__ import annotations

import csv
import io
from typing import Any

from equipoise.errors import DataError
from equipoise.synthesis.review.importers.arm_map import arm_of
from equipoise.synthesis.review.importers.metapsy import study_id
from equipoise.synthesis.review.importers.options import ImportOptions, given, number, whole
from equipoise.synthesis.review.reading import study_from_data
from equipoise.synthesis.review.study import Study

NAME = "revman"
COLUMNS = ("Study", "Experimental N", "Control N")
Cells = dict[str, str]


def recognises(name: str, text: str) -> bool:
    """Whether a table has RevMan's columns."""
    header = text.partition("\n")[0]
    return name.endswith(".csv") and all(column in header for column in COLUMNS)


def arm_labels(text: str) -> dict[str, str]:  # noqa: ARG001  (as every importer)
    """Return the two arms that RevMan knows."""
    return {"Experimental": "experimental", "Control": "control"}


def studies(text: str, options: ImportOptions) -> list[Study]:
    """Read every study of the table; each row is an outcome named by its analysis.

    Raises
    ------
    DataError
        When a number cannot be read, or the direction, or the measure of ready-made effects
        (GIV), is not declared.
    """
    grouped: dict[str, list[tuple[int, Cells]]] = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))), start=2):
        grouped.setdefault(row["Study"].strip(), []).append((line, row))
    return [_study(name, rows, options) for name, rows in grouped.items()]


def _study(name: str, rows: list[tuple[int, Cells]], options: ImportOptions) -> Study:
    arms = options.need("arms", "what its arms are")
    year = whole(rows[0][1].get("Study year"), f"{name}, Study year")
    if year is None:
        tail = name[-4:]
        if not tail.isdigit():
            raise DataError(f"{name} has no year, in `Study year` or at the end of its name.")
        year = int(tail)
    data = {
        "id": study_id(name),
        "citation": name,
        "year": year,
        "design": {"kind": "parallel", "randomised": True},
        "population": {"described": "not described"},
        "arms": [arm_of(key, arms) for key in ("Experimental", "Control")],
        "outcomes": [_outcome(line, row, options) for line, row in rows],
    }
    return study_from_data(data, f"{options.name}, {name}")


def _outcome(line: int, row: Cells, options: ImportOptions) -> dict[str, Any]:
    where = f"row {line}"
    outcome = {
        "outcome": options.outcome or row.get("Analysis name") or "outcome",
        "instrument": None,
        "higher": options.need("higher", "whether a higher value is better or worse"),
        "visit": (row.get("Subgroup") or "").strip() or "post",
    }
    arms = [_arm(row, arm, where, options) for arm in ("Experimental", "Control")]
    outcome["arms"] = [one for one in arms if one]
    outcome["effects"] = _effects(row, where, options)
    return {key: value for key, value in outcome.items() if value not in (None, [])}


def _arm(row: Cells, arm: str, where: str, options: ImportOptions) -> dict[str, Any]:
    assert options.arms is not None  # noqa: S101  (asked for above)
    place = f"{options.name}, {where}, {arm}"
    people = whole(row.get(f"{arm} N"), f"{place} N")
    mean, sd = (number(row.get(f"{arm} {k}"), f"{place} {k}") for k in ("mean", "SD"))
    cases = whole(row.get(f"{arm} cases"), f"{place} cases")
    name = {"arm": arm_of(arm, options.arms)["name"]}
    if mean is not None and people:  # RevMan writes 0 where nothing was entered
        return name | given(mean=mean, sd=sd or None, n=people) | options.fact(where)
    if cases is not None and people:
        return name | given(events=cases, total=people) | options.fact(where)
    return {}


def _effects(row: Cells, where: str, options: ImportOptions) -> list[dict[str, Any]]:
    assert options.arms is not None  # noqa: S101  (asked for above)
    estimate, se = (number(row.get(c), f"{where}, {c}") for c in ("GIV Mean", "GIV SE"))
    if estimate is None or not se:
        return []
    from math import exp  # noqa: PLC0415

    measure = options.need("measure", "the measure of its ready-made effects (GIV)")
    favours = options.need("positive_favours", "which arm a positive GIV Mean favours")
    ratio = measure in ("OR", "RR", "HR", "ROM")  # GIV holds the logarithm of a ratio
    names = [arm_of(key, options.arms)["name"] for key in ("Experimental", "Control")]
    effect = {
        "measure": measure, "contrast": names, "estimate": exp(estimate) if ratio else estimate,
        "se": se, "positive_favours": names[0 if favours == "arm1" else 1],
        **options.fact(where),
    }  # fmt: skip
    return [effect]
