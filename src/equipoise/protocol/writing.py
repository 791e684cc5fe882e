"""A protocol back into the YAML that a person can read."""

from __future__ import annotations

import yaml

from equipoise.protocol.plan import Protocol


def protocol_text(protocol: Protocol) -> str:
    """Write a protocol as YAML, without what equals its default; it reads back to the same hash."""
    data = protocol.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)
