"""Association in one 2x2 table: phi, Yule's Q and Y; and an SMD behind a cut-off score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from equipoise.synthesis.effect_sizes.checks import EffectSize, FloatArray
from equipoise.synthesis.effect_sizes.two_by_two import (
    Table,
    corrected_table,
    finite_or_nan,
    log_odds_ratio,
)
from equipoise.synthesis.effect_sizes.zero_cells import HALF, NOTHING, ZeroCells


def yules_q(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    *,
    zero: ZeroCells = HALF,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return Yule's Q (YUQ), (odds ratio - 1) / (odds ratio + 1).

    References
    ----------
    Yule (1912), J R Stat Soc 75:579-652. doi:10.2307/2340126
    """
    log_or = log_odds_ratio(events1, total1, events2, total2, zero=zero, study=study)
    q = np.tanh(log_or.y / 2)
    return EffectSize(q, (1 - q**2) ** 2 / 4 * log_or.v)


def yules_y(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    *,
    zero: ZeroCells = HALF,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return Yule's Y (YUY), as Q with the square root of the odds ratio (Yule 1912)."""
    log_or = log_odds_ratio(events1, total1, events2, total2, zero=zero, study=study)
    y = np.tanh(log_or.y / 4)
    return EffectSize(y, (1 - y**2) ** 2 / 16 * log_or.v)


def phi_coefficient(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    *,
    sampling: Literal["ST", "CS"] = "CS",
    zero: ZeroCells = NOTHING,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the phi coefficient (PHI), the correlation of group and event (Yule 1912).

    Parameters
    ----------
    sampling
        "CS": all people were sampled at once, whichever group they are in; "ST": group sizes
        were fixed, as in a trial. Phi depends on the share of people in each group.
    """
    t = corrected_table(events1, total1, events2, total2, zero, study=study)
    a, b, c, d = t
    N, n1, n2, e, f = a + b + c + d, a + b, c + d, a + c, b + d
    with np.errstate(divide="ignore", invalid="ignore"):
        phi = (a * d - b * c) / np.sqrt(n1 * n2 * e * f)
        if sampling == "ST":
            return finite_or_nan(phi, _variance_for_fixed_groups(t))
        groups, events = (n1 - n2) / np.sqrt(n1 * n2), (e - f) / np.sqrt(e * f)
        third = phi * (1 + phi**2 / 2) * groups * events
        v = (1 - phi**2 + third - 0.75 * phi**2 * (groups**2 + events**2)) / N
    return finite_or_nan(phi, v)


def _variance_for_fixed_groups(t: Table) -> FloatArray:
    """Delta method for phi as a function of the two risks."""
    N, p1, p2 = t.n1 + t.n2, t.a / t.n1, t.c / t.n2
    w1, w2 = t.n1 / N, t.n2 / N
    spread = (w1 * p1 + w2 * p2) * (1 - w1 * p1 - w2 * p2)
    bend = (p1 - p2) * (1 - 2 * (w1 * p1 + w2 * p2)) / (2 * spread)
    of1, of2 = (1 - w1 * bend) ** 2, (1 + w2 * bend) ** 2
    v = of1 * p1 * (1 - p1) / t.n1 + of2 * p2 * (1 - p2) / t.n2
    return w1 * w2 / spread * v


def probit_difference(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    *,
    zero: ZeroCells = HALF,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the difference of probits of the risks (PBIT): an SMD if scores are normal.

    References
    ----------
    Sánchez-Meca, Marín-Martínez & Chacón-Moscoso (2003), Psychol Methods 8:448-467.
    doi:10.1037/1082-989X.8.4.448
    """
    t = corrected_table(events1, total1, events2, total2, zero, study=study)
    p1, p2 = t.a / t.n1, t.c / t.n2
    with np.errstate(divide="ignore", invalid="ignore"):
        z1, z2 = ndtri(p1), ndtri(p2)
        v1 = 2 * np.pi * p1 * (1 - p1) * np.exp(z1**2) / t.n1
        v2 = 2 * np.pi * p2 * (1 - p2) * np.exp(z2**2) / t.n2
        return finite_or_nan(z1 - z2, v1 + v2)
