"""The trial that `equipoise demo` rehearses."""

from __future__ import annotations

from importlib.resources import as_file, files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from equipoise.protocol import Protocol


def demo_protocol() -> Protocol:
    """Read our own protocol of a self-blinding microdose trial; nobody is enrolled in it."""
    from equipoise.protocol import read_protocol  # noqa: PLC0415  (the worlds need none of it)

    folder = files("equipoise.simulation") / "protocols"
    with as_file(folder / "microdose-demo.yaml") as path:
        return read_protocol(path)
