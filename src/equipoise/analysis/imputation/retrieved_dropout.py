"""Retrieved dropout: impute scores after an event from people who had it and went on being seen.

The imputation model has a shift after the event in each arm, learnt from the scores seen after it;
missing scores are then missing at random given whether the event has happened (Guizzaro, Petavy,
Ristl & Gallo 2021, Stat Biopharm Res 13:119-127; Bell et al. 2025, Pharm Stat 24:e2472).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from equipoise.analysis.imputation.ancova import default_formula
from equipoise.analysis.imputation.events import first_events
from equipoise.analysis.imputation.reference_based import Imputed, impute_and_analyse
from equipoise.analysis.imputation.trial_grid import TrialGrid, trial_grid
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray

Shift = Literal["constant", "by-visit", "time-since"]
SHIFTS: dict[str, str] = {
    "constant": "one shift after the event in each arm",
    "by-visit": "a shift after the event in each arm at each visit",
    "time-since": "in each arm a change by as much at each visit from the event on",
}
FEW = 10
"""People seen after the event in an arm below which its shift is little more than their own scores:
our own bound, for a warning only."""


def retrieved_dropout(
    data: IntoDataFrame,
    formula: str,
    *,
    subject: str,
    visit: str,
    arm: str,
    control: str,
    events: IntoDataFrame,
    shift: Shift = "constant",
    ancova: str | None = None,
    **options: Any,
) -> Imputed:
    """Impute by what was seen of people after the same event, and compare arms.

    Parameters
    ----------
    data, formula, subject, visit, arm, control, ancova
        As for `impute_and_analyse`; the formula without the event.
    events
        A table with a row for each person with the event: subject, first visit after it. A person
        may be seen after it (retrieved) or not.
    shift
        "constant": one shift an arm; "by-visit": one an arm and visit; "time-since": as much an arm
        at each further visit.
    **options
        Method, resampling, draws, covariance, delta, level, rng as of `impute_and_analyse`.

    Returns
    -------
    Imputed
        Its rows are labelled ``retrieved dropout, <shift>``.

    Raises
    ------
    NotIdentifiedError
        When scores after the event must be imputed where fewer than two people were seen after it.
    """
    if shift not in get_args(Shift):
        raise DataError(f"A shift is one of {', '.join(SHIFTS)}. Got {shift!r}.")
    if options.get("analysis", "ancova") != "ancova":
        raise DataError("Retrieved dropout is analysed by ANCOVA: the MMRM would hold the event.")
    grid = trial_grid(
        data, formula, subject=subject, visit=visit, arm=arm, control=control,
        others=_others(ancova, data),
    )  # fmt: skip
    first, _ = first_events(grid, events)
    if (first == grid.scores.shape[1]).all():
        raise DataError("The table of events is empty: nothing happens after which to impute.")
    columns = _columns(grid, first, shift)
    frame = grid.frame.assign(**{name: values.reshape(-1) for name, values in columns.items()})
    found = impute_and_analyse(
        frame,
        " + ".join((formula, *columns)),
        subject=subject,
        visit=visit,
        arm=arm,
        reference=control,
        strategy="MAR",
        events=_only(events, subject, visit),
        ancova=ancova or default_formula(grid),
        **options,
    )
    assumption = (
        "Retrieved dropout: scores missing after the event are like those seen after it in people "
        f"of the same arm with the same history; the event brings {SHIFTS[shift]}"
    )
    warnings = _few(grid, first)
    rows = tuple(
        replace(
            row,
            label=f"retrieved dropout, {shift}" + (row.label or "").removeprefix("MAR"),
            assumptions=(assumption, *row.assumptions[1:]),
            warnings=(*row.warnings, *warnings),
        )
        if row.name != "imputed-count"
        else row
        for row in found.rows
    )
    return replace(found, rows=rows)


def _columns(
    grid: TrialGrid, first: NDArray[np.intp], shift: Shift
) -> dict[str, NDArray[np.float64]]:
    """Return the covariates, each (n, m), that speak of the event; refuse what nobody tells."""
    m = grid.scores.shape[1]
    simpler = "shift 'constant'" if shift == "by-visit" else "a reference-based strategy"
    since = np.maximum(np.arange(m) - first[:, None] + 1, 0)
    value = since if shift == "time-since" else (since > 0).astype(np.float64)
    found: dict[str, NDArray[np.float64]] = {}
    for number, name in enumerate(grid.arms):
        own = (grid.arm == number)[:, None] & (since > 0)
        cells = [(f" at {v}", np.arange(m) == k) for k, v in enumerate(grid.visits)]
        for where, here in cells if shift == "by-visit" else [("", np.ones(m, dtype=bool))]:
            cell = own & here
            if not cell.any():
                continue
            seen = int((cell & grid.seen).any(axis=1).sum())
            lost = int((cell & ~grid.seen).any(axis=1).sum())
            if seen < 2 and lost:
                raise NotIdentifiedError(
                    f"In arm {name!r}{where} the scores of {lost} people after the event are to be "
                    f"imputed from {seen} who were seen after it: too few retrieved. Use "
                    f"{simpler}, and say so."
                )
            if seen:
                label = re.sub(r"\W", "_", f"after_event_{name}{where}")
                found[label] = np.where(cell, value, 0.0)
    return found


def _few(grid: TrialGrid, first: NDArray[np.intp]) -> tuple[str, ...]:
    """Warn of arms in which few, or less than half, were seen after the event."""
    m = grid.scores.shape[1]
    after = np.arange(m) >= first[:, None]
    found = []
    for number, name in enumerate(grid.arms):
        had = (grid.arm == number) & (first < m)
        seen = int((had & (after & grid.seen).any(axis=1)).sum())
        total = int(had.sum())
        if total and (seen < FEW or 2 * seen < total):
            found.append(
                f"{seen} of {total} people of arm {name} were seen after the event: the imputation "
                "of the others rests on them, and standard errors are large below a half (Bell et "
                "al. 2025, Pharm Stat 24:e2472)"
            )
    return tuple(found)


def _others(ancova: str | None, data: IntoDataFrame) -> list[str]:
    import narwhals as nw  # noqa: PLC0415

    from equipoise.analysis.mmrm.formulas import parsed  # noqa: PLC0415

    if ancova is None:
        return []
    return parsed(ancova, nw.from_native(data, eager_only=True).to_pandas())[2]


def _only(events: IntoDataFrame, subject: str, visit: str) -> Any:
    """Take off strategies: all are MAR given the event."""
    import narwhals as nw  # noqa: PLC0415

    return nw.from_native(events, eager_only=True).to_pandas()[[subject, visit]]
