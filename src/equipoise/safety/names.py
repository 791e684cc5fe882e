"""Medicine names: which words we know, and what they stand for.

Only exact names count. A name that is close may be offered ("did you mean"), never taken.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from equipoise.errors import DataError
from equipoise.safety.normalise import distance, is_empty, normalise, parts_of
from equipoise.safety.part import FOLDER, read_yaml

Tags = frozenset[str]


@dataclass(frozen=True, slots=True)
class Name:
    """A name of our list: `tags` (ingredients, classes) are certain, `possible` depend on which."""

    name: str
    read_as: str
    tags: Tags
    possible: Tags = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """What one typed text was taken for. Nothing known and nothing offered: unknown."""

    entered: str
    known: tuple[Name, ...] = ()
    unknown: tuple[str, ...] = ()
    offered: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether the text as a whole is unknown, not a part of it."""
        return not self.known and len(self.unknown) == 1


@dataclass(frozen=True, slots=True)
class Names:
    """Our list: key to name, and the words that keys leave out."""

    by_key: Mapping[str, Name]
    left_out: frozenset[str]

    def exact(self, text: str) -> Name | None:
        """Return the name that this is, or None."""
        return self.by_key.get(normalise(text, self.left_out))

    def look_up(self, text: str) -> Entry:
        """Find a typed medicine; for "a + b" each part. What is not found is named as unknown."""
        whole = self.exact(text)
        if whole:
            return Entry(text, (whole,))
        parts = [part for part in parts_of(text) if not is_empty(part, self.left_out)]
        found = {part: self.exact(part) for part in parts} if len(parts) > 1 else {}
        known = tuple(name for name in found.values() if name)
        unknown = tuple(part for part, name in found.items() if not name) if known else (text,)
        return Entry(text, known, unknown, {part: self.near(part) for part in unknown})

    def near(self, text: str) -> tuple[Name, ...]:
        """Return all names that were perhaps meant, nearest first; never one as the answer.

        Names that stand in the text as words, then those a slip or two away. None is left out:
        its rules would then be silent.
        """
        key = normalise(text, self.left_out)
        most = 0 if len(key) < 3 else 1 if len(key) < 6 else 2
        near: dict[str, tuple[int, str]] = {}
        for other, name in self.by_key.items():
            inside = other in key and f" {other} " in f" {key} "
            if not inside and (_letters(key) ^ _letters(other)).bit_count() > 2 * most:
                continue  # one edit takes at most one letter and brings at most one
            edits = 0 if inside else distance(key, other, most)
            if edits <= most:
                best = near.get(name.name, (most + 1, ""))
                near[name.name] = min(best, (edits, other))
        return tuple(self.by_key[other] for _, other in sorted(near.values()))


@lru_cache(maxsize=4096)
def _letters(key: str) -> int:
    """Return the letters of a key as bits: a quick bound on the number of edits."""
    bits = 0
    for letter in key:
        bits |= 1 << ord(letter) % 64
    return bits


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _listed(cell: str) -> list[str]:
    return [part for part in cell.split("|") if part]


def _ancestors(parents: Mapping[str, list[str]], classes: Iterable[str]) -> Iterator[str]:
    for name in classes:
        if name not in parents:
            raise DataError(f"The medicine class {name!r} is not in classes.csv.")
        yield name
        yield from _ancestors(parents, parents[name])


@cache
def medicine_names(folder: Path = FOLDER / "medicines") -> Names:
    """Read our list of medicine names.

    Raises
    ------
    DataError
        When a class or ingredient is not defined, or one name stands for two things.
    """
    classes = _rows(folder / "classes.csv")
    parents = {row["class"]: _listed(row["parents"]) for row in classes}
    ingredients = _rows(folder / "ingredients.csv")
    tags = {
        row["ingredient"]: frozenset(
            [row["ingredient"], *_ancestors(parents, _listed(row["classes"]))]
        )
        for row in ingredients
    }
    names = [(w, Name(r["ingredient"], r["ingredient"], tags[r["ingredient"]]))
             for r in ingredients for w in (r["ingredient"], *_listed(r["words"]))]  # fmt: skip
    tags |= {row["ingredient"]: frozenset() for row in _rows(folder / "other_ingredients.csv")}
    names += [(row["name"], _brand(row, tags)) for row in _rows(folder / "brands.csv")]
    names += [
        (word, _class(row["class"], parents, tags))
        for row in classes
        for word in (row["class"], *_listed(row["words"]))
    ]
    left_out = frozenset(
        w for group in read_yaml(folder / "words_left_out.yaml").values() for w in group
    )
    return Names(_by_key(names, left_out), left_out)


def _brand(row: Mapping[str, str], tags: Mapping[str, Tags]) -> Name:
    ingredients = _listed(row["ingredients"])
    missing = [i for i in ingredients if i not in tags]
    if missing or not ingredients:
        raise DataError(f"The brand {row['name']} has an ingredient that is not listed: {missing}.")
    union = frozenset[str]().union(*(tags[i] for i in ingredients))
    return Name(row["name"], " with ".join(ingredients), union)


def _class(name: str, parents: Mapping[str, list[str]], tags: Mapping[str, Tags]) -> Name:
    """Name a class: its own classes are certain, what single members carry is possible."""
    own = frozenset(_ancestors(parents, [name]))
    members = [t for t in tags.values() if name in t]
    return Name(name, f"{name} (a kind of medicine)", own, frozenset[str]().union(*members) - own)


def _by_key(names: Iterable[tuple[str, Name]], left_out: frozenset[str]) -> dict[str, Name]:
    found: dict[str, Name] = {}
    for word, name in names:
        key = normalise(word, left_out)
        if found.setdefault(key, name).tags != name.tags:
            raise DataError(f"{word!r} stands for {found[key].name} and for {name.name}.")
    return found
