"""sentences.json: every sentence of the site, its numbers, studies and what stands behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.site.machine.undosed import undosed
from equipoise.report.site.page import File

if TYPE_CHECKING:
    from equipoise.report.site.content import Content


def files(content: Content) -> Iterator[File]:
    """Yield the file."""
    made = {
        "site": content.plan.identifier,
        "version": content.version,
        "date": content.today.isoformat(),
        "licence": content.plan.licence,
        "sentences": [one.to_dict() for one in (*content.sentences, *content.beside)],
    }
    text = json.dumps(undosed(made), ensure_ascii=False, allow_nan=False, indent=1)
    yield File("sentences.json", text + "\n")
