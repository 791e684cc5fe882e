"""Metapsy CSV: one row a comparison of two arms on one instrument at one time.

The sign of Metapsy's own effects (`precalc_g`) is not the same in all its data sets, and the
direction of an instrument is nowhere in the file: both are declared by whoever imports it.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from equipoise.errors import DataError
from equipoise.synthesis.review.importers.arm_map import arm_of
from equipoise.synthesis.review.importers.options import ImportOptions, given, number, whole
from equipoise.synthesis.review.reading import study_from_data
from equipoise.synthesis.review.screening.record import plain_doi, plain_text
from equipoise.synthesis.review.study import Study

NAME = "metapsy"
Cells = dict[str, str]


def recognises(name: str, text: str) -> bool:
    """Whether a table has Metapsy's columns."""
    header = text.partition("\n")[0]
    return name.endswith(".csv") and all(
        column in header for column in ("study", "condition_arm1", "condition_arm2")
    )


def rows_of(text: str) -> list[Cells]:
    """Read the rows as text."""
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def arm_labels(text: str) -> dict[str, str]:
    """Return every arm key of the file with its words: conditions, with the drug if named."""
    labels: dict[str, str] = {}
    for row in rows_of(text):
        for arm in ("1", "2"):
            key = _key(row, arm)
            words = row.get(f"drug_arm{arm}") or row[f"condition_arm{arm}"]
            labels.setdefault(key, f"{words} {row.get(f'multi_arm{arm}') or ''}".strip())
    return dict(sorted(labels.items()))


def _key(row: Cells, arm: str) -> str:
    multi = (row.get(f"multi_arm{arm}") or "").strip()
    condition = row[f"condition_arm{arm}"].strip()
    return condition if multi in ("", "NA", condition) else f"{condition} {multi}"


def studies(text: str, options: ImportOptions) -> list[Study]:
    """Read every study; each row is one outcome of its study.

    Raises
    ------
    DataError
        When a number cannot be read (with its row and column), an arm is not in the map, or
        the direction is not declared.
    """
    grouped: dict[str, list[tuple[int, Cells]]] = {}
    for line, row in enumerate(rows_of(text), start=2):
        grouped.setdefault(row["study"].strip(), []).append((line, row))
    return [_study(name, rows, options) for name, rows in grouped.items()]


def study_id(name: str) -> str:
    """Return a study's id from its name in a table.

    Examples
    --------
    >>> study_id("Alavi, 2020"), study_id("von Rotz 2023")
    ('alavi2020', 'von-rotz2023')
    """
    return re.sub(r"-(?=\d{4}\b)", "", plain_text(name).replace(" ", "-"))


def _study(name: str, rows: list[tuple[int, Cells]], options: ImportOptions) -> Study:
    first = rows[0][1]
    arms = options.need("arms", "what its arms are")
    keys = dict.fromkeys(_key(row, arm) for _, row in rows for arm in ("1", "2"))
    year = whole(first.get("year"), f"{name}, year") or _year(name)
    kind = "crossover" if (first.get("design") or "").lower() == "crossover" else "parallel"
    number_ = (first.get("registration_number") or "").strip()
    condition = first.get("diagnosis") or first.get("target_group") or None
    data = {
        "id": study_id(name),
        "citation": name,
        "year": year,
        **given(doi=plain_doi(first.get("doi") or "") or None),
        "registration": [number_] if number_ and number_ != "NA" else [],
        "design": {"kind": kind, "randomised": True},
        "population": {"described": first.get("target_group") or "not described",
                       **given(condition=condition)},
        "arms": [arm_of(key, arms) for key in keys],
        "outcomes": [_outcome(line, row, options) for line, row in rows],
    }  # fmt: skip
    return study_from_data(data, f"{options.name}, {name}")


def _year(name: str) -> int:
    found = re.search(r"\b(19|20)\d\d\b", name)
    if not found:
        raise DataError(f"{name} has no year, in a column `year` or in its name.")
    return int(found.group(0))


def _outcome(line: int, row: Cells, options: ImportOptions) -> dict[str, Any]:
    where = f"row {line}"
    weeks = number(row.get("time_weeks"), f"{where}, time_weeks")
    days = number(row.get("time_days"), f"{where}, time_days")
    visit = row.get("study_time_point") or row.get("time") or row.get("time_weeks") or "post"
    if row.get("post_crossover") == "1":
        visit = f"{visit} (after the crossover)"
    outcome = {
        "outcome": options.need("outcome", "what its rows measure"),
        "instrument": row.get("instrument") or None,
        "higher": options.need("higher", "whether a higher score is better or worse"),
        "visit": visit,
        **given(days=days if days is not None else None if weeks is None else 7 * weeks),
        "design": "independent",
    }
    outcome["arms"], outcome["effects"] = _numbers(row, where, options)
    return {key: value for key, value in outcome.items() if value not in (None, [])}


def _numbers(
    row: Cells, where: str, options: ImportOptions
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    assert options.arms is not None  # noqa: S101  (asked for above)
    names = [arm_of(_key(row, arm), options.arms)["name"] for arm in ("1", "2")]
    arms = [
        found
        for arm, name in zip(("1", "2"), names, strict=True)
        if len(found := _arm(row, arm, where, options) | {"arm": name}) > 1
    ]
    fact = options.fact(where)
    if row.get("verified") == "0":  # a column that our own export writes
        fact = {"source": fact["source"]}
    arms = [one | fact for one in arms]
    g, se = (number(row.get(c), f"{where}, {c}") for c in ("precalc_g", "precalc_g_se"))
    if g is None or se is None:
        return arms, []
    favours = options.need("positive_favours", "which arm a positive `precalc_g` favours")
    effect = {
        "measure": "SMD", "contrast": names, "estimate": g, "se": se,
        "positive_favours": names[0 if favours == "arm1" else 1], **fact,
    }  # fmt: skip
    return arms, [effect]


def _arm(row: Cells, arm: str, where: str, options: ImportOptions) -> dict[str, Any]:
    def cell(*names: str) -> float | None:
        for name in names:
            column = f"{name}_arm{arm}"
            value = number(row.get(column), f"{options.name}, {where}, {column}")
            if value is not None:
                return value
        return None

    def people(name: str) -> int | None:
        column = f"{name}_arm{arm}"
        return whole(row.get(column), f"{options.name}, {where}, {column}")

    kind = (row.get("outcome_type") or "").lower()
    before = given(baseline_mean=cell("baseline_m", "baseline_mean"),
                   baseline_sd=cell("baseline_sd"))  # fmt: skip
    if kind == "change":
        return given(mean=cell("mean_change"), sd=cell("sd_change"), n=people("n_change"),
                     is_change=True) | before  # fmt: skip
    if kind in ("dich", "response", "remission", "deterioration"):
        total = people("totaln")
        events = people("event")
        return {} if events is None else given(events=events, total=total)
    return given(mean=cell("mean"), sd=cell("sd"), n=people("n")) | before
