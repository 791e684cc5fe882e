"""The analysis of n-of-1 trials: what each participant gained, and what people in general do.

One participant: cycles of active and control, compared within the cycle. Several: effects differ
between people by chance (few cycles) and truly (response is personal); only repeated cycles in
the same person tell one from the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.analysis.n_of_1.cycles import cycles_table
from equipoise.analysis.n_of_1.one_person import Residual, own_rows
from equipoise.analysis.n_of_1.population import Model, Variance, population_rows
from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame


def n_of_1(
    frame: IntoDataFrame,
    *,
    outcome: str,
    cycle: str,
    treatment: str,
    control: str,
    participant: str | None = None,
    time: str | None = None,
    washout: float = 0,
    residual: Residual = "independent",
    trend: bool = False,
    model: Model = "two-stage",
    variance: Variance | None = None,
    level: float = 0.95,
) -> Estimates:
    """Analyse one n-of-1 trial, or a series of them.

    Parameters
    ----------
    frame
        Any data frame, one row a measurement; several of one cycle and treatment are averaged.
    outcome, cycle, treatment
        Its columns.
    control
        The treatment that the other is compared with.
    participant
        Column of whose row it is; None for one person's table.
    time
        Column of when it was measured, a number: days, for example.
    washout
        Leave out what was measured less than this after the start of a treatment period.
    residual
        "independent" compares cycles; "ar1" takes every measurement, neighbours being alike.
    trend
        Take out a linear trend over time.
    model
        "two-stage": effects first, then random effects with Hartung and Knapp's interval.
        "one-stage": a mixed model of all cycle differences.
    variance
        "common": all participants vary alike from cycle to cycle. "own": each has a variance of
        their own, which takes many cycles. By default common, own with `trend` or AR(1).
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        ``individual-effect`` (also shrunken), ``randomisation-test``, ``smallest-p``; of several
        people also ``mean-effect``, ``effect-sd-between-people``, ``prediction-interval`` and
        ``interaction-test``; where asked ``time-trend``, ``serial-correlation``.

    References
    ----------
    Zucker et al. (1997), J Clin Epidemiol 50:401-410. Senn (2016), Stat Med 35:966-977.
    Reporting: Vohra et al. (2015), BMJ 350:h1738 (CENT).
    """
    regressed = trend or residual == "ar1"
    variance = variance or ("own" if regressed else "common")
    _check(residual, model, variance, regressed=regressed)
    cycles = cycles_table(
        frame,
        outcome=outcome,
        cycle=cycle,
        treatment=treatment,
        control=control,
        participant=participant,
        time=time,
        washout=washout,
    )
    found, effects = own_rows(cycles, residual=residual, trend=trend, level=level)
    if len(cycles.people) > 1:
        found += population_rows(cycles, effects, model=model, variance=variance, level=level)
    rows = (row for row in found if isinstance(row, Estimate))
    told = (replace(row, outcome=outcome, warnings=cycles.warnings + row.warnings) for row in rows)
    refused = (replace(row, outcome=outcome) for row in found if isinstance(row, Refusal))
    return Estimates(tuple(told), tuple(refused))


def individual_effects(found: Estimates) -> pd.DataFrame:
    """Return each participant's own and shrunken effect with limits, for `plots.caterpillar`.

    Columns label, estimate, low, high, shrunken, shrunken_low, shrunken_high; NaN where refused.
    """
    import pandas as pd  # noqa: PLC0415

    rows = {row.label: row for row in found.select(name="individual-effect")}
    names = dict.fromkeys(str(row.label) for row in found.select(name="randomisation-test"))
    names |= dict.fromkeys(str(label).removesuffix(", shrunken") for label in rows)
    columns = ("estimate", "low", "high")
    table = []
    for name in names:
        own, drawn_in = rows.get(name), rows.get(f"{name}, shrunken")
        line = {"label": name} | {c: getattr(own, c, None) for c in columns}
        shrunken = ("shrunken", "shrunken_low", "shrunken_high")
        line |= {s: getattr(drawn_in, c, None) for s, c in zip(shrunken, columns, strict=True)}
        table.append(line)
    numbers = [c for c in table[0] if c != "label"]
    return pd.DataFrame(table).astype(dict.fromkeys(numbers, "float64"))


def _check(residual: str, model: str, variance: str, *, regressed: bool) -> None:
    for name, value, known in (
        ("residual", residual, ("independent", "ar1")),
        ("model", model, ("two-stage", "one-stage")),
        ("variance", variance, ("common", "own")),
    ):
        if value not in known:
            raise DataError(f"{name} is one of {', '.join(known)}. Got {value!r}.")
    if model == "one-stage" and (variance == "own" or regressed):
        raise DataError(
            "The one-stage model has one variance, no trend and independent cycles: take "
            "model='two-stage'."
        )
    if regressed and variance == "common":
        raise DataError("With a trend or AR(1) errors every participant has their own variance.")
