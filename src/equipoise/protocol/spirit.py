"""How complete a protocol is against the topics of SPIRIT 2025."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from equipoise.protocol.plan import Protocol
from equipoise.protocol.spirit_topics import ITEMS, SpiritItem


@dataclass(frozen=True, slots=True)
class Topic:
    """One row of the completeness table.

    `where` names the fields that answer the topic, or that are still empty; `note` says what to
    write where it is missing and why where it does not apply.
    """

    item: str
    slug: str
    name: str
    status: Literal["filled", "missing", "not applicable"]
    where: str
    note: str = ""


def completeness(protocol: Protocol) -> tuple[Topic, ...]:
    """Compare a protocol with SPIRIT 2025, topic by topic.

    References
    ----------
    Chan et al. (2025), SPIRIT 2025 statement, BMJ 389:e081477. doi:10.1136/bmj-2024-081477
    """
    data = protocol.model_dump(by_alias=True)
    for visit in data["visits"]:
        visit["day"] = protocol.day_of(visit["name"])
    return tuple(_topic(item, data, protocol) for item in ITEMS)


def _topic(item: SpiritItem, data: Mapping[str, Any], protocol: Protocol) -> Topic:
    empty = [field for field in item.fields if not _filled(item, data, field)]
    if item.slug == "statistics" and (left := _unanalysed(protocol)):
        note = f"{item.advice}; none names {', '.join(left)}"
        return Topic(item.item, item.slug, item.name, "missing", "analyses", note)
    if not empty:
        return Topic(item.item, item.slug, item.name, "filled", ", ".join(item.fields))
    reason = protocol.not_applicable.get(item.slug) or _follows(item, protocol)
    if reason:
        where = f"not_applicable.{item.slug}"
        return Topic(item.item, item.slug, item.name, "not applicable", where, reason)
    return Topic(item.item, item.slug, item.name, "missing", ", ".join(empty), item.advice)


def _unanalysed(protocol: Protocol) -> list[str]:
    """Name the primary and secondary outcomes that no analysis names."""
    named = {outcome for analysis in protocol.analyses for outcome in analysis.outcomes}
    return [
        name
        for name, measure in protocol.instruments.items()
        if measure.role in ("primary", "secondary") and name not in named
    ]


def _follows(item: SpiritItem, protocol: Protocol) -> str:
    """Return why a topic cannot apply, given the rest of the protocol."""
    open_label = protocol.blinding.blind == ("nobody",)
    if open_label and item.slug in ("blinding-method", "code-break"):
        return "nobody is blind"
    return ""


def _filled(item: SpiritItem, data: Mapping[str, Any], field: str) -> bool:
    found = list(_values(data, field.split(".")))
    given = [value is not False and value not in (None, "", (), [], {}) for value in found]
    # Every arm needs its interventions, but a visit may well ask no guess and use no instrument.
    some = item.slug in ("guess", "outcomes")
    return bool(given) and (any(given) if some else all(given))


def _values(data: Any, steps: list[str]) -> Iterator[Any]:
    if isinstance(data, list | tuple) and steps:
        for part in data:
            yield from _values(part, steps)
    elif not steps:
        yield data
    elif isinstance(data, Mapping):
        yield from _values(data.get(steps[0]), steps[1:])
    else:
        yield None
