"""Trials with individual guesses: the total effect beside the effect with belief made equal.

Each trial is taken apart by `belief`, standardised, and pooled on both readings. Had benefit
itself caused all guesses, the total effect would be right; had none been, the belief-standardised
one: the two pools bracket what lies between, and the second is a sensitivity analysis.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.belief import assess
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal, Source
from equipoise.synthesis.blinding.rows import HARTUNG_KNAPP, fit_row, interval_row
from equipoise.synthesis.effects import checked_effects
from equipoise.synthesis.pairwise import random_effects

if TYPE_CHECKING:
    from equipoise.records import UnblindedRecords

READINGS = {
    "total": "Active less control, whatever people believed",
    "belief made equal": "Active less control had both arms held the same beliefs",
    "belief part": "Total effect less the effect with belief made equal",
}
SENSITIVITY = (
    "Sensitivity analysis: guesses come after treatment and benefit may cause them. The total "
    "effect and the effect with belief made equal bracket the truth, if there is no third cause."
)
STANDARDISED = (
    "Divided by the trial's standard deviation; variance of g to first order, g^2 / 2N added"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A standardised effect and its standard error."""

    estimate: float
    se: float


@dataclass(frozen=True, slots=True)
class Decomposed:
    """A trial taken apart; standardised."""

    study: str
    outcome: str | None
    total: Reading
    equal_belief: Reading
    belief_part: Reading


def decomposed(found: Estimates, study: str, *, outcome: str | None = None) -> Decomposed:
    """Read a trial's total and belief-standardised effects out of what `belief.assess` found.

    Parameters
    ----------
    found
        Of one outcome, or of several with `outcome` saying which.

    Raises
    ------
    NotIdentifiedError
        When a part is missing: names the trial and what `belief` said about it.
    """
    ours = [r for r in found.rows if outcome is None or r.outcome == outcome]
    outcomes = {r.outcome for r in ours if r.name == "total-effect"}
    if len(outcomes) != 1:
        raise DataError(
            f"{study} holds the outcomes {sorted(map(str, outcomes))}: name the one to pool."
        )
    told = replace(found, rows=tuple(ours))
    total = _row(told, study, "total-effect", None)
    g = _row(told, study, "standardised-mean-difference", None)
    equal = _row(told, study, "belief-standardised-effect", "plug-in")
    part = _row(told, study, "belief-part", None)
    sd = _value(total.estimate) / _value(g.estimate) if _value(g.estimate) else math.nan
    if not (math.isfinite(sd) and sd > 0):
        raise NotIdentifiedError(
            f"{study} has a total effect of exactly 0: its standard deviation cannot be read from "
            "the ratio of effect to g. Leave it out, or pool in units of the scale."
        )
    people = (total.df or math.inf) + 2
    total_g = Reading(_value(g.estimate), _value(g.se))
    return Decomposed(
        study, total.outcome, total_g, _standardised(equal, sd, people),
        _standardised(part, sd, people),
    )  # fmt: skip


def _value(number: float | None) -> float:
    return math.nan if number is None else number


def _standardised(row: Estimate, sd: float, people: float) -> Reading:
    g, se = _value(row.estimate) / sd, _value(row.se) / sd
    return Reading(g, math.sqrt(se**2 + g**2 / (2 * people)))


def _row(found: Estimates, study: str, name: str, label: str | None) -> Estimate:
    for row in found.rows:
        if row.name == name and row.label == label and row.estimate is not None and row.se:
            return row
    why = next((f": {r.reason}" for r in found.refused if r.name == name), "")
    raise NotIdentifiedError(f"{study} has no {name}{f' ({label})' if label else ''}{why}")


def decompose_records(
    records: Mapping[str, UnblindedRecords], outcome: str | Mapping[str, str], **settings: Any
) -> tuple[Decomposed, ...]:
    """Take trials apart whose records are at hand.

    Parameters
    ----------
    records
        Trials by name.
    outcome
        The outcome, or that of each trial.
    settings
        Passed on to `belief.assess`: visit, draws, seed.
    """
    of = dict.fromkeys(records, outcome) if isinstance(outcome, str) else dict(outcome)
    return tuple(
        decomposed(assess(trial, of[name], **settings), name, outcome=of[name])
        for name, trial in records.items()
    )


def read_belief_file(path: Path) -> Estimates:
    """Read what ``equipoise belief --json`` printed."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        rows = tuple(_estimate(row) for row in told["estimates"])
        refused = tuple(Refusal(**row) for row in told["refused"])
        source = Source(**told["source"])
    except FileNotFoundError as error:
        raise DataError(f"There is no file {path}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path} is not what `equipoise belief SOURCE --outcome O --json` prints: {error}."
        ) from error
    return Estimates(rows, refused, source)


def _estimate(row: dict[str, Any]) -> Estimate:
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    return Estimate(**fields)


def pool_decomposed(trials: Sequence[Decomposed], *, level: float = 0.95) -> Estimates:
    """Pool the total effects, the effects with belief made equal, and the belief parts.

    Returns
    -------
    Estimates
        ``trial-effect`` with the labels "<trial>, total", "<trial>, belief made equal",
        "<trial>, belief part", and ``decomposed-effect`` with "total", "belief made equal",
        "belief part" and "bounds", the span of the first two.
    """
    if len({t.study for t in trials}) < len(trials):
        raise DataError(f"A trial appears twice: {[t.study for t in trials]}.")
    rows = [_trial_row(t, reading, level) for t in trials for reading in READINGS]
    if len(trials) < 2:
        reason = f"{len(trials)} trial with individual guesses: nothing to pool."
        return Estimates(tuple(rows), (Refusal("decomposed-effect", reason),))
    pooled = [_pooled_row(trials, reading, level) for reading in READINGS]
    ends = sorted(_value(row.estimate) for row in pooled[:2])
    bounds = Estimate(
        "decomposed-effect", "bounds", low=ends[0], high=ends[1], unit="standard deviations",
        estimand="Between the total effect and the effect with belief made equal",
        method="The two pooled estimates", assumptions=(SENSITIVITY,),
        warnings=("Bounds, not an interval: sampling error comes on top.",),
    )  # fmt: skip
    return Estimates((*rows, *pooled, bounds))


def _reading(trial: Decomposed, reading: str) -> Reading:
    return {
        "total": trial.total,
        "belief made equal": trial.equal_belief,
        "belief part": trial.belief_part,
    }[reading]


def _trial_row(trial: Decomposed, reading: str, level: float) -> Estimate:
    one = _reading(trial, reading)
    return interval_row(
        "trial-effect", one.estimate, one.se, None, level, label=f"{trial.study}, {reading}",
        outcome=trial.outcome, unit="standard deviations", estimand=READINGS[reading],
        method=STANDARDISED, assumptions=() if reading == "total" else (SENSITIVITY,),
    )  # fmt: skip


def _pooled_row(trials: Sequence[Decomposed], reading: str, level: float) -> Estimate:
    each = [_reading(trial, reading) for trial in trials]
    effects = checked_effects(
        [e.estimate for e in each], np.square([e.se for e in each]), [t.study for t in trials]
    )
    return fit_row(
        "decomposed-effect", random_effects(effects), level, label=reading,
        unit="standard deviations", estimand=READINGS[reading],
        method=f"{STANDARDISED}. {HARTUNG_KNAPP}",
        assumptions=() if reading == "total" else (SENSITIVITY,),
    )  # fmt: skip
