"""A table of study rows: all that its columns allow, and refusals of the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.synthesis.blinding.arm_changes import logit_response, standardised_change
from equipoise.synthesis.blinding.bias_adjusted import Bias, bias_synthesis
from equipoise.synthesis.blinding.cells import marks, numbers, words
from equipoise.synthesis.blinding.chance_guessing import chance_guessing
from equipoise.synthesis.blinding.control_arm_share import Arms, control_arm_share
from equipoise.synthesis.blinding.design_classes import class_estimates
from equipoise.synthesis.blinding.gibbs import Priors
from equipoise.synthesis.blinding.indexed_trials import IndexedTrials, indexed
from equipoise.synthesis.blinding.indices import TrialIndex, index_of_counts
from equipoise.synthesis.blinding.randomised_and_observational import (
    randomised_and_observational,
)
from equipoise.synthesis.study_table import (
    Columns,
    OutcomeTable,
    study_tables,
    verified_rows,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

NOT_GIVEN = {
    "effect-at-chance-guessing": "No blinding index: name the guess counts (--guesses) or the "
    "index with its standard error (--index, --index-se).",
    "design-class-contrast": "No design class of the trials: name its column (--design).",
    "design-discrepancy": "No column says which studies are randomised (--randomised).",
    "control-arm-share": "No columns of what the arms did: name them (--arms or --responders).",
}


@dataclass(frozen=True, slots=True)
class TrialColumns:
    """Which column of the table holds what; None where there is none.

    Parameters
    ----------
    study, effect, se
    guesses : length 6
        Right, wrong, unsure of the active arm, then of the control arm.
    index, index_se
        Instead of the counts: a blinding index of the trial.
    design, comparator, randomised
        Design class; kind of control; 1 where randomised.
    arms : length 8
        Mean before, its SD, mean after, people: of the active arm, then of the control arm.
    responders : length 4
        Responders and people of the active arm, then of the control arm.
    """

    study: str
    effect: str | None = None
    se: str | None = None
    guesses: tuple[str, ...] | None = None
    index: str | None = None
    index_se: str | None = None
    design: str | None = None
    comparator: str | None = None
    randomised: str | None = None
    arms: tuple[str, ...] | None = None
    responders: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """How to ask: see `chance_guessing`, `bias_synthesis`, `randomised_and_observational`.

    `r` is the correlation between before and after that arms are standardised with;
    `include_unverified` takes in rows that nobody verified.
    """

    scale: str | None = None
    reference: str | None = None
    correlation: float = 0.0
    smallest_important: float | None = None
    bias_sd: float = 0.0
    elicited: Mapping[str, Bias] = field(default_factory=dict)
    margin: float | None = None
    r: float = 0.5
    priors: Priors = field(default_factory=Priors)
    draws: int = 4000
    seed: int = 1
    level: float = 0.95
    include_unverified: bool = False


def blinding_synthesis(
    frame: pd.DataFrame, columns: TrialColumns, settings: Settings | None = None
) -> Estimates:
    """Answer all that the columns allow: how much of the effect survives honest blinding?

    Parameters
    ----------
    frame
        One row a study.
    columns, settings

    Returns
    -------
    Estimates
        What `class_estimates`, `chance_guessing`, `bias_synthesis`,
        `randomised_and_observational` and `control_arm_share` found, side by side.
    """
    how = settings or Settings()
    found = Estimates()
    if columns.effect is not None and columns.se is not None:
        found += _of_effects(frame, columns, how)
    elif columns.arms is None and columns.responders is None:
        raise DataError("Name the columns of effects and standard errors, or those of the arms.")
    return found + _of_arms(frame, columns, how)


def effects_of(frame: pd.DataFrame, columns: TrialColumns, settings: Settings) -> OutcomeTable:
    """Return the effects of the rows that have them, checked as `equipoise pool` does."""
    if columns.effect is None or columns.se is None:
        raise DataError("Name the columns of effects and of their standard errors.")
    wanted = Columns(effect=columns.effect, se=columns.se, study=columns.study)
    return study_tables(
        frame, wanted, scale=settings.scale, include_unverified=settings.include_unverified
    )[0]


def index_of(frame: pd.DataFrame, columns: TrialColumns) -> TrialIndex | None:
    """Return the blinding index of each row, NaN where a trial did not ask; None if none can."""
    if columns.guesses is not None:
        if len(columns.guesses) != 6:
            raise DataError(
                "Guess counts are six columns: right, wrong, unsure of the active arm, then of the "
                f"control arm. Got {len(columns.guesses)}."
            )
        table = np.column_stack([numbers(frame, name) for name in columns.guesses])
        for study, row in zip(frame[columns.study], table, strict=True):
            _one_trial(str(study).strip(), row)
        return index_of_counts(table.reshape(-1, 2, 3))
    if columns.index is None:
        return None
    if columns.index_se is None:
        raise DataError("A blinding index needs its standard error too: name that column.")
    return TrialIndex(numbers(frame, columns.index), numbers(frame, columns.index_se) ** 2)


def _one_trial(study: str, row: NDArray[np.float64]) -> None:
    """Check one trial's six counts, by its name."""
    there = np.isfinite(row)
    if there.any() and not there.all():
        raise DataError(
            f"{study} has only some of its guess counts: give all six, 0 where nobody was unsure, "
            "or none."
        )
    if (row < 0).any() or (there.all() and not row.reshape(2, 3).sum(1).all()):
        shown = ", ".join(f"{x:g}" for x in row)
        raise DataError(
            f"{study} has the guess counts {shown}: right, wrong and unsure of each arm are 0 or "
            "more, and not all 0. Leave all six empty where nobody was asked."
        )


def indexed_of(frame: pd.DataFrame, columns: TrialColumns, settings: Settings) -> IndexedTrials:
    """Return the trials of a table that `regression_frame` draws."""
    table = effects_of(frame, columns, settings)
    index = index_of(table.frame, columns)
    if index is None:
        raise NotIdentifiedError(NOT_GIVEN["effect-at-chance-guessing"])
    design = words(table.frame, columns.design)
    return indexed(
        table.effects, index, design, reference=settings.reference if design else None,
        correlation=settings.correlation,
    )  # fmt: skip


def _of_effects(frame: pd.DataFrame, columns: TrialColumns, how: Settings) -> Estimates:
    table = effects_of(frame, columns, how)
    effects, design = table.effects, words(table.frame, columns.design)
    index = index_of(table.frame, columns)
    found = Estimates()
    if design is not None:
        found += _asked("design-class-contrast", lambda: class_estimates(
            effects, design, reference=how.reference, level=how.level))  # fmt: skip
    if index is not None:
        found += _asked("effect-at-chance-guessing", lambda: chance_guessing(
            effects, index, design, reference=how.reference if design else None,
            correlation=how.correlation, priors=how.priors, draws=how.draws, seed=how.seed,
            level=how.level))  # fmt: skip
    found += _asked("bias-tipping-point", lambda: bias_synthesis(
        effects, smallest_important=how.smallest_important, sd=how.bias_sd, design=design,
        elicited=how.elicited, level=how.level))  # fmt: skip
    if columns.randomised is not None:
        trial = marks(table.frame, columns.randomised)
        found += _asked("design-discrepancy", lambda: randomised_and_observational(
            effects, trial, margin=how.margin, level=how.level))  # fmt: skip
    lacking = {
        "design-class-contrast": design is None,
        "effect-at-chance-guessing": index is None,
        "design-discrepancy": columns.randomised is None,
    }
    found += Estimates(refused=tuple(Refusal(n, NOT_GIVEN[n]) for n, no in lacking.items() if no))
    return _warned(found, table.warnings)


def _of_arms(frame: pd.DataFrame, columns: TrialColumns, how: Settings) -> Estimates:
    if columns.arms is None and columns.responders is None:
        return Estimates(refused=(Refusal("control-arm-share", NOT_GIVEN["control-arm-share"]),))
    rows, told = verified_rows(frame, include=how.include_unverified)
    found = Estimates()
    for names, size, of in (
        (columns.arms, 8, "arms: mean before, SD before, mean after, people, twice"),
        (columns.responders, 4, "responders: responders and people, twice"),
    ):
        if names is None:
            continue
        if len(names) != size:
            raise DataError(f"{size} columns are needed of {of}. Got {len(names)}.")
        table = np.column_stack([numbers(rows, name) for name in names])
        kept = np.asarray(np.isfinite(table).all(axis=1), dtype=np.bool_)
        if not kept.any():
            raise DataError(f"No row has all of {', '.join(names)}.")
        arms = _arms(rows[kept], columns, table[kept], how.r)
        lost = [str(name) for name in rows[columns.study][~kept]]
        without = f"Without all numbers of both arms, and left out there: {', '.join(lost)}"
        found += _warned(control_arm_share(arms, level=how.level), (without,) if lost else ())
    return _warned(found, told)


def _arms(frame: pd.DataFrame, columns: TrialColumns, table: NDArray[np.float64], r: float) -> Arms:
    study = tuple(str(name).strip() for name in frame[columns.study])
    if len(set(study)) < len(study):
        twice = next(name for name in study if study.count(name) > 1)
        raise DataError(f"{twice} stands in more than one row: its arms would count twice.")
    kinds = words(frame, columns.comparator or columns.design)
    comparator = tuple(kinds) if kinds is not None else None
    if table.shape[1] == 4:
        outcomes = [logit_response(table[:, i], table[:, i + 1]) for i in (0, 2)]
        return Arms(study, outcomes[0], outcomes[1], comparator, response=True)
    changes = [
        standardised_change(table[:, i], table[:, i + 2], table[:, i + 1], table[:, i + 3], r)
        for i in (0, 4)
    ]
    text = f"Scores before and after correlate by {r:g} in every arm: seldom reported, assumed"
    return Arms(study, changes[0], changes[1], comparator, correlation=text)


def _asked(name: str, answer: Callable[[], Estimates]) -> Estimates:
    try:
        return answer()
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal(name, str(error)),))


def _warned(found: Estimates, told: Sequence[str]) -> Estimates:
    """Say on every row which studies were left out."""
    if not told:
        return found
    rows = tuple(replace(row, warnings=(*row.warnings, *told)) for row in found.rows)
    return replace(found, rows=rows)
