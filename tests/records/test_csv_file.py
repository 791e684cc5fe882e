"""Files as people really have them: damaged, foreign, huge."""

import os
import tracemalloc

import pytest

from equipoise.errors import DataError
from equipoise.records import open_source
from equipoise.records.csv_file import read_csv
from equipoise.records.scan import MAX_LINE_BYTES

HEAD = "person,tp,test,score,condition,guess,sure,age,sex\n"
ROW = "1,w1,PHQ,3,MD,PL,5,30,male\n"

BAD_FILES = {
    "empty": (b"", r"trial.csv is empty \(0 bytes\)"),
    "a byte-order mark alone": (b"\xef\xbb\xbf", r"trial.csv lacks the column 'person'"),
    "header only": (HEAD.encode(), r"trial.csv has a header and no rows"),
    "blank rows only": ((HEAD + "\n\n,,,,,,,,\n\n").encode(), r"trial.csv, line 4|no rows"),
    "missing column": (
        b"person,tp,test\n1,w1,PHQ\n",
        r"lacks the column 'score', 'condition', 'guess', 'sure', 'age', 'sex'. "
        r"Its columns are: person, tp, test",
    ),
    "column twice": (
        (HEAD.strip() + ",score\n" + ROW.strip() + ",3\n").encode(),
        r"more than one column named 'score'",
    ),
    "latin-1": (
        (HEAD + ROW).encode() + "2,w1,PHQ,3,MD,PL,5,30,mâle\n".encode("latin-1"),
        r"trial.csv, line 3, byte 101 of the file: not UTF-8 \(0xe2\).*iconv",
    ),
    "cut off character": ((HEAD + ROW).encode() + "é".encode()[:1], r"line 3, byte 78.*not UTF-8"),
    "utf-16": ((HEAD + ROW).encode("utf-16"), r"UTF-16 text"),
    "excel": (b"PK\x03\x04rest", r"an Excel or zip file"),
    "nul": ((HEAD + ROW).encode() + b"2,w1,P\x00Q\n", r"line 3: a NUL byte"),
    "ragged": (
        (HEAD + ROW + ROW.strip() + ",1\n" + ROW).encode(),
        r"trial.csv, line 3: 10 cells where the header has 9",
    ),
    "open quote": ((HEAD + '"1,w1,PHQ\n' + ROW).encode(), r"line 3: not readable as CSV"),
    "semicolons": ((HEAD + ROW).replace(",", ";").encode(), r'Set `delimiter: ";"`'),
    "tabs": ((HEAD + ROW).replace(",", "\t").encode(), r"Set `delimiter: \"\\t\"`"),
    "endless line": (HEAD.encode() + b"x" * (MAX_LINE_BYTES + 2_000_000), r"line 2 is longer than"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_damaged_files_are_refused_with_advice(toy, case):
    content, message = BAD_FILES[case]
    path = toy.csv(content)
    with pytest.raises(DataError, match=message):
        open_source(path)
    assert sorted(p.name for p in toy.folder.iterdir()) == [
        "protocol.yaml",
        "trial.csv",
        "trial.yaml",
    ]  # nothing written


def test_missing_file_and_folder_in_its_place(toy):
    path = toy.mapping("layout: long\n")
    with pytest.raises(DataError, match="cannot be read"):
        read_csv(toy.folder / "none.csv")
    with pytest.raises(DataError, match="cannot be read"):
        read_csv(toy.folder)
    assert path.exists()


def test_characters_across_blocks_are_read(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("a,b\n" + "é€𝄞,ü\n" * 150_000, encoding="utf-8")  # blocks end inside some
    assert len(read_csv(path)) == 150_000


def test_quoted_cells_may_hold_separators_and_lines(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('a,b\n"1,\n2",x\n3,y\n', encoding="utf-8")
    file = read_csv(path)
    assert file.columns == {"a": ["1,\n2", "3"], "b": ["x", "y"]}
    assert file.lines == [2, 4]
    assert file.where([1]) == "t.csv, line 4"


def test_many_rows_are_refused_before_memory_ends(tmp_path):
    path = tmp_path / "big.csv"
    block = (HEAD.replace("\n", ",filler\n"), ROW.replace("\n", "," + "x" * 200 + "\n") * 1000)
    with path.open("w") as stream:
        stream.write(block[0])
        for _ in range(130):
            stream.write(block[1])
    assert path.stat().st_size > 29_000_000
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"more than 20,000 rows, the most that are read"):
            read_csv(path, ["person", "score"], max_rows=20_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 20_000_000  # never the whole file


def test_a_gigabyte_without_lines_is_refused(tmp_path):
    path = tmp_path / "sparse.csv"
    with path.open("wb") as stream:
        stream.write(b"a,b\n1,2\n")
        os.truncate(stream.fileno(), 1_000_000_000)  # holes read as NUL bytes
    assert path.stat().st_size == 1_000_000_000
    with pytest.raises(DataError, match="NUL byte"):
        read_csv(path)
