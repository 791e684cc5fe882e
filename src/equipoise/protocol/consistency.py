"""Whether the parts of a protocol fit together: names that must exist, loops that must not.

The checks read plain data, so that they run on a half-valid file as well: a person then sees
every mistake at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from equipoise.errors import DataError
from equipoise.instruments import instrument
from equipoise.protocol.estimands import COURSE_METHODS
from equipoise.protocol.response_plans import response_mistakes
from equipoise.protocol.spirit_topics import ITEMS

FieldPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the path of the field and a sentence about it."""

    path: FieldPath
    message: str


class Inconsistent(ValueError):  # noqa: N818 - becomes a ProtocolError with the lines of the file
    """The parts of a protocol contradict each other."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{dotted(p.path)}: {p.message}" for p in problems))
        self.problems = tuple(problems)


def dotted(path: FieldPath) -> str:
    """Write a path as people do.

    Examples
    --------
    >>> dotted(("analyses", 0, "method"))
    'analyses[0].method'
    """
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.lstrip(".") or "the whole file"


def mismatch(found: object, allowed: Sequence[str], what: str = "") -> str:
    """Say what was found, what is allowed and which allowed value is nearest."""
    near = get_close_matches(str(found), allowed, n=1, cutoff=0.5)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    choice = ", ".join(f'"{value}"' for value in allowed) or "nothing (none is declared)"
    return f"found {quoted(found)}; allowed{what and ' ' + what}: {choice}{hint}"


def quoted(value: object) -> str:
    """Write a found value as it stands in a file, shortened."""
    text = f'"{value}"' if isinstance(value, str) else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def inconsistencies(data: Mapping[str, Any]) -> list[Problem]:
    """Return every contradiction between the parts of a protocol given as plain data."""
    return [
        *_repeated_names(data),
        *_unknown_names(data),
        *_contrast(data),
        *_loops(data),
        *_never_measured(data),
        *_safety_items(data),
        *_belief_without_guess(data),
        *_course(data),
        *(Problem(path, message) for path, message in response_mistakes(data)),
        *_lock(data),
        *_topics(data),
    ]


def _parts(data: Mapping[str, Any], field: str) -> list[tuple[int, Mapping[str, Any]]]:
    found = data.get(field)
    items = found if isinstance(found, list | tuple) else ()
    return [(index, part) for index, part in enumerate(items) if isinstance(part, Mapping)]


def _names(data: Mapping[str, Any], field: str) -> list[str]:
    found = data.get(field)
    if isinstance(found, Mapping):
        return [str(name) for name in found]
    return [part["name"] for _, part in _parts(data, field) if isinstance(part.get("name"), str)]


def _strings(value: object) -> list[tuple[int, str]]:
    items = value if isinstance(value, list | tuple) else ()
    return [(index, item) for index, item in enumerate(items) if isinstance(item, str)]


def _repeated_names(data: Mapping[str, Any]) -> Iterator[Problem]:
    for field in ("arms", "visits", "covariates", "estimands", "analyses", "safety"):
        seen: set[str] = set()
        for index, part in _parts(data, field):
            name = part.get("name")
            if isinstance(name, str) and name in seen:
                yield Problem(
                    (field, index, "name"), f'found "{name}" a second time; names are unique'
                )
            seen.add(str(name))


# (list of parts, field in a part, where the names it may hold are declared)
REFERENCES = (
    ("visits", "instruments", "instruments"),
    ("visits", "after", "visits"),
    ("analyses", "outcomes", "instruments"),
    ("analyses", "visits", "visits"),
    ("analyses", "covariates", "covariates"),
    ("analyses", "estimand", "estimands"),
    ("safety", "instrument", "instruments"),
)


def _unknown_names(data: Mapping[str, Any]) -> Iterator[Problem]:
    for field, reference, declared in REFERENCES:
        known = _names(data, declared)
        for index, part in _parts(data, field):
            value = part.get(reference)
            where: FieldPath = (field, index, reference)
            given = [((*where, step), name) for step, name in _strings(value)]
            for path, name in [(where, value)] if isinstance(value, str) else given:
                if name not in known:
                    yield Problem(path, mismatch(name, known, f"(see `{declared}`)"))
    expectancy, covariates = data.get("expectancy"), _names(data, "covariates")
    if isinstance(expectancy, str) and expectancy not in covariates:
        yield Problem(("expectancy",), mismatch(expectancy, covariates, "(see `covariates`)"))
    allocation = data.get("allocation")
    ratio = allocation.get("ratio") if isinstance(allocation, Mapping) else None
    arms = _names(data, "arms")
    for arm in ratio if isinstance(ratio, Mapping) else ():
        if arm not in arms:
            yield Problem(("allocation", "ratio", str(arm)), mismatch(arm, arms, "(see `arms`)"))


def _contrast(data: Mapping[str, Any]) -> Iterator[Problem]:
    arms = _names(data, "arms")
    contrast = _strings(data.get("contrast"))
    for index, name in contrast:
        if name not in arms:
            yield Problem(("contrast", index), mismatch(name, arms, "(see `arms`)"))
    if len(contrast) == 2 and contrast[0][1] == contrast[1][1]:
        yield Problem(("contrast",), "the active and the control arm are the same")


def _loops(data: Mapping[str, Any]) -> Iterator[Problem]:
    follows = {
        part["name"]: (index, part["after"])
        for index, part in _parts(data, "visits")
        if isinstance(part.get("name"), str) and isinstance(part.get("after"), str)
    }
    told: set[str] = set()
    for start in follows:
        walk = [start]
        while walk[-1] in follows and follows[walk[-1]][1] not in walk:
            walk.append(follows[walk[-1]][1])
        if walk[-1] in follows and follows[walk[-1]][1] == start and start not in told:
            told.update(walk)
            loop = " -> ".join([*walk, start])
            yield Problem(
                ("visits", follows[start][0], "after"),
                f"the visits follow each other in a cycle: {loop}; give one of them a `day`",
            )


def _never_measured(data: Mapping[str, Any]) -> Iterator[Problem]:
    measured = {
        name
        for _, visit in _parts(data, "visits")
        for _, name in _strings(visit.get("instruments"))
    }
    declared = _names(data, "instruments")
    used: list[tuple[FieldPath, str]] = [
        (("analyses", index, "outcomes", step), name)
        for index, analysis in _parts(data, "analyses")
        for step, name in _strings(analysis.get("outcomes"))
    ]
    used += [
        (("safety", index, "instrument"), rule["instrument"])
        for index, rule in _parts(data, "safety")
        if isinstance(rule.get("instrument"), str)
    ]
    for path, name in used:
        if name in declared and name not in measured:
            yield Problem(path, f'found "{name}", which no visit measures; add it to a visit')


def _safety_items(data: Mapping[str, Any]) -> Iterator[Problem]:
    measures = data.get("instruments")
    for index, rule in _parts(data, "safety"):
        item, name = rule.get("item"), rule.get("instrument")
        if not (isinstance(item, int) and isinstance(name, str) and isinstance(measures, Mapping)):
            continue
        measure = measures.get(name)
        if not isinstance(measure, Mapping):
            continue
        numbers = _item_numbers(measure)
        if numbers is not None and str(item) not in numbers:
            yield Problem(
                ("safety", index, "item"),
                mismatch(item, numbers, f"items of {quoted(name)}"),
            )


def _item_numbers(measure: Mapping[str, Any]) -> list[str] | None:
    """Return the item numbers of a measure, None where the measure itself is in error."""
    define, identifier = measure.get("define"), measure.get("instrument")
    if isinstance(define, Mapping):
        return [str(item.get("number")) for _, item in _parts(define, "items")]
    try:
        return [str(item.number) for item in instrument(str(identifier)).items]
    except DataError:
        return None


def _belief_without_guess(data: Mapping[str, Any]) -> Iterator[Problem]:
    blinding = data.get("blinding")
    planned = isinstance(blinding, Mapping) and blinding.get("guess") is not None
    asking = [index for index, visit in _parts(data, "visits") if visit.get("guess") is True]
    if asking and not planned:
        message = "a guess is asked, but `blinding.guess` does not say how (dont_know, timing)"
        yield Problem(("visits", asking[0], "guess"), message)
    for index, analysis in _parts(data, "analyses"):
        if analysis.get("method") == "belief" and not asking:
            message = 'found "belief", which needs a treatment guess: give a visit `guess: true`'
            yield Problem(("analyses", index, "method"), message)


_ONE_VALUE = (
    "while-on-treatment",
    "principal-stratum",
    "difference-in-trimmed-means",
    "risk-difference",
)


def _course(data: Mapping[str, Any]) -> Iterator[Problem]:
    """Refuse a model of the course where people change arms, have one visit, or one value each."""
    estimands = {str(part.get("name")): part for _, part in _parts(data, "estimands")}
    design = data.get("design")
    changing = isinstance(design, Mapping) and design.get("kind") in ("crossover", "self-blinding")
    before = [part for _, part in _parts(data, "visits") if part.get("baseline") is True]
    for index, analysis in _parts(data, "analyses"):
        method = analysis.get("method")
        if method not in COURSE_METHODS:
            continue
        where: FieldPath = ("analyses", index)
        if changing:
            message = f'found "{method}", and people change arms in this design; use "mixed-model"'
            yield Problem((*where, "method"), message)
        if len(_strings(analysis.get("visits"))) == 1:
            article = "an" if method == "mmrm" else "a"
            message = f'{article} {method} of one visit is an ANCOVA: use "ancova"'
            yield Problem((*where, "visits"), message)
        if analysis.get("common_baseline") is True and not before:
            message = "no visit is marked `baseline: true`, and cLDA models the baseline score"
            yield Problem((*where, "common_baseline"), message)
        estimand = estimands.get(str(analysis.get("estimand")), {})
        single = [e.get("strategy") for _, e in _parts(estimand, "intercurrent_events")]
        single.append(estimand.get("measure"))
        found = [s for s in single if isinstance(s, str) and s in _ONE_VALUE]
        if found:
            message = (
                f'"{found[0]}" gives everybody one value; use "ancova" or "difference-in-means"'
            )
            yield Problem((*where, "method"), f'found "{method}", but {message}')


def _lock(data: Mapping[str, Any]) -> Iterator[Problem]:
    if data.get("locked") is not None and data.get("prospective") is not True:
        yield Problem(
            ("locked",), "a lock date needs `prospective: true`: only a plan can be locked"
        )


def _topics(data: Mapping[str, Any]) -> Iterator[Problem]:
    known = [item.slug for item in ITEMS]
    given = data.get("not_applicable")
    for slug in given if isinstance(given, Mapping) else ():
        if slug not in known:
            yield Problem(("not_applicable", str(slug)), mismatch(slug, known, "topics"))
