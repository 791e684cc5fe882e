"""The style sheet that all pages share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from equipoise.report.page import environment
from equipoise.report.site.page import File

if TYPE_CHECKING:
    from equipoise.report.site.content import Content


def files(content: Content) -> Iterator[File]:  # noqa: ARG001  (the same for every content)
    """Yield the style sheet."""
    yield File("site.css", environment().get_template("site/site.css").render())
