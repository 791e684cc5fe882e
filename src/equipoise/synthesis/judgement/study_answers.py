"""What people wrote down about each study, from a table or a YAML file.

A table is long (study, question, answer: or study, domain, level) or wide (study, then a column a
question or a domain). Words that do not fit are named with their study.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from equipoise.errors import DataError

QUESTION = re.compile(r"q?([1-5])[._]([1-9])")
DOMAIN = re.compile(r"d([1-7])")
HASH = re.compile(r"[0-9a-f]{12,64}")
REASON = re.compile(r"(d[1-7])[ _.-]reason")


@dataclass(frozen=True, slots=True)
class StudyAnswers:
    """One result of one study.

    Parameters
    ----------
    label
        The study, with the outcome where one is named: "Back 2024 (MADRS)".
    answers
        Question number to answer.
    levels, reasons
        Domain to a level that a person judged, and why.
    decisions
        Domain (or ``overall``) to level, author, reason and day, where a person decided otherwise
        than the algorithm.
    overall
        As the file has it, to be compared; "" where it has none.
    weight
        In the pooled effect, for the summary bars.
    study_sha256
        Hash of the study file that was judged, at least its first 12 digits; "" where it is not
        recorded, and a change of the file cannot be seen.
    """

    label: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    decisions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    overall: str = ""
    weight: float | None = None
    fatal: str = ""
    study_sha256: str = ""


def from_columns(columns: Mapping[str, Sequence[str]]) -> tuple[StudyAnswers, ...]:
    """Read a table given as columns of texts.

    Raises
    ------
    DataError
        When there is no column `study`, or none of answers or levels; or a study comes twice.
    """
    by_name = {name.strip().casefold(): values for name, values in columns.items()}
    if "study" not in by_name:
        raise DataError(f"A column `study` is needed. Columns: {', '.join(columns)}.")
    labels = [_label(*pair) for pair in _names(by_name)]
    if {"question", "answer"} <= by_name.keys():
        return _long(labels, by_name, "question", "answer")
    if {"domain", "level"} <= by_name.keys():
        return _long(labels, by_name, "domain", "level")
    return _wide(labels, by_name)


def from_mapping(data: object) -> tuple[StudyAnswers, ...]:
    """Read the content of a YAML file: `studies`, each with answers or levels.

    Raises
    ------
    DataError
        When a part is not there or has an unknown key.
    """
    studies = data.get("studies") if isinstance(data, Mapping) else None
    if not isinstance(studies, Mapping) or not studies:
        raise DataError("The file needs `studies`: a name each, with `answers` or `levels`.")
    return tuple(_one(str(name), raw) for name, raw in studies.items())


KEYS = (
    "outcome", "answers", "levels", "reasons", "decisions", "overall", "weight", "fatal",
    "study_sha256",
)  # fmt: skip


def _one(name: str, raw: object) -> StudyAnswers:
    if not isinstance(raw, Mapping):
        raise DataError(f"{name}: give `answers` or `levels`, not {raw!r}.")
    if unknown := sorted(set(map(str, raw)) - set(KEYS)):
        raise DataError(f"{name}: no key is named {', '.join(unknown)}. Keys: {', '.join(KEYS)}.")
    parts = {key: raw.get(key) or {} for key in ("answers", "levels", "reasons", "decisions")}
    for key, part in parts.items():
        if not isinstance(part, Mapping):
            raise DataError(f"{name}: `{key}` are names and values, not {part!r}.")
    if not parts["answers"] and not parts["levels"]:
        raise DataError(f"{name} has neither `answers` nor `levels`.")
    return StudyAnswers(
        _label(name, str(raw.get("outcome") or "")),
        {question(str(key)): value for key, value in parts["answers"].items()},
        {str(key).upper(): str(value) for key, value in parts["levels"].items()},
        {str(key).upper(): str(value) for key, value in parts["reasons"].items()},
        {_domain(name, key): _decision(name, v) for key, v in parts["decisions"].items()},
        str(raw.get("overall") or ""),
        _weight(name, raw.get("weight")),
        str(raw.get("fatal") or ""),
        _hash(name, raw.get("study_sha256")),
    )


def question(text: str) -> str:
    """Return a question's number: "Q1.1", "1_1" and "1.1" are "1.1"; else the text itself."""
    found = QUESTION.fullmatch(text.strip().casefold())
    return f"{found[1]}.{found[2]}" if found else text.strip()


def _names(by_name: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    outcomes = by_name.get("outcome", [""] * len(by_name["study"]))
    return list(zip(by_name["study"], outcomes, strict=True))


def _label(study: str, outcome: str) -> str:
    name = " ".join(str(study).split())
    if not name:
        raise DataError("A row has no study. Name it, or leave the row out.")
    return f"{name} ({' '.join(outcome.split())})" if outcome.strip() else name


def _long(
    labels: Sequence[str], by_name: Mapping[str, Sequence[str]], key: str, value: str
) -> tuple[StudyAnswers, ...]:
    found: dict[str, dict[str, str]] = {}
    why: dict[str, dict[str, str]] = {}
    reasons = by_name.get("reason", [""] * len(labels))
    rows = zip(labels, by_name[key], by_name[value], reasons, strict=True)
    for label, name, text, reason in rows:
        own = question(name) if key == "question" else name.strip().upper()
        if own in found.setdefault(label, {}):
            raise DataError(f"{label} has {key} {own} twice. Keep one row of it.")
        found[label][own] = text.strip()
        why.setdefault(label, {})[own] = reason.strip()
    if key == "question":
        return tuple(StudyAnswers(label, answers) for label, answers in found.items())
    return tuple(
        StudyAnswers(
            label,
            levels={name: level for name, level in levels.items() if name != "OVERALL"},
            reasons=why[label],
            overall=levels.get("OVERALL", ""),
        )
        for label, levels in found.items()
    )


def _wide(labels: Sequence[str], by_name: Mapping[str, Sequence[str]]) -> tuple[StudyAnswers, ...]:
    questions = [name for name in by_name if QUESTION.fullmatch(name)]
    domains = [name for name in by_name if DOMAIN.fullmatch(name)]
    reasons = {found[1]: name for name in by_name if (found := REASON.fullmatch(name))}
    if not questions and not domains:
        raise DataError(
            "No column holds answers or levels: name them 1.1, 1.2, ... or D1, D2, ...; or make a "
            "long table with `question` and `answer`, or `domain` and `level`."
        )
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise DataError(
            f"{twice[0]} has several rows. A wide table has a row a result: name the `outcome`."
        )
    overall = next((by_name[k] for k in ("overall", "rob") if k in by_name), [""] * len(labels))
    weights = by_name.get("weight", [""] * len(labels))
    return tuple(
        StudyAnswers(
            label,
            {question(name): by_name[name][k].strip() for name in questions},
            {name.upper(): by_name[name][k].strip() for name in domains},
            {domain.upper(): by_name[name][k].strip() for domain, name in reasons.items()},
            overall=overall[k].strip(),
            weight=_weight(label, weights[k]),
        )
        for k, label in enumerate(labels)
    )


def _weight(label: str, value: object) -> float | None:
    if value is None or str(value).strip() == "":
        return None
    try:
        weight = float(str(value))
    except ValueError:
        weight = -1.0
    if not 0 <= weight < float("inf"):
        raise DataError(f"{label} has the weight {value!r}: a number from 0 up is needed.")
    return weight


def _hash(name: str, value: object) -> str:
    text = "" if value is None else str(value).strip().casefold()
    if text and not HASH.fullmatch(text):
        raise DataError(
            f"{name}: study_sha256 {value!r} is no hash: 12 to 64 of the digits 0-9 and a-f, in "
            "quotes. `equipoise review status FOLDER` prints it."
        )
    return text


def _domain(name: str, key: object) -> str:
    text = str(key).strip()
    if text.casefold() != "overall" and not DOMAIN.fullmatch(text.casefold()):
        raise DataError(f"{name}: a decision is on D1, D2, ... or overall, not on {text!r}.")
    return "overall" if text.casefold() == "overall" else text.upper()


def _decision(name: str, raw: object) -> dict[str, str]:
    needed = ("level", "author", "reason", "when")
    if not isinstance(raw, Mapping) or not set(needed) <= set(raw):
        raise DataError(f"{name}: a decision needs {', '.join(needed)}; got {raw!r}.")
    return {key: str(raw[key]) for key in needed}
