"""Every rule of GRADE on one outcome at once, with unblinding in the one domain a review chose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from numpy.typing import ArrayLike

from equipoise.errors import DataError
from equipoise.synthesis.judgement.grade.decision_zones import Interval
from equipoise.synthesis.judgement.grade.imprecision import imprecision
from equipoise.synthesis.judgement.grade.inconsistency import inconsistency
from equipoise.synthesis.judgement.grade.indirectness import indirectness, lost_blind
from equipoise.synthesis.judgement.grade.publication_bias import publication_bias
from equipoise.synthesis.judgement.grade.risk_of_bias import risk_of_bias
from equipoise.synthesis.judgement.grade.settings import GradeSettings
from equipoise.synthesis.judgement.grade.upgrades import dose_gradient, large_effect
from equipoise.synthesis.judgement.record import Judgement

UnblindingIn = Literal["risk-of-bias", "unblinding"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the rules read of one outcome. See each rule for its fields; None where not known.

    Parameters
    ----------
    levels, weights, matches : length k
        Risk of bias, weight and match to the question of each study.
    interval, thresholds
        Of the pooled effect, and of the decision.
    by_unblinding : length k
        Whether a study is at high risk through measurement by people who knew the arm alone.
    """

    levels: Sequence[str]
    weights: ArrayLike
    matches: Sequence[Mapping[str, str]]
    interval: Interval
    thresholds: Sequence[float] = (0.0,)
    by_unblinding: Sequence[bool] | None = None
    interval_without_high: Interval | None = None
    prediction: Interval | None = None
    i2: float | None = None
    tau: float | None = None
    design_p: float | None = None
    bang_active: float | None = None
    bang_control: float | None = None
    inert_control: bool | None = None
    perceptible_drug: bool | None = None
    participants: float | None = None
    optimal_size: float | None = None
    egger_p: float | None = None
    selection_shift: float | None = None
    registered: int | None = None
    unpublished: int | None = None
    risk_ratio: float | None = None
    dose_slope: Interval | None = None


def suggest(
    about: str,
    evidence: Evidence,
    *,
    unblinding_in: UnblindingIn = "risk-of-bias",
    settings: GradeSettings | None = None,
) -> tuple[Judgement, ...]:
    """Return what the rules suggest, ready for a ledger.

    Parameters
    ----------
    unblinding_in
        Where unblinding counts when both could: under risk of bias (RoB 2, domain 4), or as the
        record `unblinding` of indirectness. The other one then says that it was counted there.
    """
    if unblinding_in not in ("risk-of-bias", "unblinding"):
        raise DataError(f"Unblinding counts in risk-of-bias or unblinding, not {unblinding_in!r}.")
    e = evidence
    bias, blind = _about_belief(about, e, unblinding_in, settings)
    found = [
        bias,
        inconsistency(
            about,
            e.interval,
            thresholds=e.thresholds,
            prediction=e.prediction,
            i2=e.i2,
            tau=e.tau,
            design_p=e.design_p,
            settings=settings,
        ),
        indirectness(about, e.matches, e.weights, settings=settings),
        blind,
        imprecision(
            about,
            e.interval,
            thresholds=e.thresholds,
            participants=e.participants,
            optimal_size=e.optimal_size,
            settings=settings,
        ),
        publication_bias(
            about,
            len(e.levels),
            egger_p=e.egger_p,
            selection_shift=e.selection_shift,
            registered=e.registered,
            unpublished=e.unpublished,
            settings=settings,
        ),
    ]
    if e.risk_ratio is not None:
        found.append(large_effect(about, e.risk_ratio, settings=settings))
    if e.dose_slope is not None:
        found.append(dose_gradient(about, e.dose_slope, settings=settings))
    return tuple(found)


def inputs_now(judgements: Iterable[Judgement]) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return what `Ledger.stale` compares: (rule, about) to the inputs of fresh suggestions."""
    return {(one.rule, one.about): one.inputs for one in judgements}


def _about_belief(
    about: str, e: Evidence, unblinding_in: UnblindingIn, settings: GradeSettings | None
) -> tuple[Judgement, Judgement]:
    """Return risk of bias and the lost blind, of which one at most counts unblinding."""

    def bias(levels: Sequence[str], marks: Sequence[bool] | None) -> Judgement:
        return risk_of_bias(
            about,
            levels,
            e.weights,
            thresholds=e.thresholds,
            interval=e.interval,
            interval_without_high=e.interval_without_high,
            by_unblinding=marks,
            settings=settings,
        )

    blind = lost_blind(
        about,
        bang_active=e.bang_active,
        bang_control=e.bang_control,
        inert_control=e.inert_control,
        perceptible_drug=e.perceptible_drug,
        settings=settings,
    )
    found = bias(e.levels, e.by_unblinding)
    if not (found.counts_unblinding and blind.counts_unblinding):
        return found, blind
    if unblinding_in == "risk-of-bias":
        said = f"{blind.reason}; counted under risk of bias"
        return found, replace(blind, suggestion=0, decision=0, counts_unblinding=False, reason=said)
    marks = e.by_unblinding or [False] * len(e.levels)
    others = ["" if mark else level for level, mark in zip(e.levels, marks, strict=True)]
    rest = bias(others, None)
    return replace(rest, reason=f"{rest.reason}; unblinding is counted under indirectness"), blind
