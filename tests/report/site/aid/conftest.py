"""The aid of the shipped evidence, built once; and a copy of it whose plan a test may change."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from equipoise.report.site import Content, gather, read_evidence
from equipoise.report.site.page import lay_out, page_files
from equipoise.synthesis.evidence import HERE

from .dom import Node, tree

TODAY = date(2026, 11, 25)
OURS = ("aid", "aid_print", "ipdas")


@pytest.fixture(scope="session")
def content() -> Content:
    return gather(read_evidence("evidence"), TODAY, "2026.11.1")


def built(content: Content) -> dict[str, str]:
    """Lay out the pages of this part alone."""
    files = [file for file in page_files() if file.__name__.rpartition(".")[2] in OURS]
    pages = [page for file in files for page in file.pages(content)]
    return {file.path: file.text for file in lay_out(pages, content)}


@pytest.fixture(scope="session")
def texts(content) -> dict[str, str]:
    return built(content)


@pytest.fixture(scope="session")
def pages(texts) -> dict[str, Node]:
    return {path: tree(text) for path, text in texts.items()}


@pytest.fixture(scope="session")
def aid(pages) -> Node:
    return pages["aid.html"].one("div", data_aid=None)


@pytest.fixture
def changed(content, tmp_path) -> Callable[..., Content]:
    """Return a function that changes files of the evidence folder: (name, old words, new words)."""

    def change(*edits: tuple[str, str, str]) -> Content:
        for name in ("aid.yaml", "glossary.yaml", "ipdas_records.yaml"):
            shutil.copy(HERE / name, tmp_path / name)
        if not (tmp_path / "facts").exists():
            shutil.copytree(HERE / "facts", tmp_path / "facts")
        for name, old, new in edits:
            file: Path = tmp_path / name
            text = file.read_text(encoding="utf-8")
            assert text.count(old) >= 1, (name, old)
            file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return replace(content, folder=replace(content.folder, path=tmp_path))

    return change
