"""Impute missing scores by a strategy, analyse the completed trial, pool: as one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.imputation.analyser import Analyser
from equipoise.analysis.imputation.ancova import default_formula
from equipoise.analysis.imputation.delta import Amount, DeltaOn, delta_grid
from equipoise.analysis.imputation.events import Events, StrategyChoice, label_of
from equipoise.analysis.imputation.impute import impute
from equipoise.analysis.imputation.method import Analysis, Kind, Method, Prior, Resampling
from equipoise.analysis.imputation.rows import (
    ANCHORED,
    assumptions_of,
    count_rows,
    noise_warnings,
    written,
)
from equipoise.analysis.imputation.setup import Setup, setup
from equipoise.analysis.imputation.trial_grid import trial_grid
from equipoise.analysis.imputation.worlds import LsWeights
from equipoise.analysis.mmrm.formulas import parsed
from equipoise.errors import DataError
from equipoise.estimates import Estimates

if TYPE_CHECKING:
    import pandas as pd
    from narwhals.typing import IntoDataFrame
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Imputed(Estimates):
    """The estimates, and the trial they were made from.

    Beside everything that `Estimates` has: `completed`, the trial with its missing scores imputed
    by their conditional mean.
    """

    setup: Setup = field(kw_only=True)
    choices: tuple[StrategyChoice, ...] = field(kw_only=True)

    def completed(self, strategy: StrategyChoice | None = None) -> pd.DataFrame:
        """Return the trial with conditional means at the REML estimate in place of missing scores.

        A column ``imputed`` says which; deltas are not in it.
        """
        events = self.setup.events(self.choices[0] if strategy is None else strategy)
        model, draws = self.setup.drawn(events)
        one = replace(draws, coefficients=model.fit.coefficients[None], sigma=model.fit.sigma[None])
        grid = self.setup.grid
        scores = impute(grid.scores, events, model, one)[0].reshape(-1)
        return grid.frame.assign(**{grid.outcome: scores, "imputed": ~grid.seen.reshape(-1)})


def impute_and_analyse(
    data: IntoDataFrame,
    formula: str,
    *,
    subject: str,
    visit: str,
    arm: str,
    reference: str | Mapping[str, str],
    control: str | None = None,
    strategy: StrategyChoice | Sequence[StrategyChoice] = "MAR",
    events: IntoDataFrame | None = None,
    method: Kind = "conditional-mean",
    resampling: Resampling = "jackknife",
    draws: int | None = None,
    covariance: str = "us",
    covariance_by_arm: bool = False,
    reml: bool = True,
    prior: Prior = "inverse-wishart",
    burn_in: int = 100,
    analysis: Analysis = "ancova",
    ancova: str | None = None,
    ls_weights: LsWeights = "proportional",
    delta: Mapping[str, Amount] | IntoDataFrame | None = None,
    lag: Sequence[float] | None = None,
    delta_on: DeltaOn = "imputed",
    level: float = 0.95,
    rng: np.random.Generator | None = None,
) -> Imputed:
    """Compare arms when scores are missing after an intercurrent event such as stopping treatment.

    Parameters
    ----------
    data
        Any data frame, one row a person and visit; a missing row is a missing score.
    formula
        The imputation model, an MMRM: ``"CHANGE ~ BASVAL * VISIT + THERAPY * VISIT"``.
    subject, visit, arm
        Columns; the visit is a factor.
    reference
        The reference arm of all arms, or of each: ``{"DRUG": "PLACEBO"}``.
    control
        The arm that others are compared with; by default the reference.
    strategy
        MAR, JR, CR, CIR or LMCF; or one for each arm, ``{"DRUG": "JR"}``, others then MAR; or a
        list of such choices, which share all that can be shared.
    events
        A table with a row for each person with an event: subject, first visit after it and, if
        wanted, ``strategy``. By default an event is where the run of missing scores that lasts to
        the end begins. Gaps before are imputed as MAR.
    method
        "conditional-mean" with standard errors by `resampling` ("jackknife" or "bootstrap");
        "bayes" or "approximate-bayes", with Rubin's rules.
    draws
        Bootstrap resamples (1000) or imputations (100).
    covariance, covariance_by_arm, reml
        Of the imputation model.
    prior, burn_in
        Of "bayes": "inverse-wishart" or "jeffreys"; steps of each chain.
    analysis, ancova
        "ancova": at each visit, ``"CHANGE ~ THERAPY + BASVAL"``, by default the arm and all
        covariates that do not change over visits. "mmrm": the imputation model once more.
    ls_weights
        Of other factors in least-squares means: "proportional" or "equal".
    delta, lag, delta_on
        Added to imputed scores: see `delta_grid`.
    level
        Coverage of the intervals.
    rng
        Needed wherever chance is used.

    Returns
    -------
    Imputed
        ``imputed-contrast`` (arm less control) and ``imputed-ls-mean`` by visit, labelled by the
        strategy, and ``imputed-count``.

    Raises
    ------
    DataError, NotIdentifiedError
        With what was asked, what came and what to do.

    References
    ----------
    Carpenter, Roger & Kenward (2013), J Biopharm Stat 23:1352-1371. Wolbers et al. (2022), Pharm
    Stat 21:1246-1257. von Hippel & Bartlett (2021), Stat Sci 36:400-420.
    """
    how = Method(
        method, resampling, draws, covariance, covariance_by_arm, reml, analysis, prior, burn_in
    )
    made = prepared(
        data, formula, subject=subject, visit=visit, arm=arm, reference=reference,
        control=control, events=events, method=how, ancova=ancova, rng=rng,
    )  # fmt: skip
    analyser = Analyser(made, ancova or default_formula(made.grid), ls_weights)
    choices = choices_of(strategy)
    added: NDArray[np.float64] | float = 0.0
    if delta is None and lag is not None:
        raise DataError("`lag` says how a delta grows: give the `delta` too.")
    if delta is not None:
        added = delta_grid(made.grid, made.first, delta, lag=lag, on=delta_on)
    said = _said(delta, lag)
    rows = Estimates()
    for choice in choices:
        rows += _analysed(analyser, choice, added, said, level)
    counts = Estimates(tuple(count_rows(made.grid)))
    every = (rows + counts).rows
    return Imputed(every, setup=made, choices=choices)


def prepared(
    data: IntoDataFrame,
    formula: str,
    *,
    subject: str,
    visit: str,
    arm: str,
    reference: str | Mapping[str, str],
    control: str | None,
    events: IntoDataFrame | None,
    method: Method,
    ancova: str | None,
    rng: np.random.Generator | None,
) -> Setup:
    """Lay out the trial and prepare it."""
    import narwhals as nw  # noqa: PLC0415

    first = control if control is not None else _first_reference(reference)
    others: list[str] = []
    if ancova is not None:
        table = nw.from_native(data, eager_only=True).to_pandas()
        others = parsed(ancova, table)[2]
        data = table
    grid = trial_grid(
        data, formula, subject=subject, visit=visit, arm=arm, control=first, others=others
    )
    return setup(grid, reference=reference, method=method, events=events, rng=rng)


def choices_of(strategy: StrategyChoice | Sequence[StrategyChoice]) -> tuple[StrategyChoice, ...]:
    """Return the choices one by one."""
    if isinstance(strategy, str | Mapping):
        return (strategy,)
    found = tuple(strategy)
    if not found:
        raise DataError("Name at least one strategy: MAR, JR, CR, CIR or LMCF.")
    return found


def warnings_of(made: Setup, events: Events) -> tuple[str, ...]:
    """Say what was left out, what failed, and who was never seen."""
    grid, found = made.grid, list(made.grid.warnings)
    _, draws = made.drawn(events)
    if never := int((~grid.seen.any(axis=1)).sum()):
        found.append(
            f"{never} of {len(grid.people)} people have no score at all: theirs are imputed from "
            "covariates alone"
        )
    if draws.lost:
        found.append(
            f"{draws.lost} of {made.method.count} bootstrap refits had no maximum and are left out"
        )
    if made.method.random_imputation and (events.strategy != "MAR").any():
        found.append(ANCHORED)
    return tuple(found)


def _analysed(
    analyser: Analyser,
    choice: StrategyChoice,
    added: NDArray[np.float64] | float,
    said: str,
    level: float,
) -> Estimates:
    made = analyser.setup
    events = made.events(choice)
    pooled = analyser.pooled(events, added)
    label = label_for(made, choice) + said
    rows = written(made.grid, pooled, label=label, level=level, unit=made.grid.outcome)
    said_here = said_of(analyser, events)
    said_here["warnings"] += noise_warnings(pooled)
    return Estimates(tuple(rows)).with_fields(**said_here)


def label_for(made: Setup, choice: StrategyChoice) -> str:
    """Name a choice; persons whose event has a strategy of its own are not forgotten."""
    event = made.first < len(made.grid.visits)
    own = made.own_strategy[event] != ""
    if not own.any():
        return label_of(choice)
    return "by person" if own.all() else f"{label_of(choice)}, some by person"


def said_of(analyser: Analyser, events: Events) -> dict[str, Any]:
    """Return method, assumptions and warnings of rows."""
    made = analyser.setup
    everything = bool((events.used(made.grid.seen) == made.grid.seen).all())
    return {
        "method": analyser.in_words,
        "assumptions": assumptions_of(events, everything),
        "warnings": warnings_of(made, events),
    }


def _first_reference(reference: str | Mapping[str, str]) -> str | None:
    if not isinstance(reference, Mapping):
        return str(reference)
    named = dict.fromkeys(map(str, reference.values()))
    return next(iter(named)) if len(named) == 1 else None


def _said(delta: object, lag: Sequence[float] | None) -> str:
    """Put the delta into the label."""
    if delta is None:
        return ""
    if not isinstance(delta, Mapping):
        return ", delta by person"
    amounts = ", ".join(f"{arm} {_short(amount)}" for arm, amount in delta.items())
    return f", delta {amounts}" + (f" with lag {_short(lag)}" if lag is not None else "")


def _short(amount: Amount) -> str:
    values = np.atleast_1d(np.asarray(amount, dtype=np.float64))
    return "/".join(f"{value:g}" for value in values)
