"""Templates of sentences, read from data: the only place where their words stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("templates.yaml")


@cache
def templates() -> dict[str, Any]:
    """Return the file: `sentences` by name, and the words that fill them."""
    import yaml  # noqa: PLC0415

    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def fill(name: str, **values: str) -> str:
    """Return the sentence of a template, with a capital first.

    >>> fill("harms-unknown", x="LSD")
    'This review holds no count of harms of LSD. That does not show that there are none.'
    """
    text: str = templates()["sentences"][name].format(**values)
    return capital(text)


def words(table: str, key: str) -> str:
    """Return the words for a key of one of the file's tables.

    >>> words("controls", "waiting-list")
    'the waiting list'
    """
    found: str = templates()[table][key]
    return found


def scale(instrument: str | None, outcome: str) -> str:
    """Return what scores are points on: a scale's short name with what it is a scale of.

    >>> scale("MADRS", "low mood"), scale("distractibility", "focus"), scale(None, "focus")
    ('a scale of low mood (MADRS)', 'distractibility', 'focus')
    """
    if instrument is None:
        return outcome
    short = instrument.split()[0].isupper() and instrument != outcome
    return f"a scale of {outcome} ({instrument})" if short else instrument


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Join words: "a, b and c".

    >>> listed(["a", "b", "c"]), listed(["a"])
    ('a, b and c', 'a')
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def capital(text: str) -> str:
    """Return the text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]
