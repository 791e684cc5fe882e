"""statements.csv: the table of statements for machines, one row a sentence."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import TYPE_CHECKING

from equipoise.report.site.page import File
from equipoise.report.site.statements import numbers, stated

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

COLUMNS = ("statement", "title", "sentence", "text", "certainty", "studies", "numbers", "version")


def files(content: Content) -> Iterator[File]:
    """Yield the table."""
    out = StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for one in stated(content):
        for said in one.sentences:
            table.writerow(
                (one.statement.id, one.statement.title, said.id, said.text, said.certainty,
                 "; ".join(said.studies), "; ".join(numbers(said)), said.version)
            )  # fmt: skip
    yield File("statements.csv", out.getvalue())
