"""Two groups, an event or none: risk ratio, odds ratio, differences, and Peto's odds ratio.

Ratios are on the log scale. Zero cells follow a `ZeroCells` rule; where it leaves a zero that has
no logarithm, the effect is NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from equipoise.synthesis.effect_sizes.checks import (
    EffectSize,
    FloatArray,
    aligned,
    need_people,
    refuse,
)
from equipoise.synthesis.effect_sizes.zero_cells import HALF, NOTHING, ZeroCells


class Table(NamedTuple):
    """Cells after correction: events and others of group 1 (a, b) and group 2 (c, d)."""

    a: FloatArray
    b: FloatArray
    c: FloatArray
    d: FloatArray

    @property
    def n1(self) -> FloatArray:
        """People of group 1, with what was added."""
        return self.a + self.b

    @property
    def n2(self) -> FloatArray:
        """People of group 2, with what was added."""
        return self.c + self.d


def corrected_table(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    zero: ZeroCells = HALF,
    *,
    study: Sequence[str] | None = None,
) -> Table:
    """Check counts and apply the rule for zero cells.

    Parameters
    ----------
    events1, total1, events2, total2 : shape (k,)
        People with the event, and all people, of each group.

    Raises
    ------
    DataError
        For negative counts, groups of nobody, or more events than people; names the study.
    """
    a, n1, c, n2 = aligned(study, events1=events1, total1=total1, events2=events2, total2=total2)
    need_people(study, 1, total1=n1, total2=n2)
    for name, events, total in (("1", a, n1), ("2", c, n2)):
        text = f"events{name} is {{events}}: a count is not below 0."
        refuse(events < 0, study, text, events=events)
        text = (
            f"{{events}} events among {{total}} people in group {name}: more events than people. "
            "If people can have several events, give person-time and take IRR."
        )
        refuse(events > total, study, text, events=events, total=total)
    b, d = n1 - a, n2 - c
    has_zero = (a == 0) | (b == 0) | (c == 0) | (d == 0)
    add1, add2 = zero.amounts(n1, n2)
    rows = zero.rows(has_zero)
    add1, add2 = np.where(rows, add1, 0.0), np.where(rows, add2, 0.0)
    if zero.drop00:
        alike = ((a == 0) & (c == 0)) | ((b == 0) & (d == 0))
        add1 = np.where(alike, np.nan, add1)
        add2 = np.where(alike, np.nan, add2)
    return Table(a + add1, b + add1, c + add2, d + add2)


def log_risk_ratio(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    *,
    zero: ZeroCells = HALF,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the log risk ratio (RR), variance 1/a - 1/n1 + 1/c - 1/n2.

    Examples
    --------
    >>> y, v = log_risk_ratio([4], [123], [11], [139])
    >>> print(y.round(4), v.round(4))
    [-0.8893] [0.3256]
    """
    t = corrected_table(events1, total1, events2, total2, zero, study=study)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.log(t.a / t.n1) - np.log(t.c / t.n2)
        v = 1 / t.a - 1 / t.n1 + 1 / t.c - 1 / t.n2
    return finite_or_nan(y, v)


def log_odds_ratio(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    *,
    zero: ZeroCells = HALF,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the log odds ratio (OR), variance the sum of reciprocal cells (Woolf 1955)."""
    t = corrected_table(events1, total1, events2, total2, zero, study=study)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.log(t.a * t.d) - np.log(t.b * t.c)
        v = 1 / t.a + 1 / t.b + 1 / t.c + 1 / t.d
    return finite_or_nan(y, v)


def risk_difference(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    *,
    zero: ZeroCells = HALF,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the risk difference (RD); its variance is 0 where nobody or all have the event.

    The rule for zero cells keeps such a study from that variance, and moves its difference
    a little when groups are unequal.
    """
    t = corrected_table(events1, total1, events2, total2, zero, study=study)
    p1, p2 = t.a / t.n1, t.c / t.n2
    return EffectSize(p1 - p2, p1 * (1 - p1) / t.n1 + p2 * (1 - p2) / t.n2)


def arcsine_difference(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    *,
    zero: ZeroCells = NOTHING,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the difference of arcsine roots of risks (AS): it needs nothing added to zeros.

    References
    ----------
    Rücker, Schwarzer, Carpenter & Olkin (2009), Stat Med 28:721-738. doi:10.1002/sim.3511
    """
    t = corrected_table(events1, total1, events2, total2, zero, study=study)
    y = np.arcsin(np.sqrt(t.a / t.n1)) - np.arcsin(np.sqrt(t.c / t.n2))
    return EffectSize(y, 1 / (4 * t.n1) + 1 / (4 * t.n2))


def peto_log_odds_ratio(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    *,
    zero: ZeroCells = HALF,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return Peto's one-step log odds ratio (PETO), (O - E) / V with variance 1 / V.

    It fits rare events, small effects and groups of similar size. It needs no correction
    (`NOTHING`) except where both groups have no event, or all have it.

    References
    ----------
    Yusuf, Peto, Lewis, Collins & Sleight (1985), Prog Cardiovasc Dis 27:335-371.
    """
    t = corrected_table(events1, total1, events2, total2, zero, study=study)
    N, with_event = t.n1 + t.n2, t.a + t.c
    with np.errstate(divide="ignore", invalid="ignore"):
        V = t.n1 * t.n2 * with_event * (t.b + t.d) / (N**2 * (N - 1))
        y = (t.a - t.n1 * with_event / N) / V
        v = 1 / V
    return finite_or_nan(y, v)


def finite_or_nan(y: FloatArray, v: FloatArray) -> EffectSize:
    """Turn an effect that has no finite value, or no variance, into NaN."""
    good = np.isfinite(y) & np.isfinite(v)
    return EffectSize(np.where(good, y, np.nan), np.where(good, v, np.nan))
