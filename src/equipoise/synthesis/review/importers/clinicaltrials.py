"""ClinicalTrials.gov: one study as the JSON of its API version 2, with posted results.

All values are texts; "NA" occurs; what `spread` is follows from `dispersionType`; arms are keyed
anew in every outcome (OG000), so which group is which arm is confirmed by a person, and so is
what each outcome measures and in which direction.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import sqrt
from typing import Any

from equipoise.errors import DataError
from equipoise.synthesis.review.importers.arm_map import arm_of, proposed
from equipoise.synthesis.review.importers.options import ImportOptions, given, number
from equipoise.synthesis.review.reading import study_from_data
from equipoise.synthesis.review.screening.record import Record
from equipoise.synthesis.review.study import Study

NAME = "clinicaltrials"
SPREADS = {
    "STANDARD DEVIATION": "sd", "STANDARD ERROR": "se", "95% CONFIDENCE INTERVAL": "ci 95",
    "90% CONFIDENCE INTERVAL": "ci 90", "INTER QUARTILE RANGE": "quartiles",
    "INTERQUARTILE RANGE": "quartiles",
}  # fmt: skip
MEANS = ("MEAN", "LEAST SQUARES MEAN", "LEAST SQUARES MEANS")
COUNTS = ("COUNT OF PARTICIPANTS",)


def recognises(name: str, text: str) -> bool:
    """Whether a file is one study of the registry."""
    return name.endswith(".json") and '"protocolSection"' in text


def _loaded(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
        found["protocolSection"]["identificationModule"]["nctId"]
    except (ValueError, KeyError, TypeError):
        raise DataError(
            "Not a study of ClinicalTrials.gov (API version 2): `protocolSection` with "
            "`identificationModule.nctId` is missing."
        ) from None
    study: dict[str, Any] = found
    return study


def proposal(text: str) -> dict[str, Any]:
    """Propose the map: each group of each outcome to an arm, each outcome to a name."""
    study = _loaded(text)
    module = study["protocolSection"].get("armsInterventionsModule", {})
    planned = {arm["label"]: f"{arm['label']} {arm.get('type', '')} "
               f"{' '.join(arm.get('interventionNames', []))}" for arm in
               module.get("armGroups", [])}  # fmt: skip
    arms = {label: told | {"arm": label} for label, told in proposed(planned).items()}
    outcomes = {}
    for key, measure in _measures(study):
        groups = {g["id"]: g["title"] for g in measure.get("groups", [])}
        outcomes[key] = {
            "title": measure.get("title", ""),
            "use": measure.get("type", "").upper() == "PRIMARY",
            "outcome": None,
            "higher": None,
            "is_change": "change" in measure.get("title", "").lower(),
            "groups": {g: {"title": t, "arm": _nearest(t, list(arms))} for g, t in groups.items()},
        }
    return {"arms": arms, "outcomes": outcomes}


def _nearest(title: str, labels: list[str]) -> str | None:
    lowered = {label.lower(): label for label in labels}
    near = get_close_matches(title.lower(), lowered, n=1, cutoff=0.5)
    return lowered[near[0]] if near else None


def _measures(study: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    module = (study.get("resultsSection") or {}).get("outcomeMeasuresModule") or {}
    for i, measure in enumerate(module.get("outcomeMeasures", []), start=1):
        yield f"outcome {i}", measure


def records(text: str) -> list[Record]:
    """Return the registry entry as a record, for screening."""
    identity = _loaded(text)["protocolSection"]["identificationModule"]
    return [
        Record(
            title=identity.get("officialTitle") or identity.get("briefTitle", ""),
            registration=identity["nctId"],
            url=f"https://clinicaltrials.gov/study/{identity['nctId']}",
        )
    ]


def studies(text: str, options: ImportOptions) -> list[Study]:
    """Read the study; only outcomes that the map says to use.

    Raises
    ------
    DataError
        When there are no results, a used outcome has no name or direction in the map, a group
        has no arm, or a number cannot be read.
    """
    study = _loaded(text)
    if not study.get("hasResults", "resultsSection" in study):
        raise DataError(f"{options.name}: no results are posted. Import it as a record instead.")
    protocol = study["protocolSection"]
    arms = options.need("arms", "what its arms are")
    told = options.outcomes or {}
    used = [(key, m) for key, m in _measures(study) if told.get(key, {}).get("use")]
    lost: list[str] = []
    outcomes = [row for key, m in used for row in _Outcome(key, m, told[key], options, lost).rows()]
    identity = protocol["identificationModule"]
    design = protocol.get("designModule", {})
    info = design.get("designInfo", {})
    crossover = info.get("interventionModel", "").upper().startswith("CROSSOVER")
    masked = info.get("maskingInfo", {}).get("whoMasked", [])
    data = {
        "id": identity["nctId"].lower(),
        "citation": identity.get("officialTitle") or identity.get("briefTitle", ""),
        "year": _year(protocol),
        "registration": [identity["nctId"]],
        "design": {"kind": "crossover" if crossover else "parallel",
                   "randomised": info.get("allocation", "").upper() == "RANDOMIZED"},
        "population": {"described": ", ".join(
            protocol.get("conditionsModule", {}).get("conditions", [])) or "not described",
            **given(n=design.get("enrollmentInfo", {}).get("count"))},
        "arms": [arm_of(key, arms) for key in arms],
        "blinding": {"blinded": [_who(one) for one in masked if _who(one)],
                     **given(described=info.get("maskingInfo", {}).get("masking"))},
        "outcomes": outcomes,
        **given(note=f"Not read from the registry: {'; '.join(lost)}." if lost else None),
    }  # fmt: skip
    return [study_from_data(data, options.name)]


def _year(protocol: Mapping[str, Any]) -> int:
    status = protocol.get("statusModule", {})
    for field in ("primaryCompletionDateStruct", "completionDateStruct", "startDateStruct"):
        found = re.match(r"\d{4}", str(status.get(field, {}).get("date", "")))
        if found:
            return int(found.group(0))
    raise DataError("The study has no date of completion or start: its year is not known.")


def _who(word: str) -> str | None:
    known = {"PARTICIPANT": "participants", "CARE_PROVIDER": "carers", "INVESTIGATOR": "carers",
             "OUTCOMES_ASSESSOR": "outcome-assessors"}  # fmt: skip
    return known.get(word.upper().replace(" ", "_"))


def _plain(word: object) -> str:
    return re.sub(r"[_\s-]+", " ", str(word or "")).strip().upper()


@dataclass(frozen=True, slots=True)
class _Outcome:
    """One outcome of the registry with what the map says of it; what is not read is noted."""

    key: str
    measure: Mapping[str, Any]
    told: Mapping[str, Any]
    options: ImportOptions
    lost: list[str]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield an outcome for each class (time point, or subscale) with one number an arm."""
        for field in ("outcome", "higher"):
            if not self.told.get(field):
                raise DataError(
                    f"{self.options.name}, {self.key} ({self.measure.get('title')}): the map does "
                    f"not say `{field}`. Directions are declared, never guessed."
                )
        for block in self.measure.get("classes", []):
            arms = self._arms(block)
            if arms:
                yield {
                    "outcome": self.told["outcome"],
                    "instrument": self.told.get("instrument") or self.measure.get("title"),
                    "higher": self.told["higher"],
                    "visit": block.get("title") or self.measure.get("timeFrame") or "post",
                    "arms": arms,
                }

    def _arms(self, block: Mapping[str, Any]) -> list[dict[str, Any]]:
        categories = block.get("categories", [])
        if len(categories) != 1:
            self.lost.append(f"{self.key}: {len(categories)} categories, not one number an arm")
            return []
        denoms = block.get("denoms") or self.measure.get("denoms") or []
        people = {c["groupId"]: c["value"] for d in denoms[:1] for c in d.get("counts", [])}
        found = [self._arm(cell, people) for cell in categories[0].get("measurements", [])]
        return [arm for arm in found if arm is not None]

    def _arm(self, cell: Mapping[str, Any], people: Mapping[str, str]) -> dict[str, Any] | None:
        group = cell["groupId"]
        where = f"{self.options.name}, {self.key}, {group}"
        arm = self.told.get("groups", {}).get(group, {}).get("arm")
        if arm is None:
            raise DataError(f"{where}: the map does not say which arm this group is.")
        arms = self.options.need("arms", "what its arms are")
        if arm not in arms:
            raise DataError(f"{where}: {arm!r} is no arm of the map: {', '.join(arms)}.")
        value = number(cell.get("value"), where)
        n = number(people.get(group), f"{where}, number of people")
        found = None if value is None or n is None else self._value(cell, value, int(n), where)
        if found is None:
            kind = f"{self.measure.get('paramType')}, {self.measure.get('dispersionType')}"
            self.lost.append(f"{self.key}, {group}: {cell.get('value')} ({kind})")
            return None
        name = {"arm": arm_of(arm, arms)["name"]}
        return name | found | self.options.fact(f"{self.key}, {group}")

    def _value(
        self, cell: Mapping[str, Any], value: float, n: int, where: str
    ) -> dict[str, Any] | None:
        kind = _plain(self.measure.get("paramType"))
        size = SPREADS.get(_plain(self.measure.get("dispersionType")))
        if kind in COUNTS:
            return {"events": int(value), "total": n}
        low, high = (number(cell.get(k), where) for k in ("lowerLimit", "upperLimit"))
        if kind == "MEDIAN" and size == "quartiles":
            return given(median=value, n=n, q1=low, q3=high)
        if kind not in MEANS:
            return None
        found = given(mean=value, n=n, is_change=self.told.get("is_change") or None)
        own = number(cell.get("spread"), where)
        if size in ("sd", "se") and own:
            return found | {size: own}
        if size in ("ci 95", "ci 90") and low is not None and high is not None and n > 1:
            return found | _from_interval(low, high, n, float(size[-2:]) / 100)
        return None


def _from_interval(low: float, high: float, n: int, level: float) -> dict[str, Any]:
    """Return the standard error behind an arm's interval, by t with n - 1 df (Handbook 6.5.2.2)."""
    from scipy.special import stdtrit  # noqa: PLC0415

    se = (high - low) / (2 * float(stdtrit(n - 1, (1 + level) / 2)))
    note = f"SD {se * sqrt(n):.4g} from the {100 * level:g}% interval {low:g} to {high:g}, by t"
    return {"se": se, "origin": "derived", "note": note}
