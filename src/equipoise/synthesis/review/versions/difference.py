"""What differs between two versions: which study rows, which numbers, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from equipoise.synthesis.review.versions.results import StoredResult

Path = tuple[str | int, ...]
SHARED = ("intervention", "eligibility", "studies", "excluded", "level")
"""Parts of the plan that every analysis hangs on."""
NUMBERS = ("estimate", "se", "low", "high", "p")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a study or of the plan: None where it was not, or is no longer, there."""

    where: str
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class NumberChange:
    """One number of a result that moved, and what moved it."""

    name: str
    label: str | None
    field: str
    old: float | None
    new: float | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions side by side."""

    old: str
    new: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    fields: tuple[FieldChange, ...]
    settings: tuple[FieldChange, ...]
    code: tuple[str, str] | None
    numbers: tuple[NumberChange, ...]

    def __bool__(self) -> bool:
        changed = (self.added, self.removed, self.fields, self.settings, self.code, self.numbers)
        return any(changed)


def difference(old: StoredResult, new: StoredResult) -> Difference:
    """Compare two results: studies added, removed and changed, numbers moved, and why."""
    before, after = set(old.studies), set(new.studies)
    fields = tuple(
        change
        for name in sorted(before & after)
        for change in _changes(name, old.studies[name], new.studies[name])
    )
    settings = tuple(_changes("review", old.review, new.review))
    code = None if old.version.code == new.version.code else (old.version.code, new.version.code)
    return Difference(
        old.version.sha256, new.version.sha256, tuple(sorted(after - before)),
        tuple(sorted(before - after)), fields, settings, code,
        tuple(_numbers(old, new, code)),
    )  # fmt: skip


def _changes(where: str, old: Any, new: Any) -> Iterator[FieldChange]:
    before, after = dict(_leaves(old)), dict(_leaves(new))
    for path in dict.fromkeys((*before, *after)):
        if before.get(path) != after.get(path):
            yield FieldChange(where, _dotted(path), before.get(path), after.get(path))


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and any(isinstance(inner, dict | list) for inner in value):
        for key, inner in _keyed(value):
            yield from _leaves(inner, (*path, key))
    else:
        yield path, value


def _keyed(items: list[Any]) -> Iterator[tuple[str | int, Any]]:
    """Name the parts of a list by what they are of, so that an inserted one moves no other."""
    seen: dict[str, int] = {}
    for i, item in enumerate(items):
        if not isinstance(item, dict):
            yield i, item
            continue
        parts = [item.get(k) for k in ("name", "outcome", "instrument", "visit", "arm", "measure")]
        name = " ".join(str(part) for part in parts if part is not None) or str(i)
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), item


def _dotted(path: Path) -> str:
    return " › ".join(str(step) for step in path)


def _numbers(
    old: StoredResult, new: StoredResult, code: tuple[str, str] | None
) -> Iterator[NumberChange]:
    before, after = _rows(old.estimates), _rows(new.estimates)
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key, {}), after.get(key, {})
        moved = [f for f in NUMBERS if one.get(f) != other.get(f)]
        if moved:
            name, label = key[0], key[1]
            why = tuple(_reasons(str(label), old, new, code))
            field = "estimate" if "estimate" in moved else moved[0]
            yield NumberChange(name or "", label, field, one.get(field), other.get(field), why)


def _rows(estimates: dict[str, Any]) -> dict[tuple[str | None, ...], dict[str, Any]]:
    return {(row["name"], row["label"]): row for row in estimates["estimates"]}


def _reasons(
    label: str, old: StoredResult, new: StoredResult, code: tuple[str, str] | None
) -> Iterator[str]:
    """Say what moved a number: data, settings or code; a study's row only its own data."""
    analysis, _, study = label.partition(": ")
    analysis = analysis.partition(", ")[0]
    before, after = _inputs(old, analysis), _inputs(new, analysis)
    changed = sorted(n for n in {*before, *after} if before.get(n) != after.get(n))
    if study:
        changed = [name for name in changed if name == study]
    for name in changed:
        what = "added" if name not in before else "no longer pooled" if name not in after else ""
        yield f"data: {name} {what or 'changed'}"
    if _settings(old, analysis) != _settings(new, analysis):
        yield f"settings of the analysis {analysis}"
    if code is not None:
        yield "code"


def _inputs(result: StoredResult, analysis: str) -> dict[str, Any]:
    return {row["study"]: row for row in result.inputs.get(analysis, [])}


def _settings(result: StoredResult, analysis: str) -> Any:
    """Return everything of the plan that an analysis' numbers hang on."""
    plan = result.review
    own = [one for one in plan.get("analyses", []) if one.get("name") == analysis]
    outcome = own[0].get("outcome") if own else None
    return (
        own,
        plan.get("outcomes", {}).get(outcome),
        {key: plan.get(key) for key in SHARED},
    )
