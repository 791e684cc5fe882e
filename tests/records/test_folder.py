"""The records folder: lossless, atomic, and true to its hashes."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from equipoise.errors import DataError
from equipoise.estimates import Source
from equipoise.protocol import protocol_from_text, protocol_text
from equipoise.records import (
    BlindedRecords,
    UnblindedRecords,
    open_source,
    read_folder,
    write_folder,
)

# anything that UTF-8 can hold, separators, quotes and line ends among it
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
CODE = TEXT.filter(bool)
NUMBER = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def tables(draw):
    people = draw(st.lists(CODE, min_size=1, max_size=5, unique=True))
    count = len(people)

    def column(values):
        return draw(st.lists(values, min_size=count, max_size=count))

    return {
        "participants": pd.DataFrame(
            {
                "participant": people,
                "age": pd.Series(column(NUMBER | st.just(np.nan)), dtype="float64"),
                'note, "odd"\nname': pd.Series(column(st.none() | TEXT), dtype="str"),
            }
        ),
        "scores": pd.DataFrame(
            {
                "participant": people,
                "visit": "w1",
                "instrument": "focus",
                "value": column(NUMBER),
                "unit": column(st.none() | TEXT),
            }
        ),
        "guesses": pd.DataFrame(
            {
                "participant": people,
                "visit": "w1",
                "guesser": "participant",
                "guess": column(st.sampled_from(["microdose", "placebo", "unsure", None])),
                "certainty": column(st.floats(0, 1) | st.just(np.nan)),
                "reason": column(st.none() | TEXT),
            }
        ),
        "allocations": pd.DataFrame(
            {"participant": people, "arm": column(st.sampled_from(["microdose", "placebo"]))}
        ),
    }


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables=tables())
def test_write_then_read_gives_equal_tables(tables, plan, tmp_path_factory):
    records = UnblindedRecords(protocol=plan, source=Source("ü", "ab"), warnings=("w",), **tables)
    folder = write_folder(records, tmp_path_factory.mktemp("out") / "records")
    again = read_folder(folder)
    assert isinstance(again, UnblindedRecords)
    for name, table in records.tables.items():
        assert_frame_equal(again.tables[name], table, check_exact=True)
        assert again.tables[name].dtypes.equals(table.dtypes)
    assert (again.sha256, again.source, again.warnings) == (
        records.sha256, records.source, records.warnings,
    )  # fmt: skip
    assert again.protocol.sha256 == plan.sha256


def test_numbers_keep_their_last_bit(plan, tmp_path):
    values = [0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, 1 / 3]
    people = list("abcde")
    scores = {"participant": people, "visit": "w1", "instrument": "focus", "value": values}
    records = UnblindedRecords(protocol=plan, scores=pd.DataFrame(scores))
    again = read_folder(write_folder(records, tmp_path / "r"))
    bits = again.scores["value"].to_numpy().tobytes()
    assert bits == np.array(values).tobytes()


@pytest.fixture
def folder(toy) -> Path:
    return write_folder(open_source(toy.write()), toy.folder / "records")


def test_a_person_can_read_it(folder):
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "README.txt", "protocol.yaml", "columns.csv", "manifest.json",
        "participants.csv", "allocations.csv", "scores.csv", "guesses.csv",
    }  # fmt: skip
    assert "UNBLINDED" in (folder / "README.txt").read_text()
    words = (folder / "columns.csv").read_text()
    assert 'guesses,certainty,number,share,0,1,"0 a pure guess, 1 certain"' in words


def test_same_records_same_bytes(toy, folder):
    again = write_folder(open_source(toy.folder / "trial.yaml"), toy.folder / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()


def test_open_source_reads_it(folder):
    records = open_source(folder)
    assert records.sha256 == open_source(str(folder)).sha256
    assert records.source == Source("records", records.sha256)


def test_blinded_records_stay_blinded(toy, folder):
    blind = write_folder(open_source(folder).blind(), toy.folder / "blind")
    assert not (blind / "allocations.csv").exists()
    assert isinstance(read_folder(blind), BlindedRecords)
    with pytest.raises(DataError, match="holds blinded records"):
        open_source(blind)


def test_an_older_folder_is_replaced_and_nothing_is_left_beside_it(toy, folder):
    before = open_source(folder)
    write_folder(before.blind(), folder)
    assert isinstance(read_folder(folder), BlindedRecords)
    assert not [p for p in toy.folder.iterdir() if p.name.startswith(".")]


def test_what_is_not_ours_is_left_alone(toy, folder):
    records = open_source(folder)
    theirs = toy.folder / "theirs"
    theirs.mkdir()
    (theirs / "thesis.txt").write_text("ten years of work")
    for path in (theirs, theirs / "thesis.txt"):
        with pytest.raises(DataError, match="nothing was written"):
            write_folder(records, path)
    assert [p.name for p in theirs.iterdir()] == ["thesis.txt"]


def test_a_failed_write_leaves_nothing(toy, folder, monkeypatch):
    records = open_source(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("equipoise.records.folder._write_csv", full)
    for target in (folder, toy.folder / "new"):
        with pytest.raises(OSError, match="No space"):
            write_folder(records, target)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert not (toy.folder / "new").exists()
    assert not [p for p in toy.folder.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize(
    "name", ["scores.csv", "allocations.csv", "columns.csv", "protocol.yaml", "README.txt"]
)
def test_a_changed_file_is_noticed(folder, name):
    with (folder / name).open("a") as stream:
        stream.write("\n")
    with pytest.raises(DataError, match=rf"{name} was changed after it was written"):
        read_folder(folder)


def test_a_missing_and_an_added_file_are_noticed(folder):
    (folder / "consent.csv").write_text("participant,version,day,given\n")
    with pytest.raises(DataError, match=r"has consent.csv, which manifest.json does not list"):
        read_folder(folder)
    (folder / "guesses.csv").unlink()
    with pytest.raises(DataError, match=r"lacks guesses.csv"):
        read_folder(folder)


def _manifest(folder, **values):
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"format": 99}, "format 99"),
        ({"content_sha256": "0" * 64}, "do not have the content hash"),
        ({"protocol_sha256": "0" * 64}, "come from another protocol"),
        ({"files": None}, "is damaged"),
        ({"source": 3}, "is damaged"),
    ],
)
def test_a_forged_manifest_is_noticed(folder, values, message):
    _manifest(folder, **values)
    with pytest.raises(DataError, match=message):
        read_folder(folder)


def test_records_of_another_protocol_are_refused(folder, plan):
    assert read_folder(folder, protocol=plan).protocol.sha256 == plan.sha256
    other = protocol_from_text(protocol_text(plan).replace("A toy trial", "Another trial"))
    with pytest.raises(DataError, match=r"records of another protocol: toy .* asked for toy"):
        read_folder(folder, protocol=other)


@pytest.mark.parametrize("content", [None, "", "{", "[]", "{}"])
def test_what_is_no_records_folder(tmp_path, content):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(DataError, match=r"not a records folder|is damaged"):
        read_folder(tmp_path)
