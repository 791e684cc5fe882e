"""The documents as text, and the commands and files they print."""

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"`([\w.-]+\.(?:csv|yaml))`")


@dataclass(frozen=True)
class Block:
    """A fenced block; `file` is the last file named before it."""

    language: str
    text: str
    file: str | None

    @property
    def commands(self) -> list[list[str]]:
        whole = self.text.replace("\\\n", " ").replace("$ ", "")
        lines = whole.splitlines() if self.language in ("sh", "console") else []
        asked = [line for line in lines if line.startswith("equipoise ")]
        return [shlex.split(line, comments=True)[1:] for line in asked]


def blocks(page: str) -> list[Block]:
    found = []
    for match in FENCE.finditer(page):
        named = FILE_NAME.findall(FENCE.sub("", page[: match.start()]))
        found.append(Block(match[1], match[2], named[-1] if named else None))
    return found


@pytest.fixture(scope="session")
def pages() -> dict[str, str]:
    """README and every document, by path from the root."""
    names = ["README.md", *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names}


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def blocks_of(pages) -> Callable[[str], list[Block]]:
    return lambda name: blocks(pages[name])
