"""Metapsy CSV: a row a comparison of two arms, and the arm map to read it back.

What Metapsy has no column for stays behind: sources of facts, guesses, statements, and effects
other than a standardised mean difference. A column of our own, `verified`, says 0 where nobody
has compared the numbers with their source; reading the table back keeps it so.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import yaml

from equipoise.synthesis.review.facts import Fact
from equipoise.synthesis.review.importers.metapsy import study_id
from equipoise.synthesis.review.study import Study
from equipoise.synthesis.review.study_numbers import (
    BASELINE,
    ArmNumbers,
    ReportedEffect,
    StudyOutcome,
)

if TYPE_CHECKING:
    from equipoise.synthesis.review.synthesise import Synthesis

NAME = "metapsy"
ARM_COLUMNS = (
    "n", "mean", "sd", "n_change", "mean_change", "sd_change", "baseline_m", "baseline_sd",
    "event", "totaln",
)  # fmt: skip
COLUMNS = (
    "study", "condition_arm1", "condition_arm2", "multi_arm1", "multi_arm2", "outcome_type",
    "instrument", "time", "time_weeks", "time_days",
    *(f"{name}_arm{arm}" for arm in (1, 2) for name in ARM_COLUMNS),
    "precalc_g", "precalc_g_se", "year", "doi", "registration_number", "design", "target_group",
    "diagnosis", "verified",
)  # fmt: skip


def export(synthesis: Synthesis) -> dict[str, str]:
    """Return the table and the arm map of a review."""
    studies = list(synthesis.folder.studies.values())
    return {"metapsy.csv": table(studies), "metapsy-arms.yaml": arm_map(studies)}


def table(studies: Iterable[Study]) -> str:
    """Return the CSV of studies."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(row for study in studies for row in _rows(study))
    return stream.getvalue()


def arms_of(studies: Iterable[Study]) -> dict[str, dict[str, Any]]:
    """Return the arms by name, as an arm map has them."""
    found = {}
    for study in studies:
        for arm in study.arms:
            data = arm.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            found[_key(study, arm.name)] = {"arm": data.pop("name"), **data}
    return found


def arm_map(studies: Iterable[Study]) -> str:
    """Return the arm map as YAML; the arms come from checked study files."""
    made = {"file": "metapsy.csv", "confirmed_by": "the study files", "arms": arms_of(studies)}
    text: str = yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=98)
    return text


def _key(study: Study, arm: str) -> str:
    return f"{arm} {study.id}"  # condition, then what tells equal names of two studies apart


def _rows(study: Study) -> Iterator[dict[str, Any]]:
    name = study.citation if study_id(study.citation) == study.id else study.id
    common = {
        "study": name, "year": study.year, "doi": study.doi or "",
        "registration_number": study.registration[0] if study.registration else "",
        "design": study.design.kind, "target_group": study.population.described,
        "diagnosis": study.population.condition or "",
    }  # fmt: skip
    for row in study.outcomes:
        about = {
            "instrument": row.instrument or "", "time": row.visit,
            "time_days": _cell(row.days),
            "time_weeks": _cell(None if row.days is None else row.days / 7),
        }  # fmt: skip
        for pair, effect in _comparisons(study, row):
            yield common | about | _contrast(study, pair, row, effect)


def _comparisons(
    study: Study, row: StudyOutcome
) -> Iterator[tuple[tuple[str, str], ReportedEffect | None]]:
    effects = [one for one in row.effects if one.measure == "SMD" and one.se is not None
               and not one.adjusted_for_guess and BASELINE not in one.contrast]  # fmt: skip
    told = {one.contrast: one for one in effects}
    names = [one.arm for one in row.arms]
    active = [n for n in names if study.arm(n).kind == "experimental"] or names[:1]
    pairs = [(a, b) for a in active for b in names if b not in active]
    if not pairs and len(names) == 2:
        pairs = [(names[0], names[1])]
    for pair in dict.fromkeys((*pairs, *told)):
        yield pair, told.get(pair)


def _contrast(
    study: Study, pair: tuple[str, str], row: StudyOutcome, effect: ReportedEffect | None
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    numbers = {one.arm: one for one in row.arms}
    kind = "precalc"
    facts: list[Fact] = [one for one in row.arms if one.arm in pair]
    facts += [effect] if effect is not None else []
    found["verified"] = int(all(one.verified for one in facts))
    for arm, name in zip((1, 2), pair, strict=True):
        found |= {f"condition_arm{arm}": name, f"multi_arm{arm}": study.id}
        if name in numbers:
            kind, cells = _arm(numbers[name])
            found |= {f"{column}_arm{arm}": _cell(value) for column, value in cells.items()}
    if effect is not None:  # written so that a positive g favours arm 1
        sign = 1 if effect.positive_favours == pair[0] else -1
        found |= {"precalc_g": _cell(sign * effect.estimate), "precalc_g_se": _cell(effect.se)}
    return found | {"outcome_type": kind}


def _arm(one: ArmNumbers) -> tuple[str, dict[str, Any]]:
    before = {"baseline_m": one.baseline_mean, "baseline_sd": one.baseline_sd}
    if one.events is not None:
        return "dich", {"event": one.events, "totaln": one.total}
    sd = one.sd
    if sd is None and one.se is not None and one.n is not None:
        sd = one.se * one.n**0.5
    if one.is_change:
        return "change", {"n_change": one.n, "mean_change": one.mean, "sd_change": sd} | before
    return "msd", {"n": one.n, "mean": one.mean, "sd": sd} | before


def _cell(value: float | None) -> str:
    return "" if value is None else repr(value)
