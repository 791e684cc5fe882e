"""Expectancy moderation: does the arm do more in those who expected more of it?

Expectancy is what a person hoped for before randomisation; it is the same in both arms by
design, so how the effect varies with it needs no assumption. That expectancy *causes* the
variation would need one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtrc, stdtrit

from equipoise.analysis.contrast import Contrast
from equipoise.analysis.linear_model import least_squares
from equipoise.analysis.sandwich import ClusterRobust, cluster_robust
from equipoise.belief.coded_answers import FloatArray, clusters, columns
from equipoise.belief.contrast_row import contrast_row
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

QUARTILES = (0.25, 0.5, 0.75)
QUARTILE_NAMES = ("lower quartile", "median", "upper quartile")
SPLINE_DF = 3

METHOD = (
    "Arm x expectancy in least squares, CR2 errors with Satterthwaite df "
    "(Pustejovsky & Tipton 2018, J Bus Econ Stat 36:672)"
)
SPLINE_METHOD = "Arm x natural cubic spline of expectancy, 3 df, CR2 errors"
REGION_METHOD = (
    "Johnson-Neyman region, pointwise (Bauer & Curran 2005, Multivariate Behav Res 40:373)"
)
ASSUMPTIONS = ("Expectancy was measured before randomisation",)
LINEAR = "The effect changes along a straight line of expectancy: compare the spline rows"
SLOPES_NOT_CAUSAL = (
    "Expectancy was not randomised: that the effect differs with it does not say that raising or "
    "lowering expectancy would change the effect."
)
NO_EXTRAPOLATION = (
    "The effect at an expectancy nobody had (0, say) would be a claim of the model, not of the "
    "data: it is not given."
)


class SplineTest(NamedTuple):
    """A Wald F statistic, its degrees of freedom and its p value."""

    statistic: float
    df: tuple[int, int]
    p: float


@dataclass(frozen=True, slots=True)
class ExpectancyModeration:
    """The effect of the arm as a function of baseline expectancy.

    `slope` is the change of the effect per point of expectancy; `at` the expectancy quartiles and
    `effects` the effect there; `regions` the observed expectancies at which the interval of the
    effect excludes 0. The spline gives the effects again, and tests of any moderation and of
    departure from the line.
    """

    slope: Contrast
    at: tuple[float, ...]
    effects: tuple[Contrast, ...]
    regions: tuple[tuple[float, float], ...]
    spline_effects: tuple[Contrast, ...]
    spline_any: SplineTest | None
    spline_bend: SplineTest | None
    observed: tuple[float, float]
    people: int
    left_out: int


def expectancy_moderation(
    y: ArrayLike,
    arm: ArrayLike,
    expectancy: ArrayLike,
    *,
    x: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
) -> ExpectancyModeration:
    """Estimate E[Y(1) - Y(0) given expectancy].

    Parameters
    ----------
    y, arm, expectancy : shape (n,)
        Score; 1 active, 0 control; expectancy before randomisation, NaN left out and counted.
    x : shape (n, p), optional
        Further baseline covariates (main effects).
    cluster : shape (n,), optional
        Person of each row.
    """
    rows = _complete(y, arm, expectancy, x, cluster)
    low, high = float(rows.expectancy.min()), float(rows.expectancy.max())
    at = tuple(float(q) for q in np.quantile(rows.expectancy, QUARTILES))
    fit = _robust(rows, rows.expectancy[:, None])
    effects = tuple(fit.contrast(_effect_weights(rows, np.array([e]))) for e in at)
    slope = fit.contrast(np.eye(fit.coefficients.size)[2])
    regions = _johnson_neyman(fit, low, high, rows, level)
    spline = _spline(rows, at)
    return ExpectancyModeration(
        slope, at, effects, regions, *spline, (low, high), rows.people, rows.left_out
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    y: FloatArray
    arm: FloatArray
    expectancy: FloatArray
    x: FloatArray
    person: NDArray[np.intp]
    left_out: int

    @property
    def people(self) -> int:
        return int(np.unique(self.person).size)

    def df(self, coefficients: int) -> int:
        """Degrees of freedom of a statistic that has no Satterthwaite ones."""
        return self.people - (1 if self.people < self.y.size else coefficients)


def _complete(
    y: ArrayLike,
    arm: ArrayLike,
    expectancy: ArrayLike,
    x: ArrayLike | None,
    cluster: ArrayLike | None,
) -> _Rows:
    score, received, hoped = (np.asarray(v, dtype=np.float64) for v in (y, arm, expectancy))
    if not score.shape == received.shape == hoped.shape or score.ndim != 1:
        raise DataError("`y`, `arm` and `expectancy` need one value a row each.")
    if not np.isin(received, (0, 1)).all():
        raise DataError("`arm` must be 1 (active) or 0 (control) in every row.")
    covariates = columns(x, score.size, "x")
    kept = np.isfinite(score) & np.isfinite(hoped) & np.isfinite(covariates).all(axis=1)
    for a, name in ((1, "active"), (0, "control")):
        if np.unique(hoped[kept & (received == a)]).size < 3:
            raise NotIdentifiedError(
                f"not identified: fewer than three different expectancies in the {name} arm."
            )
    person = clusters(cluster, score.size)[kept]
    return _Rows(
        score[kept], received[kept], hoped[kept], covariates[kept], person, int((~kept).sum())
    )


def _robust(rows: _Rows, basis: FloatArray) -> ClusterRobust:
    """Fit 1, arm, arm x basis, basis, x; CR2 over people (HC2 where each has one row)."""
    arm = rows.arm[:, None]
    design = np.hstack([np.ones_like(arm), arm, arm * basis, basis, rows.x])
    k = basis.shape[1]
    names = ["intercept", "arm", *(f"arm x expectancy {j + 1}" for j in range(k))]
    names += [f"expectancy {j + 1}" for j in range(k)]
    names += [f"covariate {j + 1}" for j in range(rows.x.shape[1])]
    return cluster_robust(least_squares(rows.y, design, names), rows.person, "CR2")


def _effect_weights(rows: _Rows, basis_at: FloatArray) -> FloatArray:
    """Weights of the effect of the arm where the basis has these values."""
    zeros = np.zeros(basis_at.size + rows.x.shape[1])
    return np.concatenate([[0.0, 1.0], basis_at, zeros])


def _johnson_neyman(
    fit: ClusterRobust, low: float, high: float, rows: _Rows, level: float
) -> tuple[tuple[float, float], ...]:
    """Observed expectancies e where (b1 + b3 e)^2 > t^2 (v11 + 2 v13 e + v33 e^2)."""
    t2 = stdtrit(rows.df(fit.coefficients.size), (1 + level) / 2) ** 2
    (b1, b3), v = fit.coefficients[1:3], fit.covariance[1:3, 1:3]
    square, line = b3**2 - t2 * v[1, 1], 2 * (b1 * b3 - t2 * v[0, 1])
    roots = np.roots([square, line, b1**2 - t2 * v[0, 0]])
    inner = sorted(float(r.real) for r in roots if abs(r.imag) < 1e-12 and low < r.real < high)
    ends = [low, *inner, high]
    regions: list[tuple[float, float]] = []
    for start, end in pairwise(ends):
        e = (start + end) / 2
        if square * e**2 + line * e + b1**2 - t2 * v[0, 0] > 0:
            regions.append((start, end))
    return tuple(regions)


def natural_spline(e: ArrayLike, knots: ArrayLike) -> FloatArray:
    """Return a natural cubic spline basis without constant, shape (n, knots - 1).

    Cubic between the knots, straight beyond the outer two; the first column is `e` itself.

    References
    ----------
    Hastie, Tibshirani & Friedman (2009), Elements of Statistical Learning, section 5.2.1.
    """
    value, knot = np.asarray(e, dtype=np.float64), np.asarray(knots, dtype=np.float64)
    cubes = np.maximum(value[:, None] - knot, 0) ** 3
    slopes = (cubes[:, :-1] - cubes[:, -1:]) / (knot[-1] - knot[:-1])
    bends = (slopes[:, :-1] - slopes[:, -1:]) / (knot[-1] - knot[0])
    return np.column_stack([value, bends])


def _spline(
    rows: _Rows, at: tuple[float, ...]
) -> tuple[tuple[Contrast, ...], SplineTest | None, SplineTest | None]:
    """Effects at `at` and tests under a spline; none where expectancy takes too few values."""
    knots = np.quantile(rows.expectancy, np.linspace(0, 1, SPLINE_DF + 1))
    if np.unique(knots).size < knots.size:
        return (), None, None
    basis = natural_spline(rows.expectancy, knots)
    try:
        fit = _robust(rows, basis)
    except NotIdentifiedError:
        return (), None, None
    here = natural_spline(at, knots)
    effects = tuple(fit.contrast(_effect_weights(rows, point)) for point in here)
    any_, bend = slice(2, 2 + SPLINE_DF), slice(3, 2 + SPLINE_DF)
    return effects, _wald(fit, any_, rows), _wald(fit, bend, rows)


def _wald(fit: ClusterRobust, of: slice, rows: _Rows) -> SplineTest:
    b, v = fit.coefficients[of], fit.covariance[of, of]
    statistic = float(b @ np.linalg.solve(v, b)) / b.size
    df = (b.size, rows.df(fit.coefficients.size))
    return SplineTest(statistic, df, float(fdtrc(*df, statistic)))


def expectancy_moderation_estimates(
    y: ArrayLike,
    arm: ArrayLike,
    expectancy: ArrayLike,
    *,
    x: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
    unit: str | None = None,
) -> Estimates:
    """Return rows `expectancy-moderation`: slope, effects at quartiles, regions, spline."""
    try:
        found = expectancy_moderation(y, arm, expectancy, x=x, cluster=cluster, level=level)
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal("expectancy-moderation", str(error)),))
    left = f"{found.left_out} rows without expectancy or a covariate are left out."
    warnings = (SLOPES_NOT_CAUSAL, NO_EXTRAPOLATION, *((left,) if found.left_out else ()))

    def row(label: str, effect: Contrast, method: str, unit: str | None) -> Estimate:
        return contrast_row(
            "expectancy-moderation",
            effect,
            level,
            label=label,
            unit=unit,
            estimand="Effect of the arm as a function of expectancy before randomisation",
            method=method,
            assumptions=ASSUMPTIONS if method is SPLINE_METHOD else (*ASSUMPTIONS, LINEAR),
            warnings=warnings,
        )

    rows = [row("slope", found.slope, METHOD, f"{unit or 'score'} a point of expectancy")]
    for effects, kind, method in (
        (found.effects, "", METHOD),
        (found.spline_effects, ", spline", SPLINE_METHOD),
    ):
        for name, e, effect in zip(QUARTILE_NAMES, found.at, effects, strict=False):
            rows.append(row(f"at {name} ({e:.3g}){kind}", effect, method, unit))
    tests, refused = _test_and_region_rows(found, level, warnings)
    return Estimates((*rows, *tests), refused)


def _test_and_region_rows(
    found: ExpectancyModeration, level: float, warnings: tuple[str, ...]
) -> tuple[tuple[Estimate, ...], tuple[Refusal, ...]]:
    name = "expectancy-moderation"
    rows = [
        Estimate(
            name,
            label,
            df=test.df[1],
            p=test.p,
            estimand="Wald F test",
            method=SPLINE_METHOD,
            assumptions=ASSUMPTIONS,
            warnings=warnings,
        )
        for label, test in (
            ("any moderation, spline", found.spline_any),
            ("departure from the line, spline", found.spline_bend),
        )
        if test
    ]
    rows += [
        Estimate(
            name,
            "region where the interval excludes 0",
            low=low,
            high=high,
            unit="points of expectancy",
            estimand=f"Expectancies at which the {level:.0%} interval of the effect excludes 0",
            method=REGION_METHOD,
            assumptions=(*ASSUMPTIONS, LINEAR),
            warnings=warnings,
        )
        for low, high in found.regions
    ]
    refused: list[Refusal] = []
    if not found.regions:
        reason = "At no observed expectancy does the interval of the effect exclude 0."
        refused.append(Refusal(name, reason, label="region where the interval excludes 0"))
    if not found.spline_any:
        reason = "Expectancy takes too few different values for a spline."
        refused.append(Refusal(name, reason, label="any moderation, spline"))
    return tuple(rows), tuple(refused)
