"""Rows of the log-rank test, the hazard ratio, and the check that it stays the same."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.outcomes.cox import CoxFit, cox, km_transform
from equipoise.analysis.outcomes.log_rank import log_rank
from equipoise.analysis.outcomes.proportional_odds import ChiSquare
from equipoise.analysis.outcomes.scales import Reading, log_scale_row
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Refusal

if TYPE_CHECKING:
    from equipoise.analysis.outcomes.follow_up_table import FollowUp

LOG_RANK = "Log-rank test (Mantel 1966; Peto & Peto 1972){strata}"
COX = "Cox's proportional hazards (1972), Efron's ties{more}, limits on the log scale"
ZPH = "Score test of a hazard ratio that changes with 1 - Kaplan-Meier (Grambsch & Therneau 1994)"
PROPORTIONAL = "Proportional hazards: the hazard ratio is the same at all times"
Rows = list[Estimate | Refusal]


def log_rank_rows(data: FollowUp) -> Rows:
    """Return the log-rank test over all arms."""
    try:
        test = log_rank(data.time, data.event, data.arm, data.strata)
    except NotIdentifiedError as error:
        return [Refusal("log-rank", str(error))]
    strata = "" if data.strata is None else ", within strata"
    return [
        Estimate(
            "log-rank",
            estimate=test.statistic,
            p=test.p,
            unit=_chi_square(test),
            estimand="The event rates of all arms are equal at every time",
            method=LOG_RANK.format(strata=strata),
        )
    ]


def hazard_rows(data: FollowUp, reading: Reading) -> Rows:
    """Return the hazard ratio of each arm and the checks; refusals where none is finite."""
    names = ("hazard-ratio", "proportional-hazards-check")
    if none := [arm for arm, count in data.events().items() if count == 0]:
        why = f"Arm {none[0]!r} had no events: its hazard ratio is not finite. Read the log-rank."
        return [Refusal(name, why) for name in names]
    try:
        fit = cox(data.time, data.event, data.matrix, strata=data.strata, cluster=data.cluster)
    except NotIdentifiedError as error:
        return [Refusal(name, str(error)) for name in names]
    more = "" if data.strata is None else ", baseline hazard by stratum"
    more += "" if data.cluster is None else ", variance robust to clusters (Lin & Wei 1989)"
    found: Rows = []
    for column, arm in enumerate(data.arms[1:]):
        se = math.sqrt(fit.covariance[column, column])
        effect = Contrast(float(fit.coefficients[column]), se, math.inf)
        row = log_scale_row(
            names[0], effect, level=reading.level, arm=arm, method=COX.format(more=more),
            unit=reading.unit("hazard ratio", arm, 1), assumptions=(PROPORTIONAL,),
        )  # fmt: skip
        found.append(row)
    return [*found, *_checks(fit, data)]


def _checks(fit: CoxFit, data: FollowUp) -> Rows:
    """Test all coefficients, covariates too, and each arm's own."""
    name = "proportional-hazards-check"
    transform = km_transform(data.time, data.event, fit.event_time)
    asked = {"all": None, **{arm: [column] for column, arm in enumerate(data.arms[1:])}}
    found: Rows = []
    for label, columns in asked.items():
        try:
            test = fit.check_proportional_hazards(transform, columns)
        except NotIdentifiedError as error:
            found.append(Refusal(name, str(error), label=label))
            continue
        found.append(
            Estimate(
                name, label=label, arm=None if label == "all" else label, method=ZPH,
                estimate=test.statistic, p=test.p, unit=_chi_square(test),
                estimand="The hazard ratio does not change with time; a large p is no proof",
            )
        )  # fmt: skip
    return found


def _chi_square(test: ChiSquare) -> str:
    return f"chi-square with {test.df} degree{'s' if test.df > 1 else ''} of freedom"
