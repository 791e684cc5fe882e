"""Studies out of a table with a row an arm: the referent is dose 0, or each study's lowest dose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from equipoise.errors import DataError, EquipoiseError
from equipoise.synthesis.dose_response.count_contrasts import CountMeasure, count_contrasts
from equipoise.synthesis.dose_response.dose_study import DoseStudy, dose_study
from equipoise.synthesis.dose_response.mean_contrasts import MeanMeasure, mean_contrasts
from equipoise.synthesis.dose_response.reported_contrasts import ReportedOptions, reported_study

if TYPE_CHECKING:
    import pandas as pd

COUNT_SCALES = {"or": "log odds ratio", "rr": "log risk ratio", "irr": "log rate ratio"}
MEAN_SCALES = {
    "md": "mean difference",
    "smd": "standardised mean difference (Hedges)",
    "cohen-d": "standardised mean difference (Cohen's d)",
    "glass-delta": "standardised mean difference (Glass's delta)",
}


@dataclass(frozen=True, slots=True, eq=False)
class DoseStudies:
    """Studies that can be pooled, what their effects are, and what was left out and why."""

    studies: tuple[DoseStudy, ...]
    scale: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.studies)

    @property
    def doses(self) -> np.ndarray:
        """Every arm's dose, the referents among them."""
        return np.concatenate([study.dose for study in self.studies])

    @property
    def lowest_compared(self) -> float:
        """The lowest dose that a study compares with a lower one.

        Arms below it are referents only: what the curve shows there is what its shape makes of
        higher doses.
        """
        above = [study.dose[study.dose > study.dose.min()] for study in self.studies]
        return float(np.concatenate(above).min())


def studies_from_counts(
    table: pd.DataFrame, *, study: str, dose: str, events: str, total: str,
    measure: CountMeasure = "or", drug: str | None = None,
) -> DoseStudies:  # fmt: skip
    """Return contrasts from events and people (of ``irr``: person-time) of each arm."""
    corrected: list[str] = []

    def of(name: str, arms: pd.DataFrame) -> DoseStudy:
        y, S, empty = count_contrasts(arms[events], arms[total], measure)
        if empty:
            corrected.append(name)
        people = None if measure == "irr" else arms[total]
        return dose_study(name, arms[dose], y, S, people=people, drug=_drugs(arms, drug))

    found = _by_study(table, study, dose, [events, total], of, scale=COUNT_SCALES[measure])
    if corrected:
        told = f"0.5 was added to the cells of {len(corrected)} studies with an empty one: "
        notes = (*found.notes, told + ", ".join(corrected) + ".")
        return DoseStudies(found.studies, found.scale, notes)
    return found


def studies_from_means(
    table: pd.DataFrame, *, study: str, dose: str, mean: str, sd: str, n: str,
    measure: MeanMeasure = "md", shared: str = "referent", drug: str | None = None,
) -> DoseStudies:  # fmt: skip
    """Return contrasts from means, SDs and people of each arm."""

    def of(name: str, arms: pd.DataFrame) -> DoseStudy:
        y, S = mean_contrasts(arms[mean], arms[sd], arms[n], measure, shared=cast("Any", shared))
        return dose_study(name, arms[dose], y, S, people=arms[n], drug=_drugs(arms, drug))

    return _by_study(table, study, dose, [mean, sd, n], of, scale=MEAN_SCALES[measure])


def studies_from_contrasts(
    table: pd.DataFrame, *, study: str, dose: str, effect: str, se: str,
    options: ReportedOptions, drug: str | None = None, scale: str = "effect",
) -> DoseStudies:  # fmt: skip
    """Return contrasts that papers report, with a covariance rebuilt as `options` say.

    Each study has a row of its referent (effect 0; standard error 0 or missing), or every row
    names the dose it is compared with, in the column `options.reference_dose`.
    """

    def of(name: str, arms: pd.DataFrame) -> DoseStudy:
        return reported_study(name, arms, options, dose=dose, effect=effect, se=se, drug=drug)

    needed = [effect] if options.reference_dose is None else [effect, se]
    return _by_study(
        table, study, dose, needed, of, scale=scale, one_row=options.reference_dose is not None
    )


def _drugs(arms: pd.DataFrame, drug: str | None) -> tuple[str, ...] | None:
    return None if drug is None else tuple(str(name).strip() for name in arms[drug])


def _by_study(
    table: pd.DataFrame,
    study: str,
    dose: str,
    needed: list[str],
    of: Callable[[str, pd.DataFrame], DoseStudy],
    *,
    scale: str,
    one_row: bool = False,
) -> DoseStudies:
    """Group rows by study, the lowest dose first, and count what cannot be used."""
    import pandas as pd  # noqa: PLC0415  (heavy)

    for column in (dose, *needed):
        if not pd.api.types.is_numeric_dtype(table[column].dtype):
            raise DataError(f"Column {column!r} must be numbers in every row.")
    missing = table[[study, dose, *needed]].isna().any(axis=1)
    notes = []
    if missing.any():
        lost = _few([_name(key) for key in table[study][missing]])
        count = f"{int(missing.sum())} of {len(table)} rows"
        notes.append(f"{count} lack a number and were left out: {lost}.")
    alone, flat, out = [], [], []
    for key, rows in table[~missing].groupby(study, sort=False):
        name, arms = _name(key), rows.sort_values(dose, kind="stable")
        if len(arms) < 2 and not one_row:
            alone.append(name)
        elif arms[dose].nunique() < 2 and not one_row:
            flat.append(name)
        else:
            out.append(_told(name, of, arms))
    if alone:
        notes.append(f"{len(alone)} studies have one arm only and were left out: {_few(alone)}.")
    if flat:
        notes.append(
            f"{len(flat)} studies compare equal doses, say nothing of the dose and were left out: "
            f"{_few(flat)}."
        )
    if not out:
        raise DataError(
            f"No study compares two doses: {len(table)} rows, {int(missing.sum())} with a missing "
            f"number. Look at the columns {study!r} and {dose!r}."
        )
    return DoseStudies(tuple(out), scale, tuple(notes))


def _told(name: str, of: Callable[[str, pd.DataFrame], DoseStudy], arms: pd.DataFrame) -> DoseStudy:
    """Name the study in an error that does not."""
    try:
        return of(name, arms)
    except EquipoiseError as error:
        text = str(error)
        named = text.startswith((f"{name}:", f"{name} "))
        raise DataError(text if named else f"{name}: {text}") from error


def _name(key: object) -> str:
    return f"{key:g}" if isinstance(key, float) else str(key).strip()


def _few(names: list[str]) -> str:
    return ", ".join(names[:6]) + (" and others" if len(names) > 6 else "")
