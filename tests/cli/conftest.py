"""A way to call the command in this process, and small tables to call it on."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from equipoise.cli.main import cli

Run = Callable[..., Result]
Write = Callable[..., Path]

# arm, guess: scores. By hand: arm means 9.2 and 5.8; stratum means 12, 5, 10, 3.
CELLS = {
    ("drug", "drug"): (10, 12, 14),
    ("drug", "placebo"): (4, 6),
    ("placebo", "drug"): (9, 11),
    ("placebo", "placebo"): (1, 3, 5),
}
COPIES = 4  # of each person: 20 an arm


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs `equipoise ...` in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(cli, [str(a) for a in arguments], prog_name="equipoise")

    return call


@pytest.fixture
def rows() -> list[list[str]]:
    """Return id, arm, guess, SCORE, age of the trial above."""
    people = [
        (arm, guess, score)
        for _ in range(COPIES)
        for (arm, guess), scores in CELLS.items()
        for score in scores
    ]
    return [
        [f"p {i:02d}", arm, guess, str(score), str(20 + (7 * i) % 40)]
        for i, (arm, guess, score) in enumerate(people)
    ]


@pytest.fixture
def write(tmp_path: Path, rows: list[list[str]]) -> Write:
    """Return a function that writes a table: the trial above unless rows are given."""

    def text(  # what a spreadsheet would export
        name: str,
        table: list[list[str]] | None = None,
        header: str = "id,arm,guess,SCORE,age",
        sign: str = ",",
        encoding: str = "utf-8",
    ) -> Path:
        lines = [header.split(","), *(rows if table is None else table)]
        path = tmp_path / name
        path.write_text("\n".join(map(sign.join, lines)) + "\n", encoding=encoding)
        return path

    return text


@pytest.fixture
def trial_csv(write: Write) -> Path:
    """Write the trial as a plain table."""
    return write("trial.csv")
