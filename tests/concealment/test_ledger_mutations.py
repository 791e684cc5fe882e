"""Every mutation of a ledger is found: a byte, a deletion, a move, a cut, a tail written anew.

The last two change nothing that the chain could show; a signed head that was handed out shows
them. The test hands one out first, as a trial must.
"""

import json
import random
from datetime import timedelta

import pytest

from equipoise.concealment.ledger import next_row
from equipoise.concealment.ledger_heads import SigningKey
from equipoise.concealment.verify_ledger import (
    HEAD_TAG,
    Row,
    canonical,
    row_hash,
    verify_head,
    verify_rows,
)

from .conftest import T0

KEY = SigningKey(bytes(range(32)))
ROWS = 60


@pytest.fixture(scope="module")
def rows():
    made = [
        next_row(None, "began", actor="s", now=T0, details={"trial": "T-1", "chain": "allocator"})
    ]
    for number in range(1, ROWS):
        details = {"participant": f"P{number}", "stratum": "s1", "kit": "K7QX-9MRT"}
        now = T0 + timedelta(minutes=number)
        made.append(next_row(made[-1], "allocated", actor="web", now=now, details=details))
    return made


@pytest.fixture(scope="module")
def head(rows):
    last = json.loads(rows[-1].body)
    signed = {"trial": "T-1", "chain": "allocator", "seq": ROWS, "hash": rows[-1].hash}
    signed["time"] = last["time"]
    return signed | {"signature": KEY.sign(HEAD_TAG + canonical(signed).encode())}


def byte(rows, rng):
    place = rng.randrange(ROWS)
    row = rows[place]
    line = f"{row.hash} {row.body}"
    at = rng.randrange(len(line))
    sign = rng.choice([chr(c) for c in range(32, 127) if chr(c) != line[at]])
    digest, _, body = (line[:at] + sign + line[at + 1 :]).partition(" ")
    return [*rows[:place], Row(row.seq, digest, body), *rows[place + 1 :]]


def deletion(rows, rng):
    start = rng.randrange(ROWS)
    gone = [*rows[:start], *rows[start + rng.randint(1, 3) :]]
    return [Row(k, row.hash, row.body) for k, row in enumerate(gone, start=1)]


def reorder(rows, rng):
    a, b = rng.sample(range(ROWS), 2)
    moved = list(rows)
    moved[a], moved[b] = moved[b], moved[a]
    return [Row(k, row.hash, row.body) for k, row in enumerate(moved, start=1)]


def truncation(rows, rng):
    return rows[: rng.randrange(ROWS)]


def rewrite(rows, rng):
    """Change a row and hash everything after it again, as whoever holds the database could."""
    place = rng.randrange(1, ROWS)
    anew = list(rows[:place])
    for row in rows[place:]:
        body = json.loads(row.body)
        if len(anew) == place:
            body["details"]["participant"] += "x"
        body["prev"] = anew[-1].hash
        text = canonical(body)
        anew.append(Row(row.seq, row_hash(text), text))
    return anew


def insertion(rows, rng):
    place = rng.randrange(ROWS + 1)
    added = [*rows[:place], rows[rng.randrange(ROWS)], *rows[place:]]
    return [Row(k, row.hash, row.body) for k, row in enumerate(added, start=1)]


MUTATIONS = (byte, deletion, reorder, truncation, rewrite, insertion)


def found_out(mutated, head) -> bool:
    found = verify_rows(mutated, watch=[head["seq"]])
    return bool(found.bad or verify_head(found, head, KEY.public).bad)


def missed(rows, head, count, seed):
    rng = random.Random(seed)  # noqa: S311  (which mutation, not a secret)
    out = []
    for number in range(count):
        mutation = MUTATIONS[number % len(MUTATIONS)]
        mutated = mutation(rows, rng)
        if not found_out(mutated, head):
            out.append((number, mutation.__name__))
    return out


def test_the_ledger_itself_is_well(rows, head):
    assert not found_out(rows, head)


def test_a_thousand_mutations_are_all_found(rows, head):
    assert missed(rows, head, 1_000, seed=1) == []


@pytest.mark.slow
def test_ten_thousand_mutations_are_all_found(rows, head):
    assert missed(rows, head, 10_000, seed=2) == []


def test_without_the_head_a_cut_and_a_new_tail_do_not_show(rows):
    """What the documents say the chain alone cannot do; if it could, they would be wrong."""
    rng = random.Random(3)  # noqa: S311
    assert not verify_rows(truncation(rows, rng)).bad
    assert not verify_rows(rewrite(rows, rng)).bad


def test_the_first_bad_row_is_named(rows):
    broken = [*rows[:9], Row(10, rows[9].hash, rows[9].body + " "), *rows[10:]]
    assert verify_rows(broken).bad_row == 10
