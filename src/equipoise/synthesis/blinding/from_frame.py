"""A table of study rows: all that its columns allow, and refusals of the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimates, Refusal
from equipoise.synthesis.blinding.arm_changes import logit_response, standardised_change
from equipoise.synthesis.blinding.bias_adjusted import Bias, bias_synthesis
from equipoise.synthesis.blinding.chance_guessing import chance_guessing
from equipoise.synthesis.blinding.control_arm_share import Arms, control_arm_share
from equipoise.synthesis.blinding.design_classes import class_estimates
from equipoise.synthesis.blinding.gibbs import Priors
from equipoise.synthesis.blinding.indexed_trials import IndexedTrials, indexed
from equipoise.synthesis.blinding.indices import TrialIndex, index_of_counts
from equipoise.synthesis.blinding.randomised_and_observational import (
    randomised_and_observational,
)
from equipoise.synthesis.effects import Effects, checked_effects

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

TRUE = {"1", "true", "yes", "y", "rct", "randomised", "randomized"}
FALSE = {"0", "false", "no", "n", "observational"}
NOT_GIVEN = {
    "effect-at-chance-guessing": "No blinding index: name the guess counts (--guesses) or the "
    "index with its standard error (--index, --index-se).",
    "design-class-contrast": "No design class of the trials: name its column (--design).",
    "design-discrepancy": "No column says which studies are randomised (--randomised).",
    "control-arm-share": "No columns of what the arms did: name them (--arms or --responders).",
}


@dataclass(frozen=True, slots=True)
class Columns:
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

    `r` is the correlation between before and after that arms are standardised with.
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


def blinding_synthesis(
    frame: pd.DataFrame, columns: Columns, settings: Settings | None = None
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


def effects_of(
    frame: pd.DataFrame, columns: Columns, scale: str | None
) -> tuple[Effects, NDArray[np.bool_]]:
    """Return the effects of the rows that have them, and which rows those are, shape (k,)."""
    y, se = (_numbers(frame, name) for name in (columns.effect, columns.se))
    kept = np.isfinite(y) & np.isfinite(se)
    if not kept.any():
        raise DataError(f"No row has both {columns.effect} and {columns.se}.")
    if (se[kept] <= 0).any():
        name = frame[columns.study].to_numpy()[kept][int((se[kept] <= 0).argmax())]
        raise DataError(f"{name} has a standard error of 0 or less.")
    study = frame[columns.study].astype("str").to_numpy()[kept]
    return checked_effects(y[kept], se[kept] ** 2, study.tolist(), scale=scale), kept


def index_of(frame: pd.DataFrame, columns: Columns) -> TrialIndex | None:
    """Return the blinding index of each row, NaN where a trial did not ask; None if none can."""
    if columns.guesses is not None:
        if len(columns.guesses) != 6:
            raise DataError(
                "Guess counts are six columns: right, wrong, unsure of the active arm, then of the "
                f"control arm. Got {len(columns.guesses)}."
            )
        table = np.column_stack([_numbers(frame, name) for name in columns.guesses])
        return index_of_counts(table.reshape(-1, 2, 3))
    if columns.index is None:
        return None
    if columns.index_se is None:
        raise DataError("A blinding index needs its standard error too: name that column.")
    return TrialIndex(_numbers(frame, columns.index), _numbers(frame, columns.index_se) ** 2)


def indexed_of(frame: pd.DataFrame, columns: Columns, settings: Settings) -> IndexedTrials:
    """Return the trials of a table that `regression_frame` draws."""
    effects, kept = effects_of(frame, columns, settings.scale)
    index = index_of(frame, columns)
    if index is None:
        raise NotIdentifiedError(NOT_GIVEN["effect-at-chance-guessing"])
    design = _words(frame, columns.design, kept)
    return indexed(
        effects, _taken(index, kept), design,
        reference=settings.reference if design else None, correlation=settings.correlation,
    )  # fmt: skip


def _of_effects(frame: pd.DataFrame, columns: Columns, how: Settings) -> Estimates:
    effects, kept = effects_of(frame, columns, how.scale)
    design = _words(frame, columns.design, kept)
    index = index_of(frame, columns)
    found = Estimates()
    if design is not None:
        found += _asked("design-class-contrast", lambda: class_estimates(
            effects, design, reference=how.reference, level=how.level))  # fmt: skip
    if index is not None:
        found += _asked("effect-at-chance-guessing", lambda: chance_guessing(
            effects, _taken(index, kept), design, reference=how.reference if design else None,
            correlation=how.correlation, priors=how.priors, draws=how.draws, seed=how.seed,
            level=how.level))  # fmt: skip
    found += _asked("bias-tipping-point", lambda: bias_synthesis(
        effects, smallest_important=how.smallest_important, sd=how.bias_sd, design=design,
        elicited=how.elicited, level=how.level))  # fmt: skip
    if columns.randomised is not None:
        trial = _marks(frame, columns.randomised)[kept]
        found += _asked("design-discrepancy", lambda: randomised_and_observational(
            effects, trial, margin=how.margin, level=how.level))  # fmt: skip
    given = {
        "design-class-contrast": design is not None,
        "effect-at-chance-guessing": index is not None,
        "design-discrepancy": columns.randomised is not None,
    }
    found += Estimates(
        refused=tuple(Refusal(n, NOT_GIVEN[n]) for n, has in given.items() if not has)
    )
    return _counting(found, int((~kept).sum()), f"{columns.effect} or {columns.se}")


def _of_arms(frame: pd.DataFrame, columns: Columns, how: Settings) -> Estimates:
    found = Estimates()
    for names, size, of in (
        (columns.arms, 8, "arms: mean before, SD before, mean after, people, twice"),
        (columns.responders, 4, "responders: responders and people, twice"),
    ):
        if names is None:
            continue
        if len(names) != size:
            raise DataError(f"{size} columns are needed of {of}. Got {len(names)}.")
        table = np.column_stack([_numbers(frame, name) for name in names])
        kept = np.asarray(np.isfinite(table).all(axis=1), dtype=np.bool_)
        if not kept.any():
            raise DataError(f"No row has all of {', '.join(names)}.")
        arms = _arms(frame, columns, table[kept], kept, how.r)
        one = control_arm_share(arms, level=how.level)
        found += _counting(one, int((~kept).sum()), ", ".join(names))
    if columns.arms is None and columns.responders is None:
        found += Estimates(refused=(Refusal("control-arm-share", NOT_GIVEN["control-arm-share"]),))
    return found


def _arms(
    frame: pd.DataFrame,
    columns: Columns,
    table: NDArray[np.float64],
    kept: NDArray[np.bool_],
    r: float,
) -> Arms:
    study = tuple(frame[columns.study].astype("str").to_numpy()[kept].tolist())
    kinds = _words(frame, columns.comparator or columns.design, kept)
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


def _counting(found: Estimates, lost: int, what: str) -> Estimates:
    """Say on every row how many studies had no numbers."""
    if not lost:
        return found
    text = f"{lost} of the rows have no {what} and are left out here."
    return replace(
        found, rows=tuple(replace(row, warnings=(*row.warnings, text)) for row in found.rows)
    )


def _taken(index: TrialIndex, kept: NDArray[np.bool_]) -> TrialIndex:
    return TrialIndex(index.index[kept], index.variance[kept])


def _numbers(frame: pd.DataFrame, name: str | None) -> NDArray[np.float64]:
    import pandas as pd  # noqa: PLC0415

    if name is None or name not in frame:
        raise DataError(f"The table has no column {name!r}. It has {', '.join(map(str, frame))}.")
    if not pd.api.types.is_numeric_dtype(frame[name].dtype):
        raise DataError(
            f"{name} holds text, not numbers, such as {frame[name].dropna().iloc[0]!r}."
        )
    values: NDArray[np.float64] = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return values


def _words(frame: pd.DataFrame, name: str | None, kept: NDArray[np.bool_]) -> Sequence[str] | None:
    if name is None:
        return None
    if name not in frame:
        raise DataError(f"The table has no column {name!r}. It has {', '.join(map(str, frame))}.")
    values: list[Any] = frame[name].to_numpy()[kept].tolist()
    return ["not reported" if _missing(v) else str(v).strip() for v in values]


def _missing(value: Any) -> bool:
    return value is None or value != value  # noqa: PLR0124  (NaN)


def _marks(frame: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    if name not in frame:
        raise DataError(f"The table has no column {name!r}. It has {', '.join(map(str, frame))}.")
    marks = []
    for value in frame[name].to_numpy().tolist():
        text = str(value).strip().casefold().removesuffix(".0")
        if text not in TRUE | FALSE:
            raise DataError(f"{name} says 1 or 0, yes or no, of every study. Got {value!r}.")
        marks.append(text in TRUE)
    return np.array(marks)
