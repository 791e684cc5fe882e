"""The web's chain follows the allocator's: what one tells and the other lacks is written, in order.

A program that asked for a kit or a code may die, or meet a full disk, before it told the web's
chain; and of two at once the later may write first. So whoever writes takes the web's chain for
itself, asks the allocator what came since, and writes all of it in the allocator's order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from equipoise.concealment.ledger import Ledger
from equipoise.concealment.verify_ledger import Row

Since = Callable[[str], Iterable[Row]]
"""Gives rows of the allocator that follow the one of that hash, some at a time; all if unknown."""
ALLOCATOR = "allocator"


def catch_up(web: Ledger, since: Since, *, actor: str, now: datetime, whole: bool = False) -> int:
    """Write into the web's chain what only the allocator's tells; return how many rows.

    Parameters
    ----------
    web
        Its transaction is the caller's.
    actor
        Who writes: kits are given by a process, codes broken by a person whose name stays.
    whole
        Compare every row, and not those alone that follow the last kit that the web knows.
    """
    web.store.lock()
    heads, reasons = _known(web)
    after = "" if whole or not heads else heads[-1]
    known, written, asked = {*heads, *reasons}, 0, {}
    for row in _all(since, after):
        body = json.loads(row.body)
        act, details, who = body["act"], dict(body["details"]), body["actor"]
        who = actor if who == ALLOCATOR else who
        if act == "allocated" and row.hash not in known:
            web.append(act, actor=who, now=now, **details, allocator_head=row.hash)
        elif act in {"code break asked", "interim door opened"} and details["reason"] not in known:
            asked[row.seq] = web.append(act, actor=who, now=now, **details).seq
        elif act == "code broken" and details["asked"] in asked:
            details["asked"] = asked[details["asked"]]
            web.append(act, actor=who, now=now, **details)
        else:
            continue
        written += 1
    return written


def _known(web: Ledger) -> tuple[list[str], set[str]]:
    """Return the allocator's rows that the web names, in order, and reasons of breaks."""
    heads, reasons = [], set()
    for row in web.store.rows():
        details: dict[str, Any] = json.loads(row.body)["details"]
        if "allocator_head" in details:
            heads.append(details["allocator_head"])
        if "reason" in details:
            reasons.add(details["reason"])
    return heads, reasons


def _all(since: Since, after: str) -> Iterator[Row]:
    while rows := [Row(*row) for row in since(after)]:
        yield from rows
        after = rows[-1].hash
