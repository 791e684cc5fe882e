"""Verify a trial's ledger. This one file is enough: it needs Python 3.11 and nothing else.

    python verify_ledger.py ledger.jsonl --head head.json --key 5f0c...   (or ledger.sqlite)

A ledger is rows in their order. A row is a JSON text ("body") and its hash:

    hash = SHA-256("equipoise/ledger-row/v1" newline body)

The body is canonical (RFC 8785: keys sorted, no white space, UTF-8) and holds `seq` (1, 2, ...),
`time` (UTC), `actor`, `act`, `details`, and `prev`: the hash of the row before. Row 1 names the
trial and the chain, and its `prev` is SHA-256("equipoise/ledger-genesis/v1" newline
{"chain":...,"trial":...}). So no row can be changed, dropped, added or moved unnoticed, except at
the end: a cut tail, or a tail written anew, shows only against a signed head that was handed out
before (`--head`). Where the clock ran back, the row says by how many seconds (`clock_back`).

What a row may say is listed in ACTS: codes, counts, hashes, fixed words. There is no free text,
and no field in which an arm could stand. Signatures (Ed25519) need PyNaCl: pip install pynacl.
"""

import argparse
import hashlib
import json
import math
import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

ROW_TAG = b"equipoise/ledger-row/v1\n"
GENESIS_TAG = b"equipoise/ledger-genesis/v1\n"
HEAD_TAG = b"equipoise/ledger-head/v1\n"

HASH, KIT, COUNT, FLAG, COUNTS = "a hash", "a kit", "a count", "yes or no", "counts"
CODE = "a code (letters a to z, digits, dots, dashes; at most 64, no blanks)"
HASHES, ZONE = "hashes", "a time zone"
BREAK_CATEGORIES = ("adverse event", "overdose or poisoning", "pregnancy", "other emergency")
ROLES = ("investigator", "physician", "pharmacist", "monitoring committee", "other")
SACHET_STEPS = (  # of self-blinding
    *("prepare", "help", "pack", "shuffle", "label", "postpone"),
    *("dose", "miss", "ask", "stop", "finish", "open", "lost"),
)
WHY_MISSED = ("could not", "forgot", "sachet lost", "taken without a scan")
WHY_STOPPED = ("wish", "unwanted effect", "other")

Kinds = dict[str, str | tuple[str, ...]]
_SEAL: Kinds = dict.fromkeys(("commitment", "root", "protocol", "final_key", "break_key"), HASH)
ACTS: dict[str, Kinds] = {  # a field that may be left out ends in "?"
    "began": {"trial": CODE, "chain": ("web", "allocator")},
    "committed": {"commitment": HASH},
    "sealed": {**_SEAL, "kits": COUNT, "strata": COUNT},
    "allocated": {"participant": CODE, "stratum": CODE, "kit": KIT, "allocator_head?": HASH},
    "allocation refused": {
        "stratum?": CODE,
        "why": ("unknown stratum", "already allocated", "list exhausted", "locked", "storage"),
    },
    "code break asked": {
        "participant": CODE,
        "category": BREAK_CATEGORIES,
        "role": ROLES,
        "reason": HASH,  # salted: the text itself stays in the trial's own records
        "treatment_differs": FLAG,
    },
    "code broken": {"participant": CODE, "asked": COUNT},
    "code break refused": {
        "participant?": CODE,
        "why": ("role", "re-authentication", "rate limit", "unknown participant", "not asked"),
    },
    "card opened": {"kit": KIT, "category": BREAK_CATEGORIES, "reason": HASH},
    "interim door opened": {"committee": CODE, "reason": HASH, "participants": COUNT},
    "person entered": {"person": CODE, "role": ROLES},  # may break codes from now on
    "person removed": {"person": CODE},
    "anchored": {"head_seq": COUNT, "head": HASH},
    "locked": {"records": HASH, "protocol": HASH, "participants": COUNT},
    "unblinded": {"custodians": COUNTS, "participants": COUNT, "code_broken": COUNT},
    "revealed": {"passed": FLAG, "commitment": HASH, "root": HASH},
    "cards issued": {  # for self-blinding: codes as hashes; what they mean is in no zone's reach
        "participant": CODE,
        "contents": COUNTS,
        "dose_days": COUNTS,  # dates; 1 is 1 January of the year 1
        "final_day": COUNT,
        "zone": ZONE,
        "outer": HASHES,
        "inner": HASHES,
        "token?": HASH,
        "root": HASH,
    },
    "step done": {
        "participant": CODE,
        "step": SACHET_STEPS,
        "day?": COUNT,
        "days?": COUNT,
        "counts?": COUNTS,
        "drawn?": COUNT,
        "rest?": ("discarded unopened",),
        "labels?": HASHES,
        "sheet?": ("destroyed",),
        "token?": HASH,
        "outer?": HASH,
        "inner?": HASH,
        "answers?": HASH,  # salted: the answers stay in the trial's own records
        "why?": (*WHY_MISSED, *WHY_STOPPED),
    },
    "step refused": {"participant": CODE, "step": SACHET_STEPS},
}

_TEXTS: dict[str | tuple[str, ...], Any] = {
    HASH: re.compile(r"[0-9a-f]{64}").fullmatch,
    CODE: re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}").fullmatch,
    KIT: re.compile(r"[A-Z0-9]{4}-[A-Z0-9]{4}").fullmatch,
    ZONE: re.compile(r"[A-Za-z0-9_+-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}").fullmatch,
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z").fullmatch
_KEYS = {"act", "actor", "details", "prev", "seq", "time"}
_FIELDS = {act: {n.rstrip("?"): kind for n, kind in kinds.items()} for act, kinds in ACTS.items()}
_NEEDED = {act: {name for name in kinds if name[-1] != "?"} for act, kinds in ACTS.items()}
_ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_DECODE = json.JSONDecoder().raw_decode


class Row(NamedTuple):
    """A row as it is stored: its place, its hash, its body."""

    seq: int
    hash: str
    body: str


@dataclass
class Finding:
    """What verification found. `bad` names the first bad row and why; empty if all is well."""

    rows: int = 0
    head: str = ""
    time: str = ""
    trial: str = ""
    chain: str = ""
    watched: dict[int, str] = field(default_factory=dict)
    clock_back: list[int] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    bad: str = ""
    bad_row: int | None = None


def canonical(value: dict[str, Any]) -> str:
    """Write a body or a head in its one form."""
    return _ENCODE(value)


def row_hash(body: str) -> str:
    """Hash a body."""
    return hashlib.sha256(ROW_TAG + body.encode("utf-8")).hexdigest()


def genesis(trial: str, chain: str) -> str:
    """Return what stands before row 1."""
    text = canonical({"chain": chain, "trial": trial})
    return hashlib.sha256(GENESIS_TAG + text.encode("utf-8")).hexdigest()


def fault_of_details(act: object, details: object, never: frozenset[str]) -> str:
    """Say what is wrong with an act and its details; nothing if they may stand in a ledger."""
    allowed = _FIELDS.get(act) if isinstance(act, str) else None
    if allowed is None or not isinstance(details, dict):
        return f"the act {act!r} is none that a ledger knows"
    for name, value in details.items():
        kind = allowed.get(name)
        if kind is None:
            return f"{act!r} has no field {name!r}"
        if not _is(kind, value):
            return f"{name} of {act!r} must be {kind if isinstance(kind, str) else ', '.join(kind)}"
        if never and kind is CODE and value.casefold() in never:
            return f"{name} of {act!r} is the name of an arm"
    if missing := _NEEDED[str(act)] - details.keys():
        return f"{act!r} lacks {', '.join(sorted(missing))}"
    return ""


def _is(kind: str | tuple[str, ...], value: object) -> bool:
    pattern = _TEXTS.get(kind)
    if pattern is not None:
        return type(value) is str and pattern(value) is not None
    if isinstance(kind, tuple):
        return value in kind
    if kind is COUNT:
        return type(value) is int and 0 <= value < 2**53
    if kind in {COUNTS, HASHES}:
        of = COUNT if kind == COUNTS else HASH
        return isinstance(value, list) and all(_is(of, one) for one in value)
    return isinstance(value, bool)


def is_code(text: str) -> bool:
    """Say whether a text may stand in a ledger as the code of a person, a stratum, a committee."""
    return _is(CODE, text)


def seconds_back(before: str, now: str) -> int:
    """Return by how many seconds, rounded up, a clock ran back between two times; else 0."""
    if now >= before:  # of one width, so texts sort as times do
        return 0
    gap = datetime.fromisoformat(before) - datetime.fromisoformat(now)
    return math.ceil(gap.total_seconds())


def verify_rows(
    rows: Iterable[Row], never: frozenset[str] = frozenset(), watch: Iterable[int] = ()
) -> Finding:
    """Verify rows up to the first bad one; keep the hashes of those to `watch`, for heads.

    `never` are names of arms, in small letters.
    """
    found, wanted = Finding(), set(watch)
    for row in rows:
        place = found.rows + 1
        try:
            body, _ = _DECODE(row.body)  # what follows shows as a body that is not canonical
            bad = _fault_in_chain(found, row, body) or _fault_in_form(found, row, body, never)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            bad = f"it cannot be read ({error})"
        if bad:
            found.bad, found.bad_row = f"row {place}: {bad}", place
            return found
        found.rows, found.head, found.time = place, row.hash, body["time"]
        if place == 1:
            found.trial, found.chain = body["details"]["trial"], body["details"]["chain"]
        if place in wanted:
            found.watched[place] = row.hash
        if "clock_back" in body:
            found.clock_back.append(place)
    if not found.rows:
        found.bad = "the ledger is empty: not even its first row is there"
    return found


def _fault_in_chain(found: Finding, row: Row, body: dict[str, Any]) -> str:
    """Say what is wrong with a row's place; nothing if it follows the rows before it."""
    place = found.rows + 1
    if row_hash(row.body) != row.hash:
        return "its hash is not that of its body: it was changed"
    if type(body["seq"]) is not int or body["seq"] != place or row.seq != place:
        return f"it calls itself row {body['seq']}: a row is missing, added or moved"
    if (place == 1) != (body["act"] == "began"):
        return "row 1, and only row 1, begins a ledger"
    before = found.head or genesis(body["details"]["trial"], body["details"]["chain"])
    return "" if body["prev"] == before else "its `prev` is not the hash of the row before"


def _fault_in_form(found: Finding, row: Row, body: dict[str, Any], never: frozenset[str]) -> str:
    """Say what is wrong with what a row says; nothing if it may stand in a ledger."""
    if body.keys() - {"clock_back"} != _KEYS or _ENCODE(body) != row.body:
        return "its body is not in canonical form"
    if not _TIME(body["time"]) or not _is(CODE, body["actor"]):
        return "its time or actor is not written as it must be"
    if body["actor"].casefold() in never:
        return "its actor is the name of an arm"
    back = seconds_back(found.time, body["time"]) if found.time else 0
    told = body.get("clock_back", 0)
    if type(told) is not int or told != back or ("clock_back" in body and not back):
        return "its time is before that of the row before, or says so and is not"
    return fault_of_details(body["act"], body["details"], never)


def read_rows(path: Path) -> Iterator[Row]:
    """Read rows from an export (a line each: hash, blank, body) or from an SQLite file."""
    with path.open("rb") as stream:
        if stream.read(15) == b"SQLite format 3":
            with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
                rows = file.execute("SELECT seq, hash, body FROM ledger ORDER BY seq")
                yield from map(Row._make, rows)
            return
        stream.seek(0)
        for number, line in enumerate(stream, start=1):
            digest, _, body = line.decode("utf-8", "surrogateescape").rstrip("\n").partition(" ")
            yield Row(number, digest, body)


def verify_head(found: Finding, head: dict[str, Any], key: str | None) -> Finding:
    """Compare a ledger that is well, and whose row was watched, with a head handed out before."""
    seq, expected = head.get("seq"), head.get("hash")
    if (head.get("trial"), head.get("chain")) != (found.trial, found.chain):
        found.bad = "the head is of another trial or chain"
    elif not signature_holds(head, key, found):
        found.bad = "the signature of the head does not hold under that key"
    elif not isinstance(seq, int) or seq > found.rows:
        found.bad, found.bad_row = f"row {found.rows + 1}: cut off; the head knows {seq} rows", seq
    elif found.watched.get(seq) != expected:
        found.bad, found.bad_row = f"row {seq} or one before: written anew since the head", seq
    return found


def places_of(heads: Iterable[dict[str, Any]]) -> list[int]:
    """Return the rows that heads name: those to watch."""
    return [head["seq"] for head in heads if isinstance(head.get("seq"), int)]


def signature_holds(head: dict[str, Any], key: str | None, found: Finding) -> bool:
    """Say whether the head is signed by the key; what cannot be checked is noted."""
    if key is None:
        found.unchecked.append("signature of the head: give the key (--key)")
        return True
    try:
        from nacl.exceptions import CryptoError  # noqa: PLC0415  (all else works without it)
        from nacl.signing import VerifyKey  # noqa: PLC0415
    except ImportError:
        found.unchecked.append("signature of the head: install PyNaCl")
        return True
    signed = {name: head.get(name) for name in ("chain", "hash", "seq", "time", "trial")}
    message = HEAD_TAG + canonical(signed).encode("utf-8")
    try:
        VerifyKey(bytes.fromhex(key)).verify(message, bytes.fromhex(head["signature"]))
    except (CryptoError, ValueError, KeyError, TypeError):
        return False
    return True


def main(arguments: list[str] | None = None) -> int:
    """Verify a file: 0 all is well, 1 a row is bad, 2 something could not be checked."""
    parser = argparse.ArgumentParser(description="Verify a trial's ledger.")
    parser.add_argument("ledger", type=Path, help="an export (.jsonl) or an SQLite file")
    parser.add_argument("--head", type=Path, action="append", default=[], help="a signed head")
    parser.add_argument("--key", help="the key of the heads, as hexadecimal")
    parser.add_argument("--never", action="append", default=[], help="name of an arm")
    given = parser.parse_args(arguments)
    heads = [json.loads(path.read_text(encoding="utf-8")) for path in given.head]
    never = frozenset(word.casefold() for word in given.never)
    found = verify_rows(read_rows(given.ledger), never, places_of(heads))
    for head in heads:
        if found.bad or verify_head(found, head, given.key).bad:
            break
    print(f"BAD  {found.bad}" if found.bad else f"OK   {found.rows} rows, head {found.head}")
    if not given.head:
        found.unchecked.append("the end: without a head (--head) a cut tail does not show")
    for what in (*(f"row {n}: the clock ran back" for n in found.clock_back), *found.unchecked):
        print(f"note {what}")
    return 1 if found.bad else 2 if found.unchecked else 0


if __name__ == "__main__":
    sys.exit(main())
