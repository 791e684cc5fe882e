"""From records and their answers to findings: everything that sentences and pages speak of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from equipoise import __version__
from equipoise.analysis import headline_rows, planned_events
from equipoise.analysis.harms import harms
from equipoise.analysis.participant_flow import participant_flow
from equipoise.analysis.planned_time_to_response import response_curves
from equipoise.analysis.planned_tipping_map import tipping_of_missing
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.report.findings import Findings, OutcomeFindings

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.protocol import Protocol
    from equipoise.records import AllocationAccount, UnblindedRecords


def gathered(
    records: UnblindedRecords,
    answers: Mapping[str, Estimates],
    *,
    seed: int,
    draws: int,
    visit: str | None = None,
    interval: str = "default",
    generated: str = "",
    simulated_truth: Mapping[str, Mapping[str, float]] | None = None,
    allocation: AllocationAccount | None = None,
) -> Findings:
    """Gather what is to be written of a trial.

    Parameters
    ----------
    answers
        What `assess` found, by outcome.
    seed, draws, visit, interval
        As `assess` was given them.
    generated
        The date to print.
    simulated_truth, allocation
        See `trial_report`.
    """
    plan = records.protocol
    guess = plan.blinding.guess
    active, control = plan.contrast
    main = main_outcome(plan, tuple(answers))
    missing = tipping_of_missing(records, main, visit)
    outcomes = tuple(
        _outcome(
            plan,
            name,
            headline_rows(records, name, visit)[0],
            (found + missing if name == main else found) + planned_events(records, name),
        )
        for name, found in answers.items()
    )
    return Findings(
        title=plan.title,
        design=plan.design.kind,
        active=active,
        control=control,
        arms=(active, control, *(a for a in plan.arm_names if a not in plan.contrast)),
        prospective=plan.prospective,
        guess_timing=guess.timing if guess else None,
        dont_know=bool(guess and guess.dont_know),
        outcomes=outcomes,
        main=main,
        source=records.source,
        records_sha256=records.sha256,
        protocol_sha256=plan.sha256,
        version=__version__,
        seed=seed,
        draws=draws,
        interval=interval,
        generated=generated,
        warnings=records.warnings,
        simulated_truth=simulated_truth,
        harms=_harms(records),
        harms_collected=plan.care.harms,
        flow=participant_flow(records, main, headline_rows(records, main, visit)[0]),
        days={name: day for name in plan.visit_names if (day := plan.day_of(name)) is not None},
        curves=response_curves(records, main),
        allocation=_own(allocation, plan),
    )


def _own(account: AllocationAccount | None, plan: Protocol) -> AllocationAccount | None:
    """Refuse the account of another trial."""
    if account is not None and account.trial != plan.identifier:
        raise DataError(
            f"The account of the allocation is of {account.trial}; these records are of "
            f"{plan.identifier}. Give that trial's own."
        )
    return account


def main_outcome(protocol: Protocol, measured: tuple[str, ...]) -> str:
    """Return the primary outcome; without one, the first that an analysis names."""
    primary = [n for n, m in protocol.instruments.items() if m.role == "primary"]
    analysed = [name for analysis in protocol.analyses for name in analysis.outcomes]
    return next(name for name in (*primary, *analysed, *measured) if name in measured)


def _harms(records: UnblindedRecords) -> Estimates:
    """Describe the adverse events; where they cannot be compared, the reason is a refusal."""
    try:
        return harms(records)
    except (DataError, NotIdentifiedError) as reason:
        refusal = Refusal("incidence", str(reason), label="harms")
        return Estimates(refused=(refusal,), source=records.source)


def measured_outcomes(records: UnblindedRecords) -> tuple[str, ...]:
    """Return the outcomes that have scores after baseline, in the protocol's order."""
    before = {visit.name for visit in records.protocol.visits if visit.baseline}
    scores = records.scores
    totals = scores[scores["item"].isna() & ~scores["visit"].isin(before)]
    seen = set(totals["instrument"])
    measured = tuple(name for name in records.protocol.instruments if name in seen)
    if not measured:
        raise DataError(
            "A report needs scores of at least one instrument at a visit after baseline; these "
            "records have none."
        )
    return measured


def _outcome(plan: Protocol, name: str, frame: pd.DataFrame, found: Estimates) -> OutcomeFindings:
    measure, scale = plan.instruments[name], plan.instrument(name)
    return OutcomeFindings(
        name=name,
        title=scale.name,
        unit=scale.unit,
        higher=scale.higher,
        sd=_sd_within_arms(frame),
        people=int(frame["participant"].nunique()),
        observations=len(frame),
        estimates=found,
        guesses=_counts(frame) if plan.blinding.guess else {},
        negative_control=measure.negative_control,
        guess_proxy=measure.role == "guess proxy",
    )


def _sd_within_arms(frame: pd.DataFrame) -> float | None:
    """Return the pooled standard deviation of scores within the arms."""
    groups = frame.groupby("arm")["score"]
    n, variance = groups.count().to_numpy(), groups.var(ddof=1).to_numpy()
    free = n.sum() - len(n)
    if free < 1:
        return None
    pooled = float(np.nansum(variance * (n - 1)) / free)
    return pooled**0.5 if pooled > 0 else None


def _counts(frame: pd.DataFrame) -> dict[tuple[str, str], int]:
    answers = frame.assign(guess=frame["guess"].astype("object").fillna("missing"))
    counts: dict[tuple[str, str], int] = {}
    for pair in zip(answers["arm"].astype(str), answers["guess"].astype(str), strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    return counts
