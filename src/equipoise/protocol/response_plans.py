"""Whether planned analyses of a response fit the design, the scales, the visits and the estimands.

As in `consistency` the checks read plain data, which may be half valid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from equipoise.errors import DataError
from equipoise.instruments import instrument

METHODS = ("response", "time-to-response")
WRONG_SIDE = {
    ("below", "better"): "a higher score is better, so a response lies `above` a value",
    ("above", "worse"): "a higher score is worse, so a response lies `below` a value",
    ("improvement", "neither"): "no side is better, so nothing is an improvement",
}
Mistake = tuple[tuple[str | int, ...], str]


def response_mistakes(data: Mapping[str, Any]) -> Iterator[Mistake]:
    """Yield the path and a sentence of every contradiction."""
    for index, analysis in enumerate(_list(data.get("analyses"))):
        if isinstance(analysis, Mapping) and analysis.get("method") in METHODS:
            for step, message in (
                *_design(data, analysis),
                *_events(data, analysis),
                *_side(data, analysis),
                *_visits(data, analysis),
            ):
                yield ("analyses", index, step), message


def _design(data: Mapping[str, Any], analysis: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    design = data.get("design")
    kind = design.get("kind") if isinstance(design, Mapping) else None
    if isinstance(kind, str) and kind != "parallel":
        method = analysis["method"]
        message = f'found "{method}", which compares people who keep one arm (`kind: parallel`)'
        yield "method", message


def _events(data: Mapping[str, Any], analysis: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for estimand in _list(data.get("estimands")):
        if not isinstance(estimand, Mapping) or estimand.get("name") != analysis.get("estimand"):
            continue
        for event in _list(estimand.get("intercurrent_events")):
            strategy = event.get("strategy") if isinstance(event, Mapping) else None
            if isinstance(strategy, str) and strategy != "treatment-policy":
                message = (
                    f"the method {analysis['method']} takes scores as they are (treatment-policy), "
                    f'and this estimand handles an event by "{strategy}"; an estimand with '
                    "`measure: risk-difference` and the method ancova does handle it"
                )
                yield "estimand", message
                return


def _side(data: Mapping[str, Any], analysis: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    rule, measures = analysis.get("response"), data.get("instruments")
    if not (isinstance(rule, Mapping) and isinstance(measures, Mapping)):
        return
    for name in _list(analysis.get("outcomes")):
        higher = _higher(measures.get(name)) if isinstance(name, str) else None
        for (field, side), why in WRONG_SIDE.items():
            if rule.get(field) is not None and higher == side:
                yield "response", f'found `{field}` for "{name}": {why}'


def _higher(measure: object) -> str | None:
    """Return what a higher score means, None where the measure itself is in error."""
    if not isinstance(measure, Mapping):
        return None
    define = measure.get("define")
    if isinstance(define, Mapping):
        return str(define.get("higher"))
    try:
        return instrument(str(measure.get("instrument"))).higher
    except DataError:
        return None


def _visits(data: Mapping[str, Any], analysis: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Refuse a response before treatment, and a time to an event at visits without a time."""
    named = [v for v in _list(analysis.get("visits")) if isinstance(v, str)]
    outcomes = [o for o in _list(analysis.get("outcomes")) if isinstance(o, str)]
    for visit in _list(data.get("visits")):
        if not isinstance(visit, Mapping):
            continue
        name, measured = visit.get("name"), _list(visit.get("instruments"))
        if visit.get("baseline") is True:
            if name in named:
                yield "visits", f'found "{name}", which is before treatment: nobody responds there'
            continue
        asked = name in named if named else any(o in measured for o in outcomes)
        untimed = visit.get("day") is None and visit.get("after") is None
        if asked and untimed and analysis["method"] == "time-to-response":
            yield "visits", f'"{name}" has no time: give the visit a `day`, or `after` with `days`'


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
