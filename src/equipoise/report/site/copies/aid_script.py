"""The script of the decision aid: it carries what was ticked into the summary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.page import environment
from equipoise.report.site.aid_plan import read_aid
from equipoise.report.site.page import File

if TYPE_CHECKING:
    from equipoise.report.site.content import Content


def files(content: Content) -> Iterator[File]:
    """Yield the script, where there is an aid."""
    if read_aid(content.folder) is not None:
        yield File("aid.js", environment().get_template("site/aid.js").render())
