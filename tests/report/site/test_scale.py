"""Many studies: each file is read once a build, and work grows with their number, not its square.

Operations are counted, never timed; `bench/bench_site.py` times 10,000 studies.
"""

import csv
import importlib.util
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from click.testing import CliRunner

import equipoise
from equipoise.cli.main import cli
from equipoise.report.evidence import sentences
from equipoise.report.site import build_site, gather, read_evidence
from equipoise.synthesis.review import read_review, risk_of_bias, synthesise

TODAY = date(2026, 11, 25)
CODE = str(Path(equipoise.__file__).parent)
MADE = Path(__file__).parents[3] / "bench" / "made_evidence.py"


@pytest.fixture(scope="module")
def made() -> Any:
    spec = importlib.util.spec_from_file_location("made_evidence", MADE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Count how often each file is opened."""
    counted: Counter[str] = Counter()
    opened = Path.open

    def counting(self: Path, *arguments: Any, **more: Any) -> Any:
        counted[self.resolve().as_posix()] += 1
        return opened(self, *arguments, **more)

    monkeypatch.setattr(Path, "open", counting)
    return counted


def test_each_study_is_read_once_whatever_the_number_of_reviews(made, tmp_path, reads):
    folder = made.write_evidence(tmp_path / "evidence", 300, 5, guesses=False)
    reads.clear()
    risk_of_bias._judged.cache_clear()
    content = gather(read_evidence(folder), TODAY, "2026.11.1")
    build_site(content)
    of_studies = {name: times for name, times in reads.items() if "/evidence/studies/" in name}
    assert len(of_studies) == 300
    assert set(of_studies.values()) == {1}
    assert risk_of_bias._judged.cache_info().misses == 5
    pooled = [len(one.synthesis.selections["mood"].rows) for one in content.reviews.values()]
    assert all(50 <= k <= 60 for k in pooled), pooled


def test_the_first_page_names_a_few_studies_of_a_sentence_and_says_where_all_are(made, tmp_path):
    folder = made.write_evidence(tmp_path / "evidence", 60, 1, guesses=False)
    site = build_site(gather(read_evidence(folder), TODAY, "2026.11.1"))
    texts = {file.path: file.text for file in site.files}
    for page in ("index.html", "statements.html"):
        told = texts[page].split("data-sentence=")[1:]
        assert {one.count('data-study="') for one in told} == {20}
        assert texts[page].count(" more (") == len(told)
    rows = csv.DictReader(texts["statements.csv"].splitlines())
    assert {len(row["studies"].split("; ")) > 40 for row in rows} == {True}


def operations(folder: Path) -> int:
    """Count the bytecodes of our own code that a review takes once its files are read."""
    read = read_review(folder / "reviews" / "made-00")
    count = 0

    def each(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "opcode"
        return each

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(CODE):
            return None
        frame.f_trace_opcodes = True
        return each

    sys.settrace(enter)
    try:
        sentences(synthesise(read))
    finally:
        sys.settrace(None)
    return count


def test_work_grows_with_the_number_of_studies_and_not_with_its_square(made, tmp_path):
    """Of a line the second step, twice as long, costs twice the first; of a square four times."""
    sizes = (150, 300, 600)
    folders = [made.write_evidence(tmp_path / str(n), n, guesses=False) for n in sizes]
    operations(folders[0])  # what is done once, on first use, is not counted
    small, middle, large = (operations(folder) for folder in folders)
    assert 0 < large - middle <= 2.2 * (middle - small), (small, middle, large)


def test_a_long_reading_says_how_far_it_is(made, tmp_path, monkeypatch):
    monkeypatch.setattr("equipoise.synthesis.review.shelf.MANY", 20)
    folder = made.write_evidence(tmp_path / "evidence", 50, 2, guesses=False)
    said: list[str] = []
    gather(read_evidence(folder), TODAY, "2026.11.1", progress=said.append)
    assert said == [
        "Review 1 of 2: made-00",
        "  Reading studies: 0 of 50",
        "  Reading studies: 20 of 50",
        "  Reading studies: 40 of 50",
        "Review 2 of 2: made-01",
    ]


@pytest.mark.slow
def test_ten_thousand_studies_build(made, tmp_path):
    """In one review and in twenty; how long it takes is told in docs/benchmarks.md."""
    for reviews in (1, 20):
        folder = made.write_evidence(tmp_path / str(reviews), 10_000, reviews)
        out = tmp_path / f"site-{reviews}"
        done = CliRunner().invoke(cli, ["synthesise", str(folder), "--out", str(out)])
        assert done.exit_code == 0, done.stderr
        pages = list((out / "reviews").glob("made-??.html"))
        assert len(pages) == reviews
        assert max(page.stat().st_size for page in pages) < 150_000
