"""A trial that was run, imported or rehearsed in equipoise, as a study file.

Everything is counted from its records: means, SDs and n by arm and visit, and what the people
of each arm believed they took. Nothing is typed, so its facts are verified by construction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from equipoise.errors import DataError
from equipoise.records import UNSURE
from equipoise.synthesis.review.importers.metapsy import study_id
from equipoise.synthesis.review.importers.options import given
from equipoise.synthesis.review.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.protocol import Arm, Protocol
    from equipoise.records import UnblindedRecords

NAME = "trial"
KINDS = {
    "active": "experimental", "placebo": "inert-placebo", "active-placebo": "active-placebo",
    "mixed": "experimental", "no-treatment": "no-treatment", "usual-care": "usual-care",
}  # fmt: skip
BLINDED = {"participant": "participants", "care provider": "carers",
           "outcome assessor": "outcome-assessors", "statistician": "analysts"}  # fmt: skip


def recognises(name: str, text: str) -> bool:
    """Never by its text: a trial is a folder of records or the name of a dataset."""
    return False


def study_of(records: UnblindedRecords, *, year: int, citation: str | None = None) -> Study:
    """Return a trial as a study: its arms, guesses and outcomes as observed.

    Raises
    ------
    DataError
        When people are observed under several arms: means by arm are then not independent.
    """
    plan = records.protocol
    if plan.design.repeated:
        raise DataError(
            f"{plan.identifier} observes people under several arms: write the effect of its "
            "planned analysis (`equipoise analyse`) into a study file, with `design: paired`."
        )
    allocated = records.allocations.drop_duplicates("participant")
    arm_of = allocated.set_index("participant")["arm"]
    fact = {
        "source": f"records of {plan.identifier}, sha256 {records.sha256}",
        "origin": "computed",
        "checked_by": "equipoise, counted from the records",
        "verified": True,
    }
    registered = plan.registration.number if plan.registration else None
    return Study.model_validate(
        {
            "id": study_id(plan.identifier.lower()),
            "citation": citation or plan.title,
            "year": year,
            "registration": [registered] if registered else [],
            "design": {"kind": "parallel", "randomised": plan.allocation is not None},
            "population": {"described": "; ".join(plan.eligibility.include) or "not described",
                           "n": len(arm_of)},
            "arms": [_arm(arm, int((arm_of == arm.name).sum())) for arm in plan.arms],
            "blinding": {
                "blinded": [BLINDED[who] for who in plan.blinding.blind if who in BLINDED],
                "guesses": _guesses(records.guesses, arm_of, plan, fact),
            },
            "outcomes": _outcomes(records, fact),
        }
    )  # fmt: skip


def _arm(arm: Arm, n: int) -> dict[str, Any]:
    first = arm.interventions[0] if arm.interventions else None
    dose = first.dose if first else None
    found = {"name": arm.name, "kind": KINDS[arm.role], **given(label=arm.label),
             **given(n=n or None, substance=first.substance if first else None)}  # fmt: skip
    if dose is not None:
        found["dose"] = given(amount=dose.amount, unit=dose.unit, route=dose.route) | {
            "class": dose.dose_class
        }
    return found


def _guesses(
    guesses: pd.DataFrame, arm_of: pd.Series[str], plan: Protocol, fact: dict[str, Any]
) -> list[dict[str, Any]]:
    asked = guesses[guesses["guesser"] == "participant"].dropna(subset=["guess"])
    if not len(asked):
        return []
    found = []
    visits = asked["visit"].dropna().unique() if "visit" in asked else []
    last = [v for v in plan.visit_names if v in set(visits)][-1:] or [None]
    rows = asked if last[0] is None else asked[asked["visit"] == last[0]]
    for arm in plan.arms:
        own = rows[rows["participant"].map(arm_of) == arm.name]["guess"]
        unsure = int((own == UNSURE).sum())
        right = int((own == arm.name).sum())
        found.append({"arm": arm.name, "right": right, "wrong": len(own) - right - unsure,
                      "unsure": unsure, **given(visit=last[0]), **fact})  # fmt: skip
    return found


def _outcomes(records: UnblindedRecords, fact: dict[str, Any]) -> list[dict[str, Any]]:
    plan, scores = records.protocol, records.total_scores
    found = []
    for name, visit in scores.groupby(["instrument", "visit"], sort=False).groups:
        own = scores[(scores["instrument"] == name) & (scores["visit"] == visit)]
        scale = plan.instrument(str(name))
        if plan.visit(str(visit)).baseline or scale.higher == "neither":
            continue
        arms = []
        for arm in plan.arms:
            values = own[own["arm"] == arm.name]["score"].dropna()
            if len(values) > 1 and values.std() > 0:
                arms.append({"arm": arm.name, "n": len(values), "mean": float(values.mean()),
                             "sd": float(values.std()), **fact})  # fmt: skip
        if len(arms) > 1:
            found.append({"outcome": scale.domain, "instrument": str(name),
                          "higher": scale.higher, "visit": str(visit),
                          **given(days=plan.day_of(str(visit))), "arms": arms})  # fmt: skip
    return found
