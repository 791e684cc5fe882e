"""The scripts of the safety screen: the rules' own, and what shows and what asks on the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from equipoise.report.site.page import File
from equipoise.safety.browser import SCRIPT

if TYPE_CHECKING:
    from equipoise.report.site.content import Content

HERE = Path(__file__).parents[1]
SCRIPTS = {
    "screen.js": SCRIPT,
    "screen-result.js": HERE / "screen_result.js",
    "screen-page.js": HERE / "screen_page.js",
}
"""By name in the site, in the order in which the page loads them."""


def files(content: Content) -> Iterator[File]:  # noqa: ARG001  (the same for every content)
    """Yield the scripts."""
    for name, path in SCRIPTS.items():
        yield File(name, path.read_text(encoding="utf-8"))
