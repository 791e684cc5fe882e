"""The instruments that come with equipoise: one file each, read when asked for."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from pathlib import Path

import yaml

from equipoise.errors import DataError
from equipoise.instruments.instrument import Instrument

FOLDER = Path(__file__).with_name("library")
Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def instruments() -> tuple[str, ...]:
    """Return the identifiers of all instruments, sorted.

    Examples
    --------
    >>> "PHQ-9" in instruments()
    True
    """
    return tuple(sorted((file.stem for file in FOLDER.glob("*.yaml")), key=str.lower))


@cache
def instrument(identifier: str) -> Instrument:
    """Return one instrument by its identifier; upper and lower case are the same.

    Examples
    --------
    >>> instrument("phq-9").high
    27.0
    """
    known = {name.lower(): name for name in instruments()}
    name = known.get(identifier.strip().lower())
    if name is None:
        raise DataError(_unknown(identifier, known))
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return Instrument.model_validate(yaml.load(text, Loader=Loader))  # noqa: S506 - a safe loader


def _unknown(identifier: str, known: dict[str, str]) -> str:
    near = get_close_matches(identifier.strip().lower(), known, n=3, cutoff=0.4)
    hint = f" Did you mean {', '.join(repr(known[k]) for k in near)}?" if near else ""
    return (
        f"There is no instrument {identifier!r}.{hint} Known: {', '.join(instruments())}. "
        "A scale that is not among them can be described in the protocol with `define:`."
    )
