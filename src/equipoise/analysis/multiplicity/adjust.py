"""A family of rows or p values, adjusted by any of the procedures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.multiplicity.bonferroni import bonferroni
from equipoise.analysis.multiplicity.dunnett import (
    ManyToOne,
    critical_value,
    dunnett,
    many_to_one,
    step_down_dunnett,
)
from equipoise.analysis.multiplicity.fallback import fallback_graph
from equipoise.analysis.multiplicity.family import METHODS, Family, Method, numbers
from equipoise.analysis.multiplicity.fixed_sequence import (
    fixed_sequence_graph,
)
from equipoise.analysis.multiplicity.graphical import (
    WeightedGraph,
    final_weights,
    graphical,
    weighted_graph,
)
from equipoise.analysis.multiplicity.hochberg import hochberg
from equipoise.analysis.multiplicity.holm import holm
from equipoise.analysis.multiplicity.hommel import hommel
from equipoise.analysis.multiplicity.p_values import (
    Alternative,
    checked_p,
    checked_weights,
    directed_p,
)
from equipoise.analysis.multiplicity.simultaneous_intervals import (
    bonferroni_intervals,
    compatible_intervals,
    dunnett_intervals,
)
from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

ONE_SIDED_ONLY = (
    "This procedure has simultaneous intervals for one-sided tests only: ask for the alternative "
    "greater or less, or take Bonferroni or Dunnett"
)
NO_INTERVALS = "This procedure has no simultaneous intervals in use"


def adjust(
    family: Estimates | ArrayLike,
    method: Method = "holm",
    *,
    alpha: float = 0.05,
    weights: ArrayLike | None = None,
    graph: WeightedGraph | None = None,
    alternative: Alternative = "two-sided",
    labels: Sequence[str] | None = None,
    sizes: ArrayLike | None = None,
    control_size: float | None = None,
) -> Estimates:
    """Adjust the p values of a family of hypotheses for being several.

    Parameters
    ----------
    family
        Rows with p values, or the p values themselves, shape (m,); in the planned order for
        ``fixed-sequence`` and ``fallback``.
    method
        One of `METHODS`.
    alpha
        Familywise error rate of the simultaneous intervals.
    weights : shape (m,), optional
        Shares of alpha for ``bonferroni``, ``holm`` and ``fallback``.
    graph
        For ``graphical``: from `weighted_graph`.
    alternative
        "greater" or "less" takes p values anew, from estimates and standard errors, and gives
        one-sided bounds. P values that come without rows are taken as they are.
    labels
        Names of p values that come without rows.
    sizes, control_size
        People in each arm and in the control arm, for the Dunnett methods.

    Returns
    -------
    Estimates
        A row ``adjusted-p`` for each row: estimate and standard error unchanged, `p` adjusted,
        the limits simultaneous at 1 - alpha, or none with a warning that says why.

    Raises
    ------
    DataError
        When a row has no p value, or an argument does not fit the method.

    Examples
    --------
    >>> [round(row.p, 3) for row in adjust([0.01, 0.02, 0.4], "holm")]
    [0.03, 0.04, 0.4]
    """
    if method not in METHODS:
        raise DataError(f"No method {method!r}. The methods are: {', '.join(METHODS)}.")
    if not 0 < alpha < 0.5:
        raise DataError(f"A familywise error rate lies between 0 and 0.5. Got {alpha}.")
    if weights is not None and method not in ("bonferroni", "holm", "fallback"):
        raise DataError(f"{method} takes no weights; bonferroni, holm and fallback do.")
    rows = family.rows if isinstance(family, Estimates) else _bare(family, labels)
    p = _raw_p(rows, alternative)
    question = Family(rows, p, method, alpha, alternative)
    if method in ("dunnett", "step-down-dunnett"):
        found = _against_control(question, sizes, control_size)
    else:
        found = _by_shares(question, weights, graph)
    refused = family.refused if isinstance(family, Estimates) else ()
    source = family.source if isinstance(family, Estimates) else None
    return Estimates(found, refused, source)


def _by_shares(
    family: Family, weights: ArrayLike | None, graph: WeightedGraph | None
) -> tuple[Estimate, ...]:
    """Adjust by a procedure that only needs p values."""
    p, method, m = family.p, family.method, family.p.size
    if method in ("hochberg", "hommel"):
        adjusted = hochberg(p) if method == "hochberg" else hommel(p)
        return family.told(adjusted, None, NO_INTERVALS)
    if method == "bonferroni":
        shares = checked_weights(weights, m)
        limits = _at(family, shares)
        return family.told(bonferroni(p, shares), limits)
    drawn = _graph(method, m, weights, graph)
    adjusted = holm(p, weights) if method == "holm" else graphical(p, drawn)
    if family.effects is None or family.alternative == "two-sided":
        return family.told(adjusted, None, ONE_SIDED_ONLY if family.effects else "")
    final = final_weights(p, drawn, family.alpha)
    # if all are rejected any shares will do: those of the plan, unless some have none
    shares = drawn.weights if (drawn.weights > 0).all() else np.full(m, 1 / m)
    retained, single = _at(family, final), _at(family, shares)
    assert retained is not None  # noqa: S101  (there are effects)
    assert single is not None  # noqa: S101
    limits = compatible_intervals(
        adjusted <= family.alpha, retained, lambda: single, family.alternative
    )
    return family.told(adjusted, limits)


def _graph(
    method: Method, m: int, weights: ArrayLike | None, graph: WeightedGraph | None
) -> WeightedGraph:
    """Return the graph that the procedure is."""
    names = [f"H{k + 1}" for k in range(m)]
    if method == "fixed-sequence":
        return fixed_sequence_graph(names)
    if method == "fallback":
        return fallback_graph(names, weights)
    if method == "holm":
        w = checked_weights(weights, m)
        rest = 1 - w / w.sum() if w.sum() > 0 else np.ones(m)
        G = np.where(rest[:, None] > 0, w / w.sum() / np.where(rest > 0, rest, 1)[:, None], 0.0)
        np.fill_diagonal(G, 0.0)
        return weighted_graph(w / w.sum(), G, names)
    if graph is None:
        raise DataError("The graphical method needs a graph: make one with `weighted_graph`.")
    return graph


def _at(family: Family, shares: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    if family.effects is None:
        return None
    return bonferroni_intervals(*family.effects, family.alpha * shares, family.alternative)


def _against_control(
    family: Family, sizes: ArrayLike | None, control_size: float | None
) -> tuple[Estimate, ...]:
    """Adjust by the joint distribution of contrasts with one control."""
    if family.effects is None or sizes is None or control_size is None:
        raise DataError(
            f"{family.method} needs the estimate and standard error of each arm against control, "
            "and how many people each arm (`sizes`) and the control (`control_size`) has."
        )
    estimate, se, df = family.effects
    if np.unique(df).size > 1:
        raise DataError(
            f"{family.method} needs one variance for all arms, with one df. Got df "
            f"{df.tolist()}: take Holm, or compare the arms in one model."
        )
    joint = many_to_one(estimate, se, sizes, control_size, float(df[0]))
    if family.method == "dunnett":
        limits = dunnett_intervals(joint, 1 - family.alpha, family.alternative)
        return family.told(dunnett(joint, family.alternative), limits)
    adjusted = step_down_dunnett(joint, family.alternative)
    if family.alternative == "two-sided":
        return family.told(adjusted, None, ONE_SIDED_ONLY)
    return family.told(adjusted, _stepped_dunnett(family, joint, adjusted <= family.alpha))


def _stepped_dunnett(
    family: Family, joint: ManyToOne, rejected: NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Return bounds that agree with the steps: retained arms share one critical value."""
    level, side = 1 - family.alpha, family.alternative
    kept = joint.loading if rejected.all() else joint.loading[~rejected]
    half = critical_value(kept, joint.df, level, side) * joint.se
    infinite = np.full_like(half, np.inf)
    low = joint.estimate - half if side == "greater" else -infinite
    high = joint.estimate + half if side == "less" else infinite
    return compatible_intervals(rejected, (low, high), lambda: (low, high), side)


def _bare(p: ArrayLike, labels: Sequence[str] | None) -> tuple[Estimate, ...]:
    values = checked_p(p)
    names = tuple(labels) if labels is not None else tuple(f"H{k + 1}" for k in range(values.size))
    if len(names) != values.size:
        raise DataError(f"{values.size} p values, but {len(names)} labels.")
    pairs = zip(names, values, strict=True)
    return tuple(Estimate("adjusted-p", label=name, p=float(value)) for name, value in pairs)


def _raw_p(rows: tuple[Estimate, ...], alternative: Alternative) -> FloatArray:
    estimate, se, df = (numbers(rows, field) for field in ("estimate", "se", "df"))
    if alternative != "two-sided" and (np.isfinite(estimate) & (se > 0)).all():
        return directed_p(estimate / se, np.where(np.isnan(df), np.inf, df), alternative)
    if alternative != "two-sided" and any(row.name != "adjusted-p" for row in rows):
        raise DataError(
            "One-sided tests are taken from estimates and standard errors, and a row has none. "
            "Select the rows that have them, or give one-sided p values alone."
        )
    lacking = [row.title for row in rows if row.p is None]
    if lacking:
        raise DataError(f"No p value: {', '.join(lacking)}. Select the rows of the family first.")
    return checked_p(numbers(rows, "p"))
