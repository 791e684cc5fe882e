"""Drug or belief? Everything that one outcome of one trial can say about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.belief.answers import ANSWERS
from equipoise.belief.comparison import Comparison
from equipoise.errors import DataError
from equipoise.estimates import Estimates

if TYPE_CHECKING:
    from collections.abc import Callable

    from equipoise.belief.index_intervals import Interval
    from equipoise.estimates import Status
    from equipoise.records import UnblindedRecords


def assess(
    records: UnblindedRecords,
    outcome: str,
    *,
    visit: str | None = None,
    interval: Interval = "default",
    draws: int = 20_000,
    seed: int = 1,
    level: float = 0.95,
    progress: Callable[[str], None] | None = None,
) -> Estimates:
    """Answer "drug or belief?" for one outcome.

    Parameters
    ----------
    records
        A trial whose arms are known.
    outcome
        The protocol's short name of an instrument, e.g. ``PHQ-9``.
    visit
        One visit, or None for all that measure the outcome after baseline.
    interval
        Of the blinding indices: "default" stays inside their range, "wald" is +- z se.
    draws, seed
        Bootstrap resamples of people and the seed of every random stream. Same seed, same bytes.
    level
        Coverage of the intervals.
    progress
        Called with the name of each answer before it is computed.

    Returns
    -------
    Estimates
        Headline first: ``total-effect``. What cannot be answered is in ``refused``, with the
        reason.

    Raises
    ------
    NotIdentifiedError
        When no guesses are recorded at all.
    """
    if not 0 < level < 1 or draws < 100:
        raise DataError(f"Need 0 < level < 1 and draws >= 100; got {level} and {draws}.")
    comparison = Comparison(records, outcome, visit, interval, draws, seed, level)
    comparison.all_guesses.require_any()
    found = Estimates(source=records.source)
    for answer in ANSWERS:
        if progress:
            progress(answer.__module__.rpartition(".")[2])
        found += answer(comparison)
    status = records.protocol.status_of("belief", outcome)
    return _told(found, outcome, visit, status).with_source(records.source)


def _told(found: Estimates, outcome: str, visit: str | None, status: Status) -> Estimates:
    """Fill what every row shares; rows that know better keep their own."""
    rows = tuple(
        replace(
            row,
            outcome=row.outcome or outcome,
            visit=row.visit or visit,
            status=row.status if row.name == "total-effect" else status,
        )
        for row in found.rows
    )
    refused = tuple(replace(row, outcome=row.outcome or outcome) for row in found.refused)
    return Estimates(rows, refused)
