"""Streams: equal to an independent program's, on every Python; no short key; no bias."""

import json
import os
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path
from shutil import which

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.allocation import drawn
from equipoise.concealment.boxes import binding
from equipoise.concealment.kit_codes import kit_code
from equipoise.concealment.randomness import Key, Stream
from equipoise.concealment.seal import Opening, SealPlan
from equipoise.errors import DataError

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden/randomness_vectors.json"
KEY = Key(bytes(range(32)))
texts = st.text(max_size=12)


@pytest.fixture(scope="module")
def golden():
    """Written by tests/golden/randomness_vectors.py, which shares no line with our code."""
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def stream_of(row, purpose="allocation"):
    key = Key(bytes.fromhex(row["key"]))
    return key.stream(purpose, row["trial"], row["stratum"], row["index"])


def test_streams_agree_with_the_independent_program(golden):
    for row in golden["streams"]:
        assert stream_of(row).take(80).hex() == row["bytes"]
    assert len(golden["streams"]) == 12


def test_whole_numbers_agree_whatever_their_size(golden):
    for row in golden["numbers"]:
        stream = stream_of(row)
        assert [stream.below(int(row["n"])) for _ in range(12)] == [int(x) for x in row["drawn"]]
    assert len(golden["numbers"]) == 108


def test_arms_and_kit_codes_agree(golden):
    for row in golden["arms"]:
        chances = tuple(Fraction(part, sum(row["parts"])) for part in row["parts"])
        assert drawn(chances, stream_of(row)) == row["arm"]
    for row in golden["kit_codes"]:
        assert kit_code(stream_of(row, "kit-code")) == row["code"]


def test_mixed_keys_commitment_and_binding_agree(golden):
    for row in golden["mixed_keys"]:
        mixed = Key(bytes.fromhex(row["key"])).with_beacon(bytes.fromhex(row["value"]))
        assert mixed.raw.hex() == row["mixed"]
    row = golden["commitment"]
    key, nonce = (bytes.fromhex(row[name]) for name in ("key", "nonce"))
    assert Opening(SealPlan.from_dict(row["plan"]), Key(key), nonce).commitment == row["commitment"]
    row = golden["binding"]
    assert binding(row["trial"], row["pool"], row["index"], row["kit"]).hex() == row["hex"]


REPLAY = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("randomness", sys.argv[1])
module = sys.modules["randomness"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
for row in json.load(open(sys.argv[2], encoding="utf-8"))["streams"]:
    key = module.Key(bytes.fromhex(row["key"]))
    place = ("allocation", row["trial"], row["stratum"], row["index"])
    assert key.stream(*place).take(80).hex() == row["bytes"]
print("numpy" in sys.modules, [key.stream(*place).below(n) for n in (2, 10**9, 2**70)])
"""


def other_pythons() -> list[str]:
    """Find other interpreters by name, and among those that pyenv keeps."""
    names = [f"python3.{minor}" for minor in range(10, 16)]
    found = {name: path for name in names if (path := which(name))}
    for folder in sorted(Path("~/.pyenv/versions").expanduser().glob("3.1*")):
        minor = ".".join(folder.name.split(".")[:2])
        found[f"python{minor}"] = str(folder / "bin/python")
    return list(found.values())


def test_every_python_here_gives_the_same_bytes():
    """This one, and whichever others the machine has; NumPy is not asked."""
    module = ROOT / "src/equipoise/concealment/randomness.py"
    clean = {"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ.get("PATH", "")}
    said, ran = set(), 0
    for python in (sys.executable, *other_pythons()):
        command = [python, "-S", "-c", REPLAY, str(module), str(GOLDEN)]
        done = subprocess.run(  # noqa: S603  (interpreters of this machine)
            command, capture_output=True, encoding="utf-8", env=clean, check=False
        )
        if python == sys.executable or done.returncode == 0 or "AssertionError" in done.stderr:
            assert done.returncode == 0, done.stderr
            said.add(done.stdout)
            ran += 1
    assert ran
    assert len(said) == 1
    assert next(iter(said)).startswith("False")


@pytest.mark.parametrize("size", [0, 4, 16, 31, 33, 64])
def test_a_key_of_any_other_length_is_refused(size):
    with pytest.raises(DataError, match=f"this one has {8 * size} bits"):
        Key(bytes(size))


def test_a_key_never_shows_itself():
    assert KEY.raw.hex() not in repr(KEY)
    assert str(list(KEY.raw)) not in repr(KEY)
    assert "Key" in repr(KEY)


def test_fresh_keys_come_from_the_operating_system():
    assert len({Key.fresh().raw for _ in range(8)}) == 8


@given(st.tuples(texts, texts, texts, st.integers(0, 2**64 - 1)), st.data())
def test_another_purpose_trial_stratum_or_index_is_another_stream(place, data):
    other = data.draw(st.tuples(texts, texts, texts, st.integers(0, 2**64 - 1)))
    same = KEY.stream(*place).take(32) == KEY.stream(*other).take(32)
    assert same == (place == other)


@given(st.lists(st.integers(1, 70), max_size=8))
def test_bytes_do_not_depend_on_how_they_are_taken(sizes):
    whole = KEY.stream("a", "b", "c", 0).take(sum(sizes))
    stream = KEY.stream("a", "b", "c", 0)
    assert b"".join(stream.take(size) for size in sizes) == whole


@given(st.integers(1, 2**200))
def test_numbers_lie_below_their_bound(n):
    stream = KEY.stream("below", "t", "s", 0)
    assert all(0 <= stream.below(n) < n for _ in range(5))


class Words(Stream):
    """A stream that gives words set beforehand."""

    __slots__ = ("words",)

    def __init__(self, *words: int) -> None:
        self.words = list(words)

    def take(self, count: int) -> bytes:
        return self.words.pop(0).to_bytes(count, "big")


@pytest.mark.parametrize(("n", "most"), [(3, 2**64 - 1), (10, 2**64 - 6), (2**63 + 1, 2**63 + 1)])
def test_words_that_would_favour_small_numbers_are_thrown_away(n, most):
    """By hand: the first refused word is the greatest multiple of n that 64 bits hold."""
    assert most % n == 0
    assert Words(most, 2**64 - 1, 5).below(n) == 5 % n
    assert Words(most - 1).below(n) == n - 1


def test_an_impossible_bound_index_or_beacon_is_refused():
    with pytest.raises(DataError, match="at least 1"):
        KEY.stream("a", "b", "c", 0).below(0)
    with pytest.raises(DataError, match="64 bits"):
        KEY.stream("a", "b", "c", -1)
    with pytest.raises(DataError, match="beacon"):
        KEY.with_beacon(b"")


def test_six_sides_are_equally_likely():
    """Chi-square of 60,000 throws; 5 df, alpha 1e-6: 35.9. The key is fixed, so no run differs."""
    stream = KEY.stream("dice", "t", "s", 0)
    counts = Counter(stream.below(6) for _ in range(60_000))
    assert sum((n - 10_000) ** 2 / 10_000 for n in counts.values()) < 35.9
    assert len(counts) == 6
