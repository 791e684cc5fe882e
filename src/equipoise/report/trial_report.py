"""From records to the page: assess every outcome, then write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise import __version__
from equipoise.belief import assess_each
from equipoise.errors import DataError
from equipoise.records import outcome_frame
from equipoise.report.findings import Findings, OutcomeFindings
from equipoise.report.page import render

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.estimates import Estimates
    from equipoise.protocol import Protocol
    from equipoise.records import UnblindedRecords

Interval = Literal["default", "wald"]
Progress = Callable[[int, int, str], None]
"""Called with how many outcomes are done, how many there are, and the one that comes now."""


def trial_report(
    records: UnblindedRecords,
    *,
    seed: int,
    draws: int,
    generated: str,
    interval: Interval = "default",
    simulated_truth: Mapping[str, Mapping[str, float]] | None = None,
    progress: Progress | None = None,
) -> str:
    """Assess every outcome of a trial and write one self-contained HTML page.

    Parameters
    ----------
    seed, draws
        Of the resampling. Same records, seed and date: same bytes.
    interval
        "default" or "wald", for the blinding indices.
    generated
        The date to print; the clock is never read.
    simulated_truth
        For a simulated trial the true effects of each outcome, by what they are called, e.g.
        ``{"PHQ-9": {"drug effect": 0.0, "belief effect": -1.2}}``; an empty mapping still prints
        that the trial is simulated. None for a real trial.
    progress
        Told how far the work is.
    """
    frames = _measured(records)
    names = tuple(frames)

    def count(name: str) -> None:
        if progress:
            progress(names.index(name), len(names), name)

    answers = assess_each(records, names, interval=interval, draws=draws, seed=seed, progress=count)
    if progress:
        progress(len(names), len(names), "page")
    plan = records.protocol
    guess = plan.blinding.guess
    active, control = plan.contrast
    return render(
        Findings(
            title=plan.title,
            design=plan.design.kind,
            active=active,
            control=control,
            arms=(active, control, *(a for a in plan.arm_names if a not in plan.contrast)),
            prospective=plan.prospective,
            guess_timing=guess.timing if guess else None,
            dont_know=bool(guess and guess.dont_know),
            outcomes=tuple(_outcome(plan, n, frames[n], found) for n, found in answers.items()),
            main=main_outcome(plan, names),
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
        )
    )


def main_outcome(protocol: Protocol, measured: tuple[str, ...]) -> str:
    """Return the primary outcome; without one, the first that an analysis names."""
    primary = [n for n, m in protocol.instruments.items() if m.role == "primary"]
    analysed = [name for analysis in protocol.analyses for name in analysis.outcomes]
    return next(name for name in (*primary, *analysed, *measured) if name in measured)


def _measured(records: UnblindedRecords) -> dict[str, pd.DataFrame]:
    """Return the outcomes that have scores after baseline, in the protocol's order."""
    frames = {name: outcome_frame(records, name) for name in records.protocol.instruments}
    measured = {name: frame for name, frame in frames.items() if not frame.empty}
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
