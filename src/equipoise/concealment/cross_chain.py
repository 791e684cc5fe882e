"""Two chains that vouch for each other: each kit row of the web names the allocator's row.

Whoever rewrites one chain has to rewrite the other, which another user on another machine holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from equipoise.concealment.verify_ledger import Row

ALLOCATED, ASKED = "allocated", "code break asked"
SAME = ("participant", "stratum", "kit")


def cross_check(web: Iterable[Row], allocator: Iterable[Row]) -> tuple[str, ...]:
    """Return what does not fit between the chains, each well in itself; nothing if all does.

    Every kit that the web handed out is a row of the allocator, of the same participant, stratum
    and kit, in the same order; and the allocator handed out none that the web does not know.
    """
    web, allocator = list(web), list(allocator)
    handed = {row.hash: (row.seq, body["details"]) for row, body in _of(allocator, ALLOCATED)}
    faults, before = [], 0
    for row, body in _of(web, ALLOCATED):
        details = body["details"]
        seq, other = handed.pop(details.get("allocator_head", ""), (0, None))
        if other is None:
            faults.append(f"web row {row.seq}: no row of the allocator has the hash it names")
            continue
        if unlike := [name for name in SAME if details[name] != other[name]]:
            faults.append(f"web row {row.seq}: {', '.join(unlike)} not as in allocator row {seq}")
        if seq < before:
            faults.append(f"web row {row.seq}: allocator row {seq} came before that of its elder")
        before = max(before, seq)
    faults += [f"allocator row {seq}: unknown to the web" for seq, _ in handed.values()]
    return (*faults, *_breaks(web, allocator))


def _breaks(web: Iterable[Row], allocator: Iterable[Row]) -> Iterator[str]:
    """Compare code breaks by the salted hash of their reason, which no two share."""
    one, other = (
        {body["details"]["reason"]: (row.seq, body["details"]) for row, body in _of(rows, ASKED)}
        for rows in (web, allocator)
    )
    for reason, (seq, details) in one.items():
        if reason not in other:
            yield f"web row {seq}: a code break that the allocator does not know"
        elif details != other[reason][1]:
            yield f"web row {seq}: code break not as in allocator row {other[reason][0]}"
    for reason in other.keys() - one.keys():
        yield f"allocator row {other[reason][0]}: a code break unknown to the web"


def _of(rows: Iterable[Row], act: str) -> Iterable[tuple[Row, dict[str, dict[str, str]]]]:
    bodies = ((row, json.loads(row.body)) for row in rows)
    return ((row, body) for row, body in bodies if body["act"] == act)


def kits_told(rows: Iterable[Row]) -> Iterator[tuple[str, str, str, str]]:
    """Return participant, stratum, kit and the row's hash of every allocation."""
    for row, body in _of(rows, ALLOCATED):
        participant, stratum, kit = (body["details"][name] for name in SAME)
        yield participant, stratum, kit, row.hash
