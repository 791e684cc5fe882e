"""A trial that was run, imported or rehearsed in equipoise, as a study file.

Everything is computed from its records: means, SDs and n by arm and visit, and what the people
of each arm believed they took. Where people are observed under several arms, the effects of the
planned model stand beside the means, one of them with the guess in the model. Nothing is typed,
so its facts are verified by construction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from equipoise.analysis import total_effect
from equipoise.belief.answers import guess_adjusted
from equipoise.belief.comparison import Comparison
from equipoise.errors import NotIdentifiedError
from equipoise.records import UNSURE
from equipoise.synthesis.review.importers.metapsy import study_id
from equipoise.synthesis.review.importers.options import given
from equipoise.synthesis.review.reading import study_from_data
from equipoise.synthesis.review.study import Study

if TYPE_CHECKING:
    from equipoise.protocol import Arm
    from equipoise.records import UnblindedRecords

NAME = "trial"
KINDS = {
    "active": "experimental", "placebo": "inert-placebo", "active-placebo": "active-placebo",
    "mixed": "experimental", "no-treatment": "no-treatment", "usual-care": "usual-care",
}  # fmt: skip
BLINDED = {"participant": "participants", "care provider": "carers",
           "outcome assessor": "outcome-assessors", "statistician": "analysts"}  # fmt: skip


def recognises(name: str, text: str) -> bool:  # noqa: ARG001  (as every importer)
    """Never by its text: a trial is a folder of records or the name of a dataset."""
    return False


def study_of(records: UnblindedRecords, *, year: int, citation: str | None = None) -> Study:
    """Return a trial as a study: its arms, guesses and outcomes as observed."""
    plan = records.protocol
    repeated = plan.design.repeated
    people = records.allocations.groupby("arm")["participant"].nunique()
    fact = {
        "source": f"records of {plan.identifier}, sha256 {records.sha256}",
        "origin": "computed",
        "checked_by": "equipoise, counted from the records",
        "verified": True,
    }
    registered = plan.registration.number if plan.registration else None
    return study_from_data(
        {
            "id": study_id(plan.identifier.lower()),
            "citation": citation or plan.title,
            "year": year,
            "registration": [registered] if registered else [],
            "design": {"kind": "parallel", "randomised": plan.allocation is not None},
            "population": {"described": "; ".join(plan.eligibility.include) or "not described",
                           "n": len(records.participants)},
            "arms": [_arm(arm, int(people.get(arm.name, 0))) for arm in plan.arms],
            "blinding": {
                "blinded": [BLINDED[who] for who in plan.blinding.blind if who in BLINDED],
                "guesses": list(_guesses(records, fact)),
            },
            "outcomes": _repeated(records, fact) if repeated else _outcomes(records, fact),
        },
        plan.identifier,
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


def _guesses(records: UnblindedRecords, fact: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Count the guesses beside each arm: at the last visit, or at all where arms change."""
    plan, repeated = records.protocol, records.protocol.design.repeated
    rows = records.total_scores.drop_duplicates(["participant", "visit"]).dropna(subset=["guess"])
    if not len(rows):
        return
    last = [visit for visit in plan.visit_names if visit in set(rows["visit"])][-1]
    asked = rows if repeated else rows[rows["visit"] == last]
    for arm in plan.arms:
        own = asked[asked["arm"] == arm.name]["guess"]
        unsure, right = int((own == UNSURE).sum()), int((own == arm.name).sum())
        when = {"repeated": True} if repeated else {"visit": last}
        yield {"arm": arm.name, "right": right, "wrong": len(own) - right - unsure,
               "unsure": unsure, **when, **fact}  # fmt: skip


def _repeated(records: UnblindedRecords, fact: dict[str, Any]) -> list[dict[str, Any]]:
    """Return outcomes of a trial that observes people under several arms."""
    plan, scores = records.protocol, records.total_scores
    found = []
    for name in plan.instruments:
        scale = plan.instrument(name)
        own = scores[scores["instrument"] == name]
        own = own[[not plan.visit(visit).baseline for visit in own["visit"]]]
        compared = set(own.dropna(subset=["score"])["arm"]) >= set(plan.contrast)
        told = scale.higher != "neither" and compared
        effects = list(_effects(records, name, fact)) if told else []
        if effects:
            shown = own.groupby("arm")["score"].agg(["mean", "std"])
            arms = [{"arm": arm, "mean": float(row["mean"]), "sd": float(row["std"]), **fact}
                    for arm, row in shown.iterrows()]  # fmt: skip
            found.append({"outcome": scale.domain, "instrument": name, "higher": scale.higher,
                          "visit": "all visits", "repeated": True, "arms": arms,
                          "effects": effects})  # fmt: skip
    return found


def _effects(
    records: UnblindedRecords, outcome: str, fact: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    active, control = records.protocol.contrast
    better = records.protocol.instrument(outcome).higher == "better"
    try:
        rows = [total_effect(records, outcome)["total-effect"]]
    except NotIdentifiedError:
        return
    adjusted = guess_adjusted.answer(Comparison(records, outcome))  # refuses where nobody guessed
    rows += adjusted.select(name="guess-adjusted-effect").rows
    for row in rows:
        yield {
            "measure": "MD", "contrast": [active, control], "estimate": row.estimate,
            "se": row.se, "p": row.p, "positive_favours": active if better else control,
            "adjusted_for_guess": row.name == "guess-adjusted-effect", "model": row.method, **fact,
        }  # fmt: skip


def _outcomes(records: UnblindedRecords, fact: dict[str, Any]) -> list[dict[str, Any]]:
    plan, scores = records.protocol, records.total_scores
    found = []
    kinds = scores[["instrument", "visit"]].drop_duplicates().itertuples(index=False)
    for name, visit in ((str(kind.instrument), str(kind.visit)) for kind in kinds):
        own = scores[(scores["instrument"] == name) & (scores["visit"] == visit)]
        scale = plan.instrument(name)
        if plan.visit(visit).baseline or scale.higher == "neither":
            continue
        arms = []
        for arm in plan.arms:
            values = own[own["arm"] == arm.name]["score"].dropna()
            if len(values) > 1 and values.std() > 0:
                arms.append({"arm": arm.name, "n": len(values), "mean": float(values.mean()),
                             "sd": float(values.std()), **fact})  # fmt: skip
        if len(arms) > 1:
            found.append({"outcome": scale.domain, "instrument": name,
                          "higher": scale.higher, "visit": visit,
                          **given(days=plan.day_of(visit)), "arms": arms})  # fmt: skip
    return found
