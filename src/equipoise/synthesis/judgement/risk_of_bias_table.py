"""Risk of bias of many results at once: judgements, rows of estimates, a frame for the figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.judgement import robins_i, robins_i_domains
from equipoise.synthesis.judgement.record import Judgement, decided
from equipoise.synthesis.judgement.rob2 import (
    DOMAIN_KEYS,
    LEVELS,
    SOURCE,
    Effect,
    assess_rob2,
    domains,
    overall_rob2,
)
from equipoise.synthesis.judgement.study_answers import StudyAnswers

if TYPE_CHECKING:
    import pandas as pd

Tool = Literal["rob2", "robins-i"]
UNITS = {
    "rob2": "0 low, 1 some concerns, 2 high",
    "robins-i": "0 low (confounding aside), 1 moderate, 2 serious, 3 critical",
}
SOURCES = {"rob2": SOURCE, "robins-i": robins_i.SOURCE}
RANKS: dict[str, dict[str, int | None]] = {
    "rob2": {level: rank for rank, level in enumerate(LEVELS)},
    "robins-i": {
        robins_i_domains.LOW: 0,
        robins_i_domains.LOW_BUT_CONFOUNDING: 0,
        robins_i_domains.MODERATE: 1,
        robins_i_domains.SERIOUS: 2,
        robins_i_domains.CRITICAL: 3,
        robins_i_domains.NO_INFORMATION: None,
    },
}
BY_PEOPLE = "judged by people, in the file"


@dataclass(frozen=True, slots=True)
class Assessed:
    """One result: a record for each domain and for ``overall``; which study file was judged."""

    label: str
    judgements: Mapping[str, Judgement]
    weight: float | None = None
    warnings: tuple[str, ...] = ()
    study_sha256: str = ""

    def level(self, key: str) -> str:
        """Return the level that holds."""
        return str(self.judgements[key].decision)


def judge_studies(
    studies: Sequence[StudyAnswers],
    tool: Tool = "rob2",
    *,
    effect: Effect = "assignment",
    several_are_high: int | None = None,
) -> tuple[Assessed, ...]:
    """Judge each result by its tool.

    Parameters
    ----------
    studies
        Answers (RoB 2) or levels of domains (both tools).
    effect, several_are_high
        Of RoB 2: see `rob2.assess_rob2`.
    """
    if tool not in UNITS:
        raise DataError(f"The tools are {', '.join(UNITS)}; got {tool!r}.")
    if not studies:
        raise DataError("No study was given.")
    twice = [one.label for one in studies]
    if len(set(twice)) < len(twice):
        raise DataError(f"{max(twice, key=twice.count)} comes twice. Name its outcomes apart.")
    if tool == "robins-i":
        return tuple(_by_robins_i(one) for one in studies)
    return tuple(_by_rob2(one, effect, several_are_high) for one in studies)


def domain_names(tool: Tool = "rob2", effect: Effect = "assignment") -> dict[str, str]:
    """Return key to name of the domains of a tool."""
    if tool == "robins-i":
        return dict(robins_i_domains.DOMAINS)
    return {domain.key: domain.name for domain in domains(effect)}


def risk_of_bias_rows(assessed: Sequence[Assessed], tool: Tool = "rob2") -> Estimates:
    """Return rows named ``risk-of-bias``, labelled "study, domain"; no information is refused."""
    rows: list[Estimate] = []
    refused: list[Refusal] = []
    for one in assessed:
        for key, judgement in one.judgements.items():
            label, rank = f"{one.label}, {key}", RANKS[tool][str(judgement.decision)]
            if rank is None:
                refused.append(
                    Refusal("risk-of-bias", f"no information: {judgement.reason}", label)
                )
                continue
            rows.append(
                Estimate(
                    "risk-of-bias",
                    label=label,
                    estimate=rank,
                    unit=UNITS[tool],
                    estimand=f"risk of bias: {judgement.decision}",
                    method=SOURCES[tool],
                    assumptions=_why(label, judgement),
                    warnings=one.warnings if key == "overall" else (),
                )
            )
    return Estimates(tuple(rows), tuple(refused))


def traffic_frame(assessed: Sequence[Assessed]) -> pd.DataFrame:
    """Return a row a result: `study`, a column a domain and `overall` with levels, `weight`."""
    import pandas as pd  # noqa: PLC0415

    rows = [
        {"study": one.label}
        | {key: one.level(key) for key in one.judgements}
        | {"weight": one.weight}
        for one in assessed
    ]
    return pd.DataFrame(rows)


def _by_rob2(study: StudyAnswers, effect: Effect, several: int | None) -> Assessed:
    if study.answers:
        found = assess_rob2(
            study.answers, effect=effect, about=study.label, several_are_high=several
        )
        suggested = {one.domain: (one.level, one.because) for one in found.domains}
        inputs = {one.domain: dict(one.answers) for one in found.domains}
        warnings = found.warnings
    else:
        suggested = {key: (_rob2_level(study, key), BY_PEOPLE) for key in DOMAIN_KEYS}
        inputs, warnings = {key: {"level": level} for key, (level, _) in suggested.items()}, ()
    records = _decided(study, "rob2", suggested, inputs)
    levels = {key: str(record.decision) for key, record in records.items()}
    overall = overall_rob2(list(levels.values()), several_are_high=several)
    records |= _decided(study, "rob2", {"overall": overall}, {"overall": levels})
    warnings += _unlike_file(study, str(records["overall"].decision))
    return Assessed(study.label, records, study.weight, warnings, study.study_sha256)


def _by_robins_i(study: StudyAnswers) -> Assessed:
    if study.answers:
        raise DataError(
            f"{study.label} has answers to questions. ROBINS-I is judged by domains here: give "
            "`levels` and `reasons` of D1 to D6 (its algorithms are not coded)."
        )
    found = robins_i.assess_robins_i(
        study.levels, study.reasons, about=study.label, fatal=study.fatal
    )
    suggested = {key: (level, found.reasons[key]) for key, level in found.levels.items()}
    inputs = {key: {"level": level} for key, level in found.levels.items()}
    records = _decided(study, "robins-i", suggested, inputs)
    levels = {key: str(record.decision) for key, record in records.items()}
    overall = robins_i.overall_robins_i(levels, fatal=study.fatal)
    records |= _decided(study, "robins-i", {"overall": overall}, {"overall": levels})
    warnings = found.warnings + _unlike_file(study, str(records["overall"].decision))
    return Assessed(study.label, records, study.weight, warnings, study.study_sha256)


def _decided(
    study: StudyAnswers,
    tool: Tool,
    suggested: Mapping[str, tuple[str, str]],
    inputs: Mapping[str, Mapping[str, str]],
) -> dict[str, Judgement]:
    """Make a record of each suggestion, with what a person decided otherwise."""
    records = {}
    for key, (level, because) in suggested.items():
        record = Judgement(
            f"{tool}-{key.lower()}", study.label, inputs[key], SOURCES[tool], level, reason=because
        )
        if key in study.decisions:
            told = study.decisions[key]
            decision = " ".join(told["level"].split()).casefold()
            if decision not in RANKS[tool]:
                raise DataError(
                    f"{study.label}, {key}: {told['level']!r} is no level. Levels: "
                    f"{', '.join(RANKS[tool])}."
                )
            record = decided(
                record, decision, author=told["author"], reason=told["reason"], when=told["when"]
            )
        records[key] = record
    return records


def _rob2_level(study: StudyAnswers, key: str) -> str:
    level = " ".join(study.levels.get(key, "").split()).casefold()
    level = level.removesuffix(" risk").removesuffix(" risk of bias")
    if level not in LEVELS:
        raise DataError(
            f"{study.label}, {key}: {study.levels.get(key, '')!r} is no level of RoB 2. Levels: "
            f"{', '.join(LEVELS)}."
        )
    return level


def _unlike_file(study: StudyAnswers, overall: str) -> tuple[str, ...]:
    written = " ".join(study.overall.split()).casefold()
    if not written or written == overall:
        return ()
    return (f"{study.label}: the file says {study.overall} overall, the rule says {overall}",)


def _why(label: str, judgement: Judgement) -> tuple[str, ...]:
    said = f"{label}: {judgement.decision}"
    if judgement.overridden:
        said += f" instead of {judgement.suggestion}, by {judgement.author} on {judgement.when}"
    return (f"{said}: {judgement.reason}",)
