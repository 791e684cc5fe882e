"""From records to the page: assess every outcome, then write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from equipoise.belief import assess_each
from equipoise.report.gathering import gathered, measured_outcomes

if TYPE_CHECKING:
    from equipoise.belief.index_intervals import Interval
    from equipoise.records import AllocationAccount, UnblindedRecords

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
    allocation: AllocationAccount | None = None,
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
    allocation
        How the allocation was generated and concealed, as `equipoise reveal` writes it.
    progress
        Told how far the work is.
    """
    from equipoise.report.page import render  # noqa: PLC0415  (matplotlib, for the figures)

    names = measured_outcomes(records)

    def count(name: str) -> None:
        if progress:
            progress(names.index(name), len(names), name)

    answers = assess_each(records, names, interval=interval, draws=draws, seed=seed, progress=count)
    if progress:
        progress(len(names), len(names), "page")
    return render(
        gathered(
            records,
            answers,
            seed=seed,
            draws=draws,
            interval=interval,
            generated=generated,
            simulated_truth=simulated_truth,
            allocation=allocation,
        )
    )
