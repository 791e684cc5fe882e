"""A procedure before anybody is enrolled: its name, its parameters, its arms and their ratio.

A spec is a frozen value that can be written as canonical JSON, hashed, sealed and read again. It
says how one person follows another: `start` is the state before anybody, `chances` the exact
chances of the next person, `after` the state once that person has an arm. A state is a value that
can be compared and kept; the spec itself never changes.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal

from equipoise.allocation.exact import Chances, in_ratio
from equipoise.allocation.procedure import checked_ratio, ratio_words
from equipoise.errors import DataError

Kind = Literal["list", "covariate-adaptive", "outcome-adaptive"]
"""A list can be sealed slot by slot before the first person. A covariate-adaptive procedure seals
kits and commits to its key. An outcome-adaptive one is for simulation and is never sealed."""
Holds = Literal["any", "two", "equal", "two-equal"]
State = Hashable
Person = tuple[int, ...]
"""The next person's level of each factor, numbered from 0; empty where a spec has no factors."""

_SPECS: dict[str, type[Spec]] = {}


@dataclass(frozen=True, kw_only=True)
class Spec(ABC):
    """An allocation procedure with its parameters.

    `arms` are names in a fixed order; `ratio` a whole number for each, equal where left out.
    """

    name: ClassVar[str] = ""
    title: ClassVar[str] = ""
    source: ClassVar[str] = ""
    kind: ClassVar[Kind] = "list"
    holds: ClassVar[Holds] = "any"

    arms: tuple[str, ...] = ("A", "B")
    ratio: tuple[int, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Enter the procedure into the catalogue under its name."""
        super().__init_subclass__(**kwargs)
        if cls.name:
            _SPECS[cls.name] = cls

    def __post_init__(self) -> None:
        """Check arms and ratio, and that this procedure can hold the ratio."""
        self._set(arms=tuple(self.arms))
        named = all(isinstance(arm, str) and arm for arm in self.arms)
        if not named or len(set(self.arms)) != len(self.arms) or len(self.arms) < 2:
            raise DataError(
                f"An allocation needs two or more arms of different names. Got {self.arms}."
            )
        ratio = checked_ratio(tuple(self.ratio) or (1,) * len(self.arms))
        if len(ratio) != len(self.arms):
            raise DataError(
                f"The ratio has {len(ratio)} parts ({ratio_words(ratio)}) for {len(self.arms)} "
                f"arms: {', '.join(self.arms)}. Give one whole number for each arm."
            )
        self._set(ratio=ratio)
        if not can_hold(self.holds, ratio):
            able = ", ".join(specs_for(ratio))
            raise DataError(
                f"{self.title or self.name} cannot hold the ratio {ratio_words(ratio)}: it is for "
                f"{HOLDS_WORDS[self.holds]}. These can: {able}."
            )
        self.check()

    def check(self) -> None:  # noqa: B027  (not every procedure has parameters)
        """Check and tidy the parameters; for the procedures to fill."""

    @abstractmethod
    def start(self) -> State:
        """Return the state before anybody is allocated."""

    @abstractmethod
    def chances(self, state: State, person: Person = ()) -> Chances:
        """Return the exact chance of each share (of each arm, unless `shares` says otherwise)."""

    @abstractmethod
    def after(self, state: State, share: int, person: Person = ()) -> State:
        """Return the state once this person has this share."""

    def beneath(self) -> tuple[tuple[State, float], ...]:
        """Return (state, probability) of what may lie beneath the start: hidden or not.

        A procedure that averages over something hidden has simpler states beneath, which its
        exact properties are computed from.
        """
        return ((self.start(), 1.0),)

    def beneath_after(self, state: State, share: int) -> tuple[tuple[State, float], ...]:
        """Return (state, probability) of what may lie beneath, once a person has this share."""
        return ((self.after(state, share), 1.0),)

    @property
    def shares(self) -> tuple[int, ...]:
        """The arm that each share belongs to. Nearly always a share is an arm.

        Minimisation at 2:1 evens out three equal shares, two of which are one arm; what it has
        to remember of a person is then the share.
        """
        return tuple(range(len(self.arms)))

    @property
    def target(self) -> Chances:
        """The share of each arm that the ratio asks for."""
        return in_ratio(self.ratio)

    @property
    def equal(self) -> bool:
        """Whether all arms are to have equally many people."""
        return len(set(self.ratio)) == 1

    @property
    def symmetric(self) -> bool:
        """Whether every exchange of arms leaves the procedure as it is."""
        return self.equal

    @property
    def length(self) -> int | None:
        """How many people a list of this procedure can serve; None for any number."""
        return None

    def in_arms(self, chances: Chances) -> Chances:
        """Sum the chances of the shares within each arm."""
        total = [Fraction(0)] * len(self.arms)
        for arm, chance in zip(self.shares, chances, strict=True):
            total[arm] += chance
        return tuple(total)

    def state_after(self, history: Sequence[int], people: Iterable[Person] | None = None) -> State:
        """Return the state after these shares, given in order with everyone's levels."""
        state = self.start()
        known = [()] * len(history) if people is None else list(people)
        for share, person in zip(history, known, strict=True):
            state = self.after(state, share, person)
        return state

    def probabilities(
        self,
        history: Sequence[int],
        person: Person = (),
        people: Iterable[Person] | None = None,
    ) -> Chances:
        """Return the next person's exact chance of each arm, given the shares of those before.

        Parameters
        ----------
        history
            Shares in order of entry (arms, unless `shares` says otherwise).
        person
            The next person's levels, where the procedure has factors.
        people
            The levels of those in `history`.

        Examples
        --------
        >>> from equipoise.allocation import BigStickSpec
        >>> BigStickSpec(limit=2).probabilities([0, 0])
        (Fraction(0, 1), Fraction(1, 1))
        """
        return self.in_arms(self.chances(self.state_after(history, people), person))

    def describe(self) -> str:
        """Return the procedure with its parameters, as a methods section would say it."""
        return f"{self.title or self.name}, {ratio_words(self.ratio)}"

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that JSON can hold; fractions are texts such as "2/3"."""
        return {"procedure": self.name} | {
            f.name: _plain(getattr(self, f.name)) for f in fields(self)
        }

    @property
    def canonical(self) -> str:
        """The spec as JSON with keys sorted and no white space: same spec, same bytes."""
        return json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Spec:
        """Read what `to_dict` wrote, or a person: `{"procedure": "big-stick", "limit": 5}`."""
        return spec_from_dict(data)

    def _set(self, **values: Any) -> None:
        for field, value in values.items():
            object.__setattr__(self, field, value)


@dataclass(frozen=True, kw_only=True)
class CountSpec(Spec):
    """A procedure whose next chances follow from how many people each arm has."""

    def start(self) -> tuple[int, ...]:
        """Nobody in any arm."""
        return (0,) * len(self.arms)

    def after(self, state: Any, share: int, person: Person = ()) -> tuple[int, ...]:  # noqa: ARG002
        """One more person in that arm."""
        return (*state[:share], state[share] + 1, *state[share + 1 :])


HOLDS_WORDS: dict[Holds, str] = {
    "any": "any arms and ratio",
    "two": "two arms at any ratio",
    "equal": "arms at equal ratio",
    "two-equal": "two arms at 1:1",
}


def can_hold(holds: Holds, ratio: tuple[int, ...]) -> bool:
    """Return whether a procedure of this reach can hold the ratio.

    Examples
    --------
    >>> can_hold("two-equal", (2, 1)), can_hold("equal", (1, 1, 1))
    (False, True)
    """
    two = len(ratio) == 2 or holds in ("any", "equal")
    return two and (len(set(ratio)) == 1 or holds in ("any", "two"))


def spec_names() -> tuple[str, ...]:
    """Return the names of all procedures."""
    return tuple(sorted(_SPECS))


def spec_class(name: str) -> type[Spec]:
    """Return the class of the named procedure."""
    if name not in _SPECS:
        raise DataError(f"There is no procedure {name!r}. These are: {', '.join(spec_names())}.")
    return _SPECS[name]


def specs_for(ratio: tuple[int, ...]) -> tuple[str, ...]:
    """Return the names of the procedures that can hold this ratio."""
    return tuple(name for name in spec_names() if can_hold(_SPECS[name].holds, ratio))


def spec_from_dict(data: Mapping[str, Any]) -> Spec:
    """Return the spec that plain data describe.

    Raises
    ------
    DataError
        For an unknown procedure or parameter, by name.

    Examples
    --------
    >>> spec_from_dict({"procedure": "big-stick", "limit": 3}).describe()
    'big stick with limit 3, 1:1'
    """
    given = dict(data)
    found = spec_class(str(given.pop("procedure", "")))
    known = {field.name for field in fields(found)}
    if odd := sorted(set(given) - known):
        raise DataError(
            f"The procedure {found.name!r} takes {', '.join(sorted(known))}. Got {', '.join(odd)}."
        )
    try:
        return found(**{name: _frozen(value) for name, value in given.items()})
    except (TypeError, ValueError, OverflowError) as odd_value:
        raise DataError(
            f"The procedure {found.name!r} cannot read its parameters {given}: {odd_value}. "
            "Numbers are written as such, lists in brackets."
        ) from odd_value


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Spec):
        return value.to_dict()
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value


__all__ = [
    "CountSpec",
    "Holds",
    "Kind",
    "Person",
    "Spec",
    "State",
    "can_hold",
    "spec_class",
    "spec_from_dict",
    "spec_names",
    "specs_for",
]
