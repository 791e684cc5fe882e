"""The rows of the harms table: incidence by arm, then each arm against control."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.analysis.harms.clustered import (
    CLUSTERED,
    RECURRENT,
    Totals,
    difference_of_ratios,
    log_ratio_of_ratios,
    ratio_in_one_arm,
    totals,
)
from equipoise.analysis.harms.fisher import FISHER, MID_P, fisher
from equipoise.analysis.harms.rates import (
    CONSTANT,
    EXACT_RATE,
    EXACT_RATIO,
    SCORE_DIFFERENCE,
    poisson_rate,
    rate_difference,
    rate_ratio,
)
from equipoise.analysis.harms.risk_difference import (
    MIETTINEN_NURMINEN,
    NEWCOMBE,
    STRATIFIED,
    WithLimits,
    miettinen_nurminen,
    newcombe,
    stratified_miettinen_nurminen,
)
from equipoise.analysis.harms.risk_ratio import KOOPMAN, koopman
from equipoise.analysis.harms.shares import clopper_pearson
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from equipoise.analysis.harms.exposed import Counted, Exposed

    FloatArray = NDArray[np.float64]

Interval = Literal["miettinen-nurminen", "newcombe"]
Test = Literal["fisher", "mid-p"]
Per = Literal["week", "year"]
DAYS: dict[Per, float] = {"week": 7.0, "year": 365.25}
EXACT_SHARE = "Share with at least one event, exact interval (Clopper & Pearson 1934)"
NO_EVENTS_ANYWHERE = "nobody of either arm had it: see the upper limits of its incidence"


class Rows:
    """Writes the rows of one term; how they are computed depends on what a unit is."""

    def __init__(
        self, exposed: Exposed, *, level: float, interval: Interval, test: Test | None, per: Per
    ) -> None:
        self.exposed, self.level, self.per = exposed, level, per
        self.interval, self.test = interval, test
        units = exposed.units
        self.in_arm = {arm: (units["arm"] == arm).to_numpy() for arm in exposed.arms}
        names = sorted(units["participant"].unique())
        self.person = np.searchsorted(names, units["participant"].to_numpy(dtype=object))
        self.people = len(names)

    def of(self, term: str) -> Iterator[Estimate | Refusal]:
        """Write the rows of one term."""
        if term in self.exposed.unknown:
            yield Refusal("incidence", self.exposed.unknown[term], label=term)
            return
        counted = self.exposed.count(term)
        for arm in self.exposed.arms:
            yield from self._in_arm(term, arm, counted)
        for arm in self.exposed.arms[1:]:
            yield from self._against_control(term, arm, counted)

    def _in_arm(self, term: str, arm: str, counted: Counted) -> Iterator[Estimate | Refusal]:
        here = self.in_arm[arm]
        x, n = float(counted.had[here].sum()), int(here.sum())
        whom = self.exposed.unit_name
        about = {"label": term, "arm": arm}
        yield Estimate("people-with-event", estimate=x, unit=whom, **about)
        yield Estimate("event-count", estimate=counted.number[here].sum(), unit="events", **about)
        share = self._share(counted, here)
        yield replace(share, unit=f"share of {whom}", estimand=f"{x:.0f} of {n} {whom}", **about)
        yield from self._rates(term, arm, counted)

    def _share(self, counted: Counted, here: NDArray[np.bool_]) -> Estimate:
        """Return the share with an event; repeated units need people as their clusters."""
        x, n = float(counted.had[here].sum()), int(here.sum())
        people = len(np.unique(self.person[here]))
        row = Estimate("incidence", estimate=x / n, level=self.level)
        if self.exposed.repeated and x > 0:
            try:
                p, se, df = ratio_in_one_arm(self._by_person(counted.had, here, None))
            except NotIdentifiedError as reason:
                return replace(row, level=None, method=CLUSTERED, warnings=(f"{reason}.",))
            low, high = _on_logit(p, se, df, self.level)
            return replace(row, se=se, df=df, low=low, high=high, method=CLUSTERED)
        # without an event the people, not their periods, are what is known to be independent
        at_risk = people if self.exposed.repeated else n
        low, high = (float(v) for v in clopper_pearson(x, at_risk, self.level))
        row = replace(row, low=low, high=high, method=EXACT_SHARE)
        if x == 0:
            row = replace(row, warnings=(nobody(at_risk, high, self.level),))
        return row

    def _rates(self, term: str, arm: str, counted: Counted) -> Iterator[Estimate | Refusal]:
        here, about = self.in_arm[arm], {"label": term, "arm": arm}
        time = counted.days_at_risk[here] / DAYS[self.per]
        whole = self.exposed.units["days"].to_numpy(dtype=float)
        if np.isnan(time).any():
            return
        undated = (
            (f"{counted.undated} onsets are unknown: time at risk runs to the end there",)
            if counted.undated
            else ()
        )
        if not self.exposed.repeated:
            rate = poisson_rate(counted.had[here].sum(), time.sum() / 100, self.level)
            yield self._limits(
                "exposure-adjusted-rate", rate, EXACT_RATE, unit=f"people per {self._time}",
                assumptions=(CONSTANT,), warnings=undated, **about,
            )  # fmt: skip
        try:
            log = self._by_person(counted.number, here, whole)
            rate_of, se, df = ratio_in_one_arm(log)
        except NotIdentifiedError:
            return
        half = np.exp(_quantile(df, self.level) * se / rate_of)
        limits = WithLimits(np.asarray(rate_of), np.asarray(rate_of / half), rate_of * half)
        yield self._limits(
            "event-rate", limits, RECURRENT, unit=f"events per {self._time}", **about
        )

    @property
    def _time(self) -> str:
        return f"100 person-{self.per}s"

    def _against_control(self, term: str, arm: str, counted: Counted) -> Iterator[Estimate | Refusal]:
        control = self.exposed.arms[0]
        unit = f"difference in share of {self.exposed.unit_name} (above 0: more under {arm})"
        about = {"label": term, "arm": arm}
        if self.exposed.repeated:
            yield from self._clustered(term, arm, counted, unit)
            return
        one, zero = self.in_arm[arm], self.in_arm[control]
        table = [float(v) for v in (counted.had[one].sum(), one.sum(), counted.had[zero].sum(), zero.sum())]  # fmt: skip  # noqa: E501
        found, method = self._difference(table, one, zero, counted.had)
        row = self._limits("incidence-difference", found, method, unit=unit, **about)
        if self.test:
            p = fisher(*table, mid=self.test == "mid-p")
            said = FISHER if self.test == "fisher" else MID_P
            row = replace(row, p=p, method=f"{method}; p: {said}")
        yield row
        yield self._ratio(table, about, control)
        yield from self._rate_contrasts(counted, arm, about)

    def _difference(
        self, table: list[float], one: NDArray[np.bool_], zero: NDArray[np.bool_], had: FloatArray
    ) -> tuple[WithLimits, str]:
        stratum = self.exposed.units["stratum"]
        if stratum.notna().all() and stratum.nunique() > 1:
            name = stratum.astype(str).to_numpy()
            inside = [name == s for s in np.unique(name)]
            arms = ((one, had), (one, np.ones_like(had)), (zero, had), (zero, np.ones_like(had)))
            cells = [[value[arm & s].sum() for s in inside] for arm, value in arms]
            return stratified_miettinen_nurminen(*cells, level=self.level), STRATIFIED
        if self.interval == "newcombe":
            return newcombe(*table, level=self.level), NEWCOMBE
        return miettinen_nurminen(*table, level=self.level), MIETTINEN_NURMINEN

    def _ratio(
        self, table: list[float], about: dict[str, str], control: str
    ) -> Estimate | Refusal:
        x1, _, x0, _ = table
        if x0 == 0:
            some = f"nobody of the {control} arm had it: a ratio to it has no upper limit"
            reason = some if x1 else NO_EVENTS_ANYWHERE
            return Refusal("incidence-ratio", f"{reason[0].upper()}{reason[1:]}.", label=about["label"])
        found = koopman(*table, level=self.level)
        unit = f"risk ratio (above 1: more under {about['arm']})"
        return self._limits("incidence-ratio", found, KOOPMAN, unit=unit, **about)

    def _rate_contrasts(
        self, counted: Counted, arm: str, about: dict[str, str]
    ) -> Iterator[Estimate | Refusal]:
        one, zero = self.in_arm[arm], self.in_arm[self.exposed.arms[0]]
        time = counted.days_at_risk / DAYS[self.per] / 100
        if np.isnan(time[one | zero]).any():
            return
        cells = [counted.had[one].sum(), time[one].sum(), counted.had[zero].sum(), time[zero].sum()]
        yield self._limits(
            "rate-difference", rate_difference(*cells, level=self.level), SCORE_DIFFERENCE,
            unit=f"people per {self._time} (above 0: more under {arm})",
            assumptions=(CONSTANT,), **about,
        )  # fmt: skip
        if cells[2] > 0:
            yield self._limits(
                "rate-ratio", rate_ratio(*cells, level=self.level), EXACT_RATIO,
                unit=f"ratio of rates (above 1: more under {arm})", assumptions=(CONSTANT,), **about,
            )  # fmt: skip
        yield from self._event_rate_ratio(counted, arm, about)

    def _event_rate_ratio(
        self, counted: Counted, arm: str, about: dict[str, str]
    ) -> Iterator[Estimate]:
        days = self.exposed.units["days"].to_numpy(dtype=float)
        one, zero = self.in_arm[arm], self.in_arm[self.exposed.arms[0]]
        if np.isnan(days[one | zero]).any():
            return
        try:
            log, se, df = log_ratio_of_ratios(
                *(self._by_person(counted.number, here, days) for here in (one, zero))
            )
        except NotIdentifiedError:
            return
        half = _quantile(df, self.level) * se
        limits = WithLimits(*(np.exp(v) for v in (log, log - half, log + half)))
        yield self._limits(
            "event-rate-ratio", limits, RECURRENT,
            unit=f"ratio of rates (above 1: more under {arm})", **about,
        )  # fmt: skip

    def _clustered(
        self, term: str, arm: str, counted: Counted, unit: str
    ) -> Iterator[Estimate | Refusal]:
        control = self.exposed.arms[0]
        arms = [self._by_person(counted.had, self.in_arm[a], None) for a in (arm, control)]
        about = {"label": term, "arm": arm}
        try:
            difference = difference_of_ratios(*arms)
        except NotIdentifiedError as reason:
            yield Refusal("incidence-difference", f"{reason}.", label=term)
            return
        low, high = difference.interval(self.level)
        yield Estimate(
            "incidence-difference", estimate=difference.estimate, se=difference.se, low=low,
            high=high, level=self.level, df=difference.df, unit=unit, method=CLUSTERED, **about,
        )  # fmt: skip
        log, se, df = log_ratio_of_ratios(*arms)
        half = _quantile(df, self.level) * se
        limits = WithLimits(*(np.exp(v) for v in (log, log - half, log + half)))
        said = f"ratio of shares (above 1: more under {arm})"
        yield self._limits("incidence-ratio", limits, CLUSTERED, unit=said, **about)
        yield from self._event_rate_ratio(counted, arm, about)

    def _by_person(
        self, value: FloatArray, here: NDArray[np.bool_], days: FloatArray | None
    ) -> Totals:
        """Sum a value over each person's units in an arm; out of units, or 100 times the time."""
        out_of = np.ones_like(value) if days is None else days / DAYS[self.per] / 100
        add: Callable[[FloatArray], FloatArray] = lambda v: np.bincount(  # noqa: E731
            self.person[here], v[here], minlength=self.people
        )
        return totals(add(value), add(out_of))

    def _limits(self, name: str, found: WithLimits, method: str, **fields: object) -> Estimate:
        estimate, low, high = (float(v) for v in found)
        row = Estimate(
            name, estimate=estimate, low=low, high=high, level=self.level, method=method
        )
        return replace(row, **fields)  # type: ignore[arg-type]  # names of Estimate's fields


def nobody(people: int, high: float, level: float) -> str:
    """Say what no event means, never that there is no harm."""
    return (
        f"No event in {people} people does not mean none can occur: the true share could still be "
        f"up to {high:.1%} (exact {100 * level:.3g}% limit)"
    )


def _quantile(df: float, level: float) -> float:
    from scipy.special import stdtrit  # noqa: PLC0415

    return float(stdtrit(df, (1 + level) / 2))


def _on_logit(p: float, se: float, df: float, level: float) -> tuple[float | None, float | None]:
    """Return limits of a share on the logit scale; none where everybody had the event."""
    if not 0 < p < 1:
        return None, None
    centre, half = np.log(p / (1 - p)), _quantile(df, level) * se / (p * (1 - p))
    low, high = (1 / (1 + np.exp(-v)) for v in (centre - half, centre + half))
    return float(low), float(high)
