"""The ledger as YAML that a person can read, and back, with every seal checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from equipoise.errors import DataError
from equipoise.synthesis.judgement.ledger import Entry, Ledger, entry_hash
from equipoise.synthesis.judgement.record import Judgement, plain

HEADING = (
    "# Judgements, oldest first. Add to the end only; each entry is sealed to the one before it.\n"
)
NEEDED = ("rule", "about", "inputs", "threshold", "suggestion", "decision")


def write_ledger(ledger: Ledger) -> str:
    """Return the ledger as YAML text."""
    import yaml  # noqa: PLC0415

    entries = [
        {**plain(asdict(entry.judgement)), "previous": entry.previous, "sha256": entry.sha256}
        for entry in ledger.entries
    ]
    body: str = yaml.safe_dump(
        {"judgements": entries}, sort_keys=False, allow_unicode=True, width=100
    )
    return HEADING + body


def read_ledger(text: str, *, name: str = "ledger") -> Ledger:
    """Read a ledger and check that no entry was changed, taken out or put between.

    Raises
    ------
    DataError
        When the text is no ledger, an entry lacks a field, or a seal does not fit; names which.
    """
    entries: list[Entry] = []
    for number, raw in enumerate(_entries(text, name), start=1):
        where = f"{name}, entry {number}"
        judgement = _judgement(raw, where)
        before = entries[-1].sha256 if entries else Ledger().head
        if raw.get("previous") != before:
            raise DataError(
                f"{where} ({judgement.rule} of {judgement.about}) does not follow the entry before "
                "it: one was taken out, added or moved. Restore the file from its history."
            )
        if raw.get("sha256") != entry_hash(judgement, before):
            raise DataError(
                f"{where} ({judgement.rule} of {judgement.about}) was changed after it was "
                "written. Restore it, and append a new judgement instead."
            )
        entries.append(Entry(judgement, before, str(raw["sha256"])))
    return Ledger(tuple(entries))


def _entries(text: str, name: str) -> list[Mapping[str, Any]]:
    import yaml  # noqa: PLC0415

    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise DataError(f"{name} is no YAML: {error}") from error
    if data is None:
        return []
    found = data.get("judgements") if isinstance(data, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise DataError(f"{name} needs one key `judgements` with a list of entries.")
    return found


def _judgement(raw: Mapping[str, Any], where: str) -> Judgement:
    if missing := [key for key in NEEDED if key not in raw]:
        raise DataError(f"{where} lacks {', '.join(missing)}.")
    if not isinstance(raw["inputs"], dict):
        raise DataError(f"{where}: `inputs` are names and values, not {raw['inputs']!r}.")
    return Judgement(
        rule=str(raw["rule"]),
        about=str(raw["about"]),
        inputs=raw["inputs"],
        threshold=str(raw["threshold"]),
        suggestion=raw["suggestion"],
        decision=raw["decision"],
        author=str(raw.get("author", "rule")),
        when=str(raw.get("when") or ""),
        reason=str(raw.get("reason") or ""),
        counts_unblinding=bool(raw.get("counts_unblinding", False)),
        inputs_sha256=str(raw.get("inputs_sha256") or ""),
    )
