"""reviews/NAME.csv and NAME-studies.csv: every estimate with all its fields; every study's effect.

Text is in UTF-8; a cell that holds several things is a JSON list.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from equipoise.estimates import Estimate
from equipoise.report.site.machine.undosed import undosed
from equipoise.report.site.page import File
from equipoise.synthesis.review.exporters.csv_jsonld import EFFECTS, export

if TYPE_CHECKING:
    from equipoise.estimates import Estimates
    from equipoise.report.site.content import Content
    from equipoise.synthesis.review import Synthesis

NUMBERS = ("estimate", "se", "low", "high", "level", "df", "p", "effect", "year")
REFUSED = "refused"
"""Why a number that was asked for is not given: such a row has no estimate."""
LEFT_OUT = "left_out"
"""Why an analysis does not pool a study: such a row has no effect."""
IDENTIFIERS = ("doi", "study", "name", "analysis", *NUMBERS)
"""Columns that hold no text in which an amount of a drug could stand."""
COLUMNS = (*(field.name for field in fields(Estimate)), REFUSED)


def files(content: Content) -> Iterator[File]:
    """Yield two tables for each review."""
    for name, told in content.reviews.items():
        yield File(f"reviews/{name}.csv", estimates_table(told.synthesis.estimates))
        yield File(f"reviews/{name}-studies.csv", studies_table(told.synthesis))


def estimates_table(found: Estimates) -> str:
    """Write estimates as CSV, a row each, and what was refused after them."""
    rows = [{name: _cell(value) for name, value in asdict(row).items()} for row in found]
    refused = [
        {"name": one.name, "label": one.label, "outcome": one.outcome, REFUSED: one.reason}
        for one in found.refused
    ]
    return _table(COLUMNS, [*rows, *refused])


def studies_table(synthesis: Synthesis) -> str:
    """Write the effect of each study in each analysis as CSV, or why it is not in it."""
    pooled = list(csv.DictReader(io.StringIO(export(synthesis)["effects.csv"])))
    left = [
        {
            "analysis": name, "study": one.study.id, "citation": one.study.citation,
            "doi": one.study.doi, "year": one.study.year, LEFT_OUT: one.reason,
            "outcome": synthesis.folder.review.analysis(name).outcome,
        }
        for name, chosen in synthesis.selections.items()
        for one in chosen.left_out
    ]  # fmt: skip
    return _table((*EFFECTS, LEFT_OUT), [*pooled, *left])


def _cell(value: object) -> object:
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, tuple):
        return json.dumps(list(value), ensure_ascii=False) if value else ""
    return value


def _undosed(name: str, value: object) -> object:
    return value if name in IDENTIFIERS else undosed(value)


def _table(columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _undosed(name, value) for name, value in row.items()} for row in rows)
    return stream.getvalue()
