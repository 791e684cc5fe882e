"""A study that reports its contrasts: effects of doses with standard errors, one referent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.dose_response.dose_study import DoseStudy, dose_study
from equipoise.synthesis.dose_response.greenland_longnecker import (
    DESIGNS,
    Design,
    greenland_longnecker,
)
from equipoise.synthesis.dose_response.hamling import hamling

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

Covariance = Literal["greenland-longnecker", "hamling"]


@dataclass(frozen=True, slots=True)
class ReportedOptions:
    """How the covariance of a study's reported contrasts is rebuilt.

    `events`, `total` are columns of counts; `design` is cc, ci or ir, or the column that says
    which; `correlation` is assumed between contrasts of a study without counts.
    """

    covariance: Covariance = "greenland-longnecker"
    events: str | None = None
    total: str | None = None
    design: str = "cc"
    correlation: float | None = None
    reference_dose: str | None = None


def reported_study(
    name: str,
    arms: pd.DataFrame,
    options: ReportedOptions,
    *,
    dose: str,
    effect: str,
    se: str,
    drug: str | None,
) -> DoseStudy:
    """Return one study out of its rows; the others name columns."""
    if options.reference_dose is not None:
        return _against_named_dose(name, arms, options, dose=dose, effect=effect, se=se, drug=drug)
    e, s = arms[effect].to_numpy(dtype=np.float64), arms[se].to_numpy(dtype=np.float64)
    referent = np.flatnonzero((e == 0) & ~(s > 0))
    if len(referent) != 1 or not (np.delete(s, referent) > 0).all():
        raise DataError(
            f"{name} needs one row of its referent dose (effect 0, standard error 0 or empty) and "
            f"standard errors above 0 in the others. Got effects {e.tolist()} and standard errors "
            f"{s.tolist()}. Or name the compared dose in a column: --reference-dose."
        )
    order = [int(referent[0]), *(k for k in range(len(e)) if k != referent[0])]
    arms = arms.iloc[order]
    y, v = e[order][1:], s[order][1:] ** 2
    drugs = None if drug is None else tuple(str(value).strip() for value in arms[drug])
    people = None if options.total is None else arms[options.total]
    if options.total is not None and _design(name, arms, options) == "ir":
        people = None  # person-time is not people
    S = _covariance(name, y, v, arms, options)
    return dose_study(name, arms[dose], y, S, people=people, drug=drugs)


def _against_named_dose(
    name: str, arms: pd.DataFrame, options: ReportedOptions, *, dose: str, effect: str, se: str,
    drug: str | None,
) -> DoseStudy:  # fmt: skip
    """Return a study whose every row names the dose that it is compared with."""
    reference = arms[options.reference_dose].to_numpy(dtype=np.float64)
    if not np.isfinite(reference).all() or len(set(reference)) != 1:
        raise DataError(f"{name} must be compared with one dose. Got {reference.tolist()}.")
    y = arms[effect].to_numpy(dtype=np.float64)
    v = arms[se].to_numpy(dtype=np.float64) ** 2
    doses = np.concatenate([reference[:1], arms[dose].to_numpy(dtype=np.float64)])
    drugs = None if drug is None else ("", *(str(value).strip() for value in arms[drug]))
    return dose_study(name, doses, y, _assumed(name, v, options.correlation), drug=drugs)


def _covariance(
    name: str, y: FloatArray, v: FloatArray, arms: pd.DataFrame, options: ReportedOptions
) -> FloatArray:
    if len(y) == 1:
        return np.diag(v)
    if options.events is None or options.total is None:
        return _assumed(name, v, options.correlation)
    counts = arms[[options.events, options.total]].to_numpy(dtype=np.float64)
    if not np.isfinite(counts).all():
        return _assumed(name, v, options.correlation)
    rebuild = hamling if options.covariance == "hamling" else greenland_longnecker
    return rebuild(y, v, counts[:, 0], counts[:, 1], _design(name, arms, options))


def _design(name: str, arms: pd.DataFrame, options: ReportedOptions) -> Design:
    found = {options.design}
    if options.design not in DESIGNS and options.design in arms:
        found = {str(value).strip() for value in arms[options.design]}
    if len(found) != 1 or not found <= set(DESIGNS):
        raise DataError(f"{name} has the design {sorted(found)}: one of {', '.join(DESIGNS)}.")
    return cast("Design", found.pop())


def _assumed(name: str, v: FloatArray, correlation: float | None) -> FloatArray:
    if len(v) == 1:
        return np.diag(v)
    if correlation is None:
        raise DataError(
            f"{name} has {len(v)} contrasts that share a referent, and no counts to tell their "
            "covariance. Give counts, or assume a correlation: --correlation 0.5."
        )
    if not 0 <= correlation < 1:
        raise DataError(f"The correlation of contrasts is from 0 to below 1. Got {correlation:g}.")
    S = correlation * np.sqrt(np.outer(v, v))
    np.fill_diagonal(S, v)
    return S
