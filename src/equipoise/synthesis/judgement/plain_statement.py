"""One plain sentence for one outcome: certainty times size of the effect.

After GRADE guidelines 26 (Santesso et al. 2020, J Clin Epidemiol 119:126-135), with two rules of
our own: at very low certainty no direction is named, and the size comes from the difference in
people of a hundred where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from equipoise.errors import DataError

STATEMENTS = Path(__file__).with_name("statements.yaml")

Size = Literal["large", "moderate", "small", "trivial"]
SIZES: tuple[Size, ...] = ("trivial", "small", "moderate", "large")
PEOPLE_OF_100 = (5.0, 10.0, 20.0)
"""Smallest differences that are small, moderate and large: to be settled by the review's people."""
WORDS = {1: "very-low", 2: "low", 3: "moderate", 4: "high"}
NO_STUDY = "no-study"


@dataclass(frozen=True, slots=True)
class Wording:
    """How a review speaks of one outcome.

    Parameters
    ----------
    treatment, outcome
        "small doses of LSD", "low mood": a quantity that can be lowered or raised.
    plural
        Whether the treatment's name is one: "small doses lower", "LSD lowers".
    """

    treatment: str
    outcome: str
    plural: bool = False


def size_of(difference: float, limits: tuple[float, float, float] = PEOPLE_OF_100) -> Size:
    """Return the size of a difference, whatever its sign.

    >>> size_of(-12), size_of(4.9), size_of(20)
    ('moderate', 'trivial', 'large')
    """
    small, moderate, large = limits
    if not 0 < small <= moderate <= large:
        raise DataError(f"Three limits above 0 and in order part four sizes; got {limits}.")
    return SIZES[sum(abs(difference) >= limit for limit in (small, moderate, large))]


def statement(certainty: int, size: Size, direction: float, wording: Wording) -> str:
    """Return the sentence.

    Parameters
    ----------
    certainty
        1 very low to 4 high.
    size
        Of the effect.
    direction
        Below 0: the outcome is lowered; above 0: raised.

    Examples
    --------
    >>> lsd = Wording("small doses of LSD", "low mood", plural=True)
    >>> statement(3, "small", -0.1, lsd)
    'Small doses of LSD probably lower low mood slightly.'
    >>> statement(1, "large", -0.8, lsd)
    'We do not know if small doses of LSD change low mood: the evidence is very uncertain.'
    """
    x, y = wording.treatment, wording.outcome
    move = "lower" if direction < 0 else "raise"
    verbs = {f"{verb}s": _verb(verb, wording) for verb in ("change", "make")}
    said = statements()[statement_name(certainty, size)].format(
        x=x, y=y, move=move, moves=_verb(move, wording), **verbs
    )
    return _capital(said)


def statement_name(certainty: int, size: Size) -> str:
    """Return the name of the template of a certainty and a size.

    >>> statement_name(3, "small"), statement_name(1, "large")
    ('moderate-small', 'very-low')
    """
    if certainty not in WORDS or size not in SIZES:
        raise DataError(f"Certainty is 1 to 4 and size one of {', '.join(SIZES)}.")
    return WORDS[certainty] if certainty == 1 else f"{WORDS[certainty]}-{size}"


def no_study(wording: Wording) -> str:
    """Return the sentence where no study answers: never one of no effect."""
    return _capital(statements()[NO_STUDY].format(x=wording.treatment, y=wording.outcome))


@cache
def statements() -> dict[str, str]:
    """Return the templates by name, with {x}, {y} and verbs to fill in."""
    import yaml  # noqa: PLC0415

    found: dict[str, str] = yaml.safe_load(STATEMENTS.read_text(encoding="utf-8"))
    return found


def _verb(verb: str, wording: Wording) -> str:
    return verb if wording.plural else f"{verb}s"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
