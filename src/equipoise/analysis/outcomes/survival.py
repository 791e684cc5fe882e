"""Time to remission or relapse: curves, medians, restricted means, log-rank and hazard ratio."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.outcomes.arm_model import INDEPENDENT, RANDOMISED
from equipoise.analysis.outcomes.cumulative_incidence import (
    AALEN_JOHANSEN,
    cumulative_incidence,
    log_log_limits,
)
from equipoise.analysis.outcomes.follow_up_table import FollowUp, read_follow_up
from equipoise.analysis.outcomes.hazard_rows import hazard_rows, log_rank_rows
from equipoise.analysis.outcomes.scales import (
    Higher,
    Reading,
    few_events,
    log_scale_row,
    unit_of,
)
from equipoise.analysis.rows import estimate_row
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from narwhals.typing import IntoDataFrame

KAPLAN_MEIER = (
    "Kaplan & Meier (1958), Greenwood's variance, pointwise limits on the log(-log) scale"
)
BROOKMEYER_CROWLEY = "Median of Kaplan & Meier (1958), limits of Brookmeyer & Crowley (1982)"
RMST = (
    "Area under the Kaplan-Meier curve up to tau = {tau:g} (Royston & Parmar 2013), normal limits"
)
CENSORING = "Censoring tells nothing about when the event would have come, given the arm"
FORESTALLED = (
    "A competing event can come first: Kaplan-Meier would count it as if the person could still "
    "have the event. Read the cumulative incidence."
)
CAUSE_SPECIFIC = "Rates are those among people whom neither event has reached (cause-specific)"
OF_ONE_EVENT = ("survival-probability", "median-survival", "rmst", "rmst-difference", "rmst-ratio")
Found = Iterable[Estimate | Refusal]


def survival(
    frame: IntoDataFrame,
    *,
    time: str,
    event: str,
    control: str,
    arm: str = "arm",
    covariates: Sequence[str] = (),
    strata: str | None = None,
    cluster: str | None = None,
    competing: str | None = None,
    at: Sequence[float] = (),
    tau: float | None = None,
    higher: Higher | None = None,
    level: float = 0.95,
) -> Estimates:
    """Compare the time to an event between arms.

    Parameters
    ----------
    frame
        Any data frame, one row a person.
    time, event
        Columns: follow-up from randomisation; 1 the event happened then, 0 it had not until then.
    control, arm
        The reference arm, and the column of the arms.
    covariates
        Columns that adjust the hazard ratio; text is categorical.
    strata, cluster
        Columns: strata of log-rank and Cox, clusters of a robust variance of the hazard ratio.
    competing
        Column: 1 where another event came first, which forestalls this one.
    at
        Times of the survival probabilities; `tau` by default.
    tau
        End of the restricted mean; the smallest of the arms' largest times by default.
    higher
        Whether the event is ``better`` (remission) or ``worse`` (relapse).
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        ``survival-probability``, ``median-survival``, ``rmst`` of each arm; ``rmst-difference``,
        ``rmst-ratio`` and ``hazard-ratio`` to control; ``log-rank``,
        ``proportional-hazards-check``; with `competing`, ``cumulative-incidence``.
    """
    data = read_follow_up(
        frame, time=time, event=event, arm=arm, control=control, covariates=covariates,
        strata=strata, cluster=cluster, competing=competing,
    )  # fmt: skip
    end = data.last_common_time if tau is None else float(tau)
    times = tuple(map(float, at)) or (end,)
    found: list[Estimate | Refusal] = []
    if data.competing is None:
        found += _probabilities(data, times, level)
        found += _medians(data, time, level)
        found += _restricted_means(data, end, time, higher, level)
    else:
        found += [Refusal(name, FORESTALLED) for name in OF_ONE_EVENT]
        found += _incidences(data, times, level)
    found += log_rank_rows(data)
    found += hazard_rows(data, Reading(data.arms[0], higher, level))
    return _collected(found, data, event)


def _collected(found: Found, data: FollowUp, event: str) -> Estimates:
    common: tuple[str, ...] = (INDEPENDENT, RANDOMISED, CENSORING)
    if data.competing is not None:
        common = (*common, CAUSE_SPECIFIC)
    warnings = (*data.warnings, *few_events(data.events()))
    rows = tuple(
        replace(
            row,
            outcome=event,
            assumptions=(*common, *row.assumptions),
            warnings=(*warnings, *row.warnings),
        )
        for row in found
        if isinstance(row, Estimate)
    )
    refused = tuple(replace(row, outcome=event) for row in found if isinstance(row, Refusal))
    return Estimates(rows, refused)


def _each_arm(
    data: FollowUp, name: str, make: Callable[[int, str], Estimate], *, first: int = 0
) -> list[Estimate | Refusal]:
    """Make a row for each arm from `first` on; an arm without an answer is a refusal."""
    found: list[Estimate | Refusal] = []
    for k, arm in enumerate(data.arms[first:], start=first):
        try:
            found.append(make(k, arm))
        except NotIdentifiedError as error:
            found.append(Refusal(name, str(error), label=arm))
    return found


def _probabilities(data: FollowUp, times: Sequence[float], level: float) -> Found:
    name = "survival-probability"
    for time in times:

        def row(k: int, arm: str, time: float = time) -> Estimate:
            curve = data.curve(k)
            p, se = curve.at(time)
            low, high = curve.limits(level=level)
            place = int(curve.time.searchsorted(time, "right")) - 1
            inside = place >= 0 and 0 < p < 1
            return Estimate(
                name, arm=arm, label=f"at {time:g}", estimate=p,
                se=se if inside else None,
                low=low[place] if inside else None,
                high=high[place] if inside else None,
                level=level, unit="probability without the event", method=KAPLAN_MEIER,
            )  # fmt: skip

        yield from _each_arm(data, name, row)


def _medians(data: FollowUp, unit: str, level: float) -> Found:
    def row(k: int, arm: str) -> Estimate:
        median, low, high = data.curve(k).median(level=level)
        if math.isinf(median):
            lower = "" if math.isinf(low) else f" Its lower limit is {low:g}."
            raise NotIdentifiedError(
                f"Fewer than half of this arm had the event by the end of follow-up.{lower}"
            )
        notes = []
        if math.isinf(low):  # the curve falls to 0 at once: there are no limits where it is 0
            notes.append(f"The median of arm {arm!r} has no lower limit: too few event times")
        if math.isinf(high):
            notes.append(f"The upper limit of the median was not reached in follow-up: arm {arm!r}")
        return Estimate(
            "median-survival", arm=arm, estimate=median, low=None if math.isinf(low) else low,
            high=high, level=level, unit=unit, method=BROOKMEYER_CROWLEY, warnings=tuple(notes),
        )  # fmt: skip

    return _each_arm(data, "median-survival", row)


def _restricted_means(
    data: FollowUp, tau: float, unit: str, higher: Higher | None, level: float
) -> Found:
    method, label = RMST.format(tau=tau), f"to {tau:g}"
    control = data.arms[0]
    # a long time without the event is good where the event is bad
    turned: dict[Higher | None, Higher | None] = {"better": "worse", "worse": "better"}
    longer = turned.get(higher)

    def mean(k: int) -> tuple[float, float]:
        value, se = data.curve(k).restricted_mean(tau)
        if se == 0:
            raise NotIdentifiedError(f"No events before {tau:g}: the mean time has no error.")
        return value, se

    def own(k: int, arm: str) -> Estimate:
        effect = Contrast(*mean(k), math.inf)
        row = estimate_row(
            "rmst", effect, level=level, label=label, arm=arm, method=method,
            unit=f"{unit} without the event",
        )  # fmt: skip
        return replace(row, p=None)

    def difference(k: int, arm: str) -> Estimate:
        (m1, s1), (m0, s0) = mean(k), mean(0)
        unit_ = unit_of(unit, arm, control, longer, 0)
        return estimate_row(
            "rmst-difference", Contrast(m1 - m0, math.hypot(s1, s0), math.inf),
            level=level, label=label, arm=arm, unit=unit_, method=method,
        )  # fmt: skip

    def ratio(k: int, arm: str) -> Estimate:
        (m1, s1), (m0, s0) = mean(k), mean(0)
        effect = Contrast(math.log(m1 / m0), math.hypot(s1 / m1, s0 / m0), math.inf)
        return log_scale_row(
            "rmst-ratio", effect, level=level, label=label, arm=arm, method=method,
            unit=unit_of("ratio", arm, control, longer, 1),
        )  # fmt: skip

    yield from _each_arm(data, "rmst", own)
    yield from _each_arm(data, "rmst-difference", difference, first=1)
    yield from _each_arm(data, "rmst-ratio", ratio, first=1)


def _incidences(data: FollowUp, times: Sequence[float], level: float) -> Found:
    name, competing = "cumulative-incidence", data.competing
    assert competing is not None  # noqa: S101  (asked by the caller; tells the type checker)
    for time in times:

        def row(k: int, arm: str, time: float = time) -> Estimate:
            here = data.arm == k
            share = cumulative_incidence(
                data.time[here], data.event[here], competing[here], at=time
            )
            low, high = log_log_limits(share, level=level)
            return Estimate(
                name, arm=arm, label=f"at {time:g}", estimate=share.estimate, se=share.se,
                low=low, high=high, level=level, unit="probability of the event",
                method=AALEN_JOHANSEN,
            )  # fmt: skip

        yield from _each_arm(data, name, row)
