"""From the arrays of a simulated self-blinding trial to the tables of its records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from equipoise.errors import DataError
from equipoise.estimates import Source
from equipoise.records import UNSURE, UnblindedRecords
from equipoise.simulation.self_blinding_draw import SAYS_DRUG, SAYS_PLACEBO, treated_visits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.instruments import Instrument
    from equipoise.protocol import Protocol, Visit
    from equipoise.simulation.self_blinding_draw import SelfBlindingDraw

COMPLAINTS = ("headache", "nausea", "restlessness", "tiredness", "trouble sleeping")
_SAFETY_WEIGHT = 0.05  # thoughts of death are far rarer than the other complaints of a sum score
_LEAVING = ("stop", "leav", "left", "withdraw", "discontinu", "dropout", "drop-out")


def records_of(
    protocol: Protocol, draw: SelfBlindingDraw, rng: np.random.Generator, *, name: str
) -> UnblindedRecords:
    """Write a simulated trial down as a real one would be.

    Parameters
    ----------
    rng
        For what no effect hangs on: single answers, covariates, days.
    name
        Of the source; the content hash is added.
    """
    people = np.array([f"P{i:03d}" for i in range(1, len(draw.left) + 1)])
    records = UnblindedRecords(
        protocol=protocol,
        participants=_participants(protocol, people, draw, rng),
        allocations=_allocations(protocol, people, draw),
        doses=_doses(protocol, people, draw),
        scores=_scores(protocol, people, draw, rng),
        guesses=_guesses(protocol, people, draw),
        expectancy=_expectancy(protocol, people, draw),
        adverse_events=_adverse_events(protocol, people, draw, rng),
        intercurrent_events=_leavers(protocol, people, draw),
        consent=_consent(protocol, people),
        warnings=("Simulated: nobody was treated.",),
    )
    return records.with_source(Source(name, records.sha256))


def _participants(
    protocol: Protocol,
    people: NDArray[np.str_],
    draw: SelfBlindingDraw,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw the covariates; sexes and diagnoses in the shares of the public microdose trial."""
    n = len(people)
    sex = np.array(["male", "female", "non-binary"])
    known = {
        "age": np.round(18 + 55 * rng.beta(1.6, 4.2, n)),
        "sex": sex[np.searchsorted([0.69, 0.99], rng.random(n), side="right")],
        "psychiatric_past": rng.poisson(0.53, n).astype(np.float64),
    }
    if protocol.expectancy:
        known[protocol.expectancy] = np.round(draw.expectancy)
    names = [covariate.name for covariate in protocol.covariates]
    unknown = [covariate for covariate in names if covariate not in known]
    if unknown:
        raise DataError(
            f"The simulation knows no covariate {', '.join(unknown)}; it can draw: "
            f"{', '.join(known)}. Leave it out of the protocol that you simulate."
        )
    return pd.DataFrame({"participant": people} | {c: known[c] for c in names})


def _allocations(
    protocol: Protocol, people: NDArray[np.str_], draw: SelfBlindingDraw
) -> pd.DataFrame:
    active, control = protocol.contrast
    return _long(protocol, people, {"arm": np.where(draw.arm == 1, active, control)})


def _doses(protocol: Protocol, people: NDArray[np.str_], draw: SelfBlindingDraw) -> pd.DataFrame:
    """List the pack of every week that was begun; its code says nothing of what it holds."""
    visits = treated_visits(protocol)
    pack = np.array([[f"{p}-{v.name}" for v in visits] for p in people])
    frame = _long(protocol, people, {"kit": pack, "arm": draw.arm, "begun": _stayed(draw)})
    frame = frame[frame.pop("begun")]
    active, control = (protocol.arm(arm).interventions for arm in protocol.contrast)
    given = {1: active[0] if active else None, 0: control[0] if control else None}
    held = {arm: what.substance if what else None for arm, what in given.items()}
    dose = {arm: what.dose if what else None for arm, what in given.items()}
    arms = frame.pop("arm")
    return frame.assign(
        substance=arms.map(held),
        amount=arms.map({a: d.amount if d else None for a, d in dose.items()}).astype("float64"),
        unit=arms.map({a: d.unit if d else None for a, d in dose.items()}),
        route=arms.map({a: d.route if d else None for a, d in dose.items()}),
    )


def _scores(
    protocol: Protocol,
    people: NDArray[np.str_],
    draw: SelfBlindingDraw,
    rng: np.random.Generator,
) -> pd.DataFrame:
    frames = []
    later = {visit.name: place for place, visit in enumerate(treated_visits(protocol))}
    for visit in protocol.visits:
        place = later.get(visit.name)
        here = np.full(len(people), True) if place is None else draw.attended[:, place]
        for name in visit.instruments:
            scale = protocol.instrument(name)
            total = draw.baseline[name] if place is None else draw.scores[name][:, place]
            about = {"participant": people[here], "visit": visit.name, "instrument": name}
            before = np.nan if place is None else draw.baseline[name][here]
            totals = {"item": "", "value": total[here], "baseline": before}
            frames.append(pd.DataFrame(about | totals | {"unit": scale.unit}))
            for number, answers in split_total(scale, total[here], rng).items():
                items = {"item": str(number), "value": answers, "unit": scale.unit}
                frames.append(pd.DataFrame(about | items))
    return pd.concat(frames, ignore_index=True)


def split_total(
    scale: Instrument, total: NDArray[np.float64], rng: np.random.Generator
) -> dict[int, NDArray[np.float64]]:
    """Spread totals over the items of a plain sum score; empty for any other instrument.

    Every item holds as many points as its highest answer; the total's points fall on them at
    random, rarely on a safety item.
    """
    items = scale.scored_items
    if not items or scale.scoring is None or scale.scoring.groups:
        return {}
    answers = [[option.value for option in scale.options_of(item)] for item in items]
    room = np.array([round(max(values)) for values in answers])
    if any(sorted(values) != list(range(len(values))) for values in answers):
        return {}  # answers that are not 0, 1, 2, ... would need another way
    owner = np.repeat(np.arange(len(items)), room)
    weight = np.array([_SAFETY_WEIGHT if item.safety else 1.0 for item in items])[owner]
    # the points that arrive first in a race of exponentials are a weighted draw
    arrival = rng.exponential(size=(len(total), owner.size)) / weight
    taken = arrival.argsort(axis=1).argsort(axis=1) < total[:, None]
    return {
        item.number: taken[:, owner == place].sum(axis=1).astype(np.float64)
        for place, item in enumerate(items)
    }


def _guesses(protocol: Protocol, people: NDArray[np.str_], draw: SelfBlindingDraw) -> pd.DataFrame:
    """Write down the guesses asked for; an unanswered one stays as an empty row."""
    plan = protocol.blinding.guess
    visits = treated_visits(protocol)
    asked = draw.attended & np.array([visit.guess for visit in visits])
    active, control = protocol.contrast
    said = np.array([control, UNSURE, active], dtype=object)[draw.said]
    said[~draw.answered] = None
    certainty = np.where(draw.answered, np.round(draw.certainty, 2), np.nan)
    columns = {"asked": asked, "guess": said}
    if plan and plan.certainty:
        columns["certainty"] = certainty
    if plan and plan.reasons:
        columns["reason"] = _reasons(draw)
    frame = _long(protocol, people, columns).assign(guesser="participant")
    return frame[frame.pop("asked")]


def _reasons(draw: SelfBlindingDraw) -> NDArray[np.object_]:
    reason = np.full(draw.said.shape, "just a guess", dtype=object)
    reason[draw.said == SAYS_DRUG] = "felt something"
    reason[draw.said == SAYS_PLACEBO] = "felt nothing"
    reason[(draw.said == SAYS_DRUG) & draw.unwell] = "side effect"
    reason[draw.certainty < 0.1] = "just a guess"
    reason[~draw.answered] = None
    return reason


def _expectancy(
    protocol: Protocol, people: NDArray[np.str_], draw: SelfBlindingDraw
) -> pd.DataFrame:
    before = next((visit.name for visit in protocol.visits if visit.baseline), None)
    value = np.round(draw.expectancy)
    return pd.DataFrame(
        {"participant": people, "visit": before, "value": value, "scale": "0 to 100"}
    )


def _consent(protocol: Protocol, people: NDArray[np.str_]) -> pd.DataFrame:
    before = next((visit.name for visit in protocol.visits if visit.baseline), None)
    day = protocol.day_of(before) if before else 0
    return pd.DataFrame(
        {"participant": people, "version": protocol.version, "day": float(day or 0), "given": "yes"}
    )


def _adverse_events(
    protocol: Protocol,
    people: NDArray[np.str_],
    draw: SelfBlindingDraw,
    rng: np.random.Generator,
) -> pd.DataFrame:
    person, place = np.nonzero(draw.unwell & _stayed(draw))
    days = np.array(
        [_day(protocol, visit, at) for at, visit in enumerate(treated_visits(protocol))]
    )
    onset = np.maximum(days[place] - rng.integers(0, 6, person.size), 1)
    frame = pd.DataFrame(
        {
            "participant": people[person],
            "event": np.array(COMPLAINTS)[rng.integers(0, len(COMPLAINTS), person.size)],
            "day": onset.astype(np.float64),
            "end_day": (onset + rng.integers(0, 3, person.size)).astype(np.float64),
            "severity": np.where(rng.random(person.size) < 0.85, "mild", "moderate"),
            "serious": "no",
            "relatedness": "possible",
            "outcome": "resolved",
        }
    )
    return frame.drop_duplicates(["participant", "event", "day"])


def _leavers(protocol: Protocol, people: NDArray[np.str_], draw: SelfBlindingDraw) -> pd.DataFrame:
    visits = treated_visits(protocol)
    gone = np.flatnonzero(draw.left < len(visits))
    planned = [e.event for estimand in protocol.estimands for e in estimand.intercurrent_events]
    leaving = (event for event in planned if any(word in event.lower() for word in _LEAVING))
    first = draw.left[gone]
    return pd.DataFrame(
        {
            "participant": people[gone],
            "event": next(leaving, "left the trial"),
            "visit": [visits[place].name for place in first],
            "day": [float(_day(protocol, visits[place], int(place))) for place in first],
        }
    )


def _long(
    protocol: Protocol, people: NDArray[np.str_], columns: dict[str, NDArray[np.generic]]
) -> pd.DataFrame:
    """Lay arrays of shape (people, visits) out as one row a person and visit."""
    visits = np.array([visit.name for visit in treated_visits(protocol)])
    rows = {
        "participant": np.repeat(people, len(visits)),
        "visit": np.tile(visits, len(people)),
    }
    return pd.DataFrame(rows | {name: values.ravel() for name, values in columns.items()})


def _stayed(draw: SelfBlindingDraw) -> NDArray[np.bool_]:
    return np.arange(draw.arm.shape[1]) < draw.left[:, None]


def _day(protocol: Protocol, visit: Visit, place: int) -> int:
    """Return the day of a visit; a week each where the protocol gives none."""
    day = protocol.day_of(visit.name)
    return 7 * (place + 1) if day is None else day
