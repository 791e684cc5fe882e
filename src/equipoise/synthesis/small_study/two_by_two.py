"""Tests of funnel asymmetry for events in two arms, whose log ratios depend on their own errors.

Arguments are events and people of each study's treated and control arm.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError
from equipoise.synthesis.effects import FloatArray
from equipoise.synthesis.small_study.regression import FunnelRegression, least_squares


def harbord(
    events: ArrayLike, n: ArrayLike, control_events: ArrayLike, control_n: ArrayLike
) -> FunnelRegression:
    """Regress the efficient score of the log odds ratio over its variance on its error.

    Parameters
    ----------
    events, n, control_events, control_n : shape (k,)

    Notes
    -----
    Score Z = a - n1 (a + c) / N, variance V = n1 n2 (a + c)(b + d) / (N^2 (N - 1)); Z / V is
    regressed on 1 / sqrt(V) with weights V.

    References
    ----------
    Harbord, Egger & Sterne (2006), Stat Med 25:3443-3457.
    """
    a, n1, c, n2 = _checked(events, n, control_events, control_n)
    total, cases = n1 + n2, a + c
    score = a - n1 * cases / total
    v = n1 * n2 * cases * (total - cases) / (total**2 * (total - 1))
    return least_squares(score / v, 1 / np.sqrt(v), v)


def peters(
    y: ArrayLike,
    events: ArrayLike,
    n: ArrayLike,
    control_events: ArrayLike,
    control_n: ArrayLike,
) -> FunnelRegression:
    """Regress log ratios y on 1 / N, weighted by the pooled events: 1 / (1/(a+c) + 1/(b+d)).

    References
    ----------
    Peters, Sutton, Jones, Abrams & Rushton (2006), JAMA 295:676-680.
    """
    total, w = _pooled_weight(events, n, control_events, control_n)
    return least_squares(y, 1 / total, w)


def macaskill(
    y: ArrayLike,
    events: ArrayLike,
    n: ArrayLike,
    control_events: ArrayLike,
    control_n: ArrayLike,
) -> FunnelRegression:
    """Regress log ratios y on N, with the weights of `peters` (their method FPV).

    References
    ----------
    Macaskill, Walter & Irwig (2001), Stat Med 20:641-654.
    """
    total, w = _pooled_weight(events, n, control_events, control_n)
    return least_squares(y, total, w)


def modified_egger(
    y: ArrayLike, v: ArrayLike, n: ArrayLike, control_n: ArrayLike
) -> FunnelRegression:
    """Regress standardised mean differences on sqrt(1/n1 + 1/n2), weighted by 1/v.

    The usual standard error of a standardised mean difference grows with the difference itself.

    References
    ----------
    Pustejovsky & Rodgers (2019), Res Synth Methods 10:57-71.
    """
    sizes = [np.asarray(a, dtype=np.float64) for a in (n, control_n)]
    if not all(np.isfinite(a).all() and (a > 0).all() for a in sizes):
        raise DataError("Sample sizes of both arms are numbers above 0.")
    v = np.asarray(v, dtype=np.float64)
    return least_squares(y, np.sqrt(1 / sizes[0] + 1 / sizes[1]), 1 / v)


def _pooled_weight(*columns: ArrayLike) -> tuple[FloatArray, FloatArray]:
    a, n1, c, n2 = _checked(*columns)
    total, cases = n1 + n2, a + c
    return total, 1 / (1 / cases + 1 / (total - cases))


def _checked(*columns: ArrayLike) -> tuple[FloatArray, ...]:
    a, n1, c, n2 = (np.asarray(column, dtype=np.float64) for column in columns)
    shapes = {column.shape for column in (a, n1, c, n2)}
    if len(shapes) != 1 or a.ndim != 1:
        raise DataError(f"Events and people are one a study. Got shapes {sorted(shapes)}.")
    for row, (x, m, z, o) in enumerate(zip(a, n1, c, n2, strict=True), 1):
        if not (0 <= x <= m and 0 <= z <= o):
            raise DataError(f"Study {row}: events {x:g}/{m:g} and {z:g}/{o:g} are no counts.")
        if x + z in (0, m + o):
            raise DataError(
                f"Study {row}: nobody, or everybody, had the event ({x:g}/{m:g}, {z:g}/{o:g}); "
                "it says nothing of a ratio. Leave it out."
            )
    return a, n1, c, n2
