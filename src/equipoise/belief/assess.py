"""Drug or belief? Everything that one outcome of one trial can say about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.belief.answers import ANSWERS, SHARED_ANSWERS
from equipoise.belief.comparison import Comparison
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimates, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from equipoise.belief.index_intervals import Interval
    from equipoise.estimates import Status
    from equipoise.records import UnblindedRecords

KNOW_THEIR_STATUS = (  # rows of `analysis.total_effect`
    "total-effect",
    "standardised-mean-difference",
    "adjusted-mean",
    "group-f-test",
    "contrast",
    "ls-mean",
    "people-scored",
    "imputed-contrast",
    "imputed-ls-mean",
    "imputed-count",
    "principal-stratum-bounds",
)
BEYOND_THE_PLAN = (  # answers of their own, which a plan named "belief" does not name
    "arm-by-guess-interaction",
    "controlled-direct-effect",
    "e-value",
    "expectancy-moderation",
    "guess-adjusted-effect",
    "guess-effect",
    "unmeasured-cause",
)


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
        Called with the outcome before it is assessed.

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
    comparison = Comparison(records, outcome, visit, interval, draws, seed, level)
    comparison.all_guesses.require_any()
    if progress:
        progress(outcome)
    return _told(comparison, _all(comparison, ANSWERS) + _all(comparison, SHARED_ANSWERS))


def assess_each(
    records: UnblindedRecords,
    outcomes: Sequence[str],
    *,
    visit: str | None = None,
    interval: Interval = "default",
    draws: int = 20_000,
    seed: int = 1,
    level: float = 0.95,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Estimates]:
    """Answer "drug or belief?" for several outcomes; what they share is computed once.

    Parameters as in `assess`; `progress` is called with each outcome's name. An outcome without
    guesses gets its total effect and the refusal of the rest.
    """
    shared: Estimates | None = None
    answers: dict[str, Estimates] = {}
    for outcome in outcomes:
        if progress:
            progress(outcome)
        comparison = Comparison(records, outcome, visit, interval, draws, seed, level)
        try:
            comparison.all_guesses.require_any()
        except NotIdentifiedError as error:
            refusal = Refusal("belief-standardised-effect", str(error))
            total = _all(comparison, ANSWERS[:1])
            answers[outcome] = _told(comparison, total + Estimates(refused=(refusal,)))
            continue
        if shared is None:
            shared = _all(comparison, SHARED_ANSWERS)
        answers[outcome] = _told(comparison, _all(comparison, ANSWERS) + shared)
    return answers


def _all(comparison: Comparison, answers: Iterable[Callable[[Comparison], Estimates]]) -> Estimates:
    return sum((answer(comparison) for answer in answers), start=Estimates())


def _status(c: Comparison, method: str, outcome: str) -> Status:
    """Return "planned" where the plan names this analysis of this outcome at these visits."""
    plan = c.records.protocol
    if outcome == c.outcome:
        seen = set(c.frame["visit"])
    else:
        measured = {v.name for v in plan.visits if not v.baseline and outcome in v.instruments}
        seen = {c.visit} if c.visit else measured
    named = any(
        a.method == method and outcome in a.outcomes and (not a.visits or seen <= set(a.visits))
        for a in plan.analyses
    )
    return plan.status_of(method, outcome) if named else "exploratory"


def _told(c: Comparison, found: Estimates) -> Estimates:
    """Fill what every row shares; rows that know better keep their own."""
    status: dict[tuple[str, str], Status] = {}
    seen = set(c.frame["visit"])
    visit = c.visit or (str(*seen) if len(seen) == 1 else None)
    rows = []
    for row in found.rows:
        outcome = row.outcome or c.outcome
        asked = ("negative-control" if row.name == "negative-control" else "belief", outcome)
        if asked not in status:
            status[asked] = _status(c, *asked)
        own = row.status if row.name in KNOW_THEIR_STATUS else status[asked]
        if row.name in BEYOND_THE_PLAN:
            own = "exploratory"
        rows.append(replace(row, outcome=outcome, visit=row.visit or visit, status=own))
    refused = tuple(replace(row, outcome=row.outcome or c.outcome) for row in found.refused)
    return Estimates(tuple(rows), refused, c.records.source)
