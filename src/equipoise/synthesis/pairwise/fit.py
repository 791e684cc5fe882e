"""A random-effects model of study effects, with or without moderators.

y = X beta + u + e, u ~ N(0, tau2), e ~ N(0, v). Weights 1 / (v + tau2), or the user's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.effects import Effects, FloatArray
from equipoise.synthesis.pairwise.tau2 import METHODS
from equipoise.synthesis.pairwise.tau2.generalised_q import method_of_moments
from equipoise.synthesis.pairwise.weighted import Weighted, at_tau2, total, weighted

Test = Literal["z", "t", "hartung-knapp", "hartung-knapp-adhoc"]
TESTS: tuple[str, ...] = get_args(Test)
TAU2_METHODS = (*METHODS, "GENQ")
ROUNDING = 1e-14
"""Residuals below this share of the effects are rounding of the arithmetic."""


@dataclass(frozen=True, slots=True, eq=False)
class RandomEffectsFit:
    """The fit of k studies and p coefficients.

    Parameters
    ----------
    effects
        What was pooled.
    x : shape (k, p)
    names : length p
        Of the coefficients.
    method, test
        Estimator of tau2; how uncertainty is counted.
    tau2
    user_weights : shape (k,)
        Or None: inverse variances.
    solution
        The weighted regression.
    cov : shape (p, p)
        Of the coefficients, by the test's rule.
    df
        Of t, or None: normal.
    """

    effects: Effects
    x: FloatArray
    names: tuple[str, ...]
    method: str
    test: Test
    tau2: float
    user_weights: FloatArray | None
    solution: Weighted
    cov: FloatArray
    df: int | None

    @property
    def k(self) -> int:
        """Number of effects."""
        return len(self.effects)

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.x.shape[1])

    @property
    def beta(self) -> FloatArray:
        """Coefficients, shape (p,)."""
        return self.solution.beta

    @property
    def se(self) -> FloatArray:
        """Standard errors by the test's rule, shape (p,)."""
        return np.sqrt(np.diagonal(self.cov))

    @property
    def plain_cov(self) -> FloatArray:
        """Covariance of the coefficients with tau2 taken as known, shape (p, p)."""
        return _plain_cov(self.solution, self.effects.v, self.tau2, self.user_weights)

    @property
    def at_zero(self) -> Weighted:
        """The regression at tau2 = 0: Cochran's Q and the typical variance come from it."""
        return at_tau2(self.effects.y, self.effects.v, self.x, 0.0)

    @property
    def weight_percent(self) -> FloatArray:
        """Each study's weight in percent, shape (k,)."""
        return 100 * self.solution.w / total(self.solution.w)


def random_effects(
    effects: Effects,
    x: ArrayLike | None = None,
    *,
    names: Sequence[str] | None = None,
    method: str = "REML",
    test: Test = "hartung-knapp",
    weights: ArrayLike | None = None,
    tau2: float | None = None,
) -> RandomEffectsFit:
    """Fit a random-effects model.

    Parameters
    ----------
    effects
    x : shape (k, p)
        Moderators with a column of ones where an intercept is wanted; only ones if None.
    names : length p
    method
        EE, DL, HE, HS, HSk, SJ, ML, REML, EB, PM, PMM, or GENQ, which needs `weights`.
    test
        "z", "t" (k - p df), "hartung-knapp" (the residual spread sets the scale of the standard
        error), or "hartung-knapp-adhoc" (the same, but never smaller than "t" gives).
    weights : shape (k,)
        Weights of the user's instead of 1 / (v + tau2); above 0.
    tau2
        Taken as known if given.

    Raises
    ------
    DataError
        When method, test, weights or moderators cannot be used.
    NotIdentifiedError
        When there are not more studies than coefficients.

    Examples
    --------
    >>> from equipoise.synthesis import checked_effects
    >>> fit = random_effects(checked_effects([1.0, 3.0, 8.0], [1.0, 1.0, 1.0]))
    >>> round(fit.tau2, 6), round(float(fit.beta[0]), 6), fit.df
    (12.0, 4.0, 2)

    References
    ----------
    Hartung & Knapp (2001), Stat Med 20:3875-3889. Knapp & Hartung (2003), Stat Med 22:2693-2710.
    Röver, Knapp & Friede (2015), BMC Med Res Methodol 15:99, on the ad hoc form.
    """
    if test not in TESTS:
        raise DataError(f"The test {test!r} is not known. These are: {', '.join(TESTS)}.")
    x, names = _design(effects, x, names)
    own = None if weights is None else _checked_weights(weights, len(effects))
    spread = _tau2(effects, x, method, own) if tau2 is None else float(tau2)
    if spread < 0:
        raise DataError(f"tau2 is a variance: 0 or more. Got {spread:g}.")
    y, v = effects.y, effects.v
    fit = at_tau2(y, v, x, spread) if own is None else weighted(y, own, x)
    cov = _plain_cov(fit, v, spread, own) * _factor(effects, x, spread, test)
    df = None if test == "z" else len(effects) - x.shape[1]
    return RandomEffectsFit(effects, x, names, method, test, spread, own, fit, cov, df)


def common_effect(effects: Effects, *, test: Test = "z") -> RandomEffectsFit:
    """Fit one true effect: the mean weighted by inverse variances."""
    return random_effects(effects, method="EE", test=test)


def hartung_knapp_factor(y: FloatArray, v: FloatArray, x: FloatArray, tau2: float) -> float:
    """Return the mean square of residuals from the best fit at tau2: 1 where all fits.

    The best fit, also where weights are the user's: the factor is about tau2, not about weights.
    """
    fit = at_tau2(y, v, x, tau2)
    if (np.abs(fit.residual) <= ROUNDING * (np.abs(x) @ np.abs(fit.beta) + np.abs(y))).all():
        return 0.0  # what is left is rounding: the effects are the same
    return float(fit.ypy) / (len(y) - int(x.shape[1]))


def _factor(effects: Effects, x: FloatArray, tau2: float, test: Test) -> float:
    if not test.startswith("hartung-knapp"):
        return 1.0
    factor = hartung_knapp_factor(effects.y, effects.v, x, tau2)
    return max(factor, 1.0) if test.endswith("adhoc") else factor


def refit(fit: RandomEffectsFit, rows: ArrayLike) -> RandomEffectsFit:
    """Fit the same model to some of the studies, shape (m,) or a mask (k,)."""
    kept = np.arange(fit.k)[np.asarray(rows)]
    own = None if fit.user_weights is None else fit.user_weights[kept]
    return random_effects(
        fit.effects.take(kept),
        fit.x[kept],
        names=fit.names,
        method=fit.method,
        test=fit.test,
        weights=own,
    )


def with_test(fit: RandomEffectsFit, test: Test) -> RandomEffectsFit:
    """Return the same fit with another rule for uncertainty."""
    again = random_effects(
        fit.effects, fit.x, names=fit.names, test=test, weights=fit.user_weights, tau2=fit.tau2
    )
    return replace(again, method=fit.method)


def _design(
    effects: Effects, x: ArrayLike | None, names: Sequence[str] | None
) -> tuple[FloatArray, tuple[str, ...]]:
    k = len(effects)
    design = np.ones((k, 1)) if x is None else np.asarray(x, dtype=np.float64)
    if design.ndim != 2 or len(design) != k or not np.isfinite(design).all():
        raise DataError(f"Moderators are {k} rows of finite numbers. Got shape {design.shape}.")
    p = design.shape[1]
    if p == 0:
        raise DataError("The formula leaves no coefficient. Name a moderator, or leave it out.")
    labels = tuple(names or (("intercept",) if x is None else (f"x{i + 1}" for i in range(p))))
    if len(labels) != p:
        raise DataError(f"{p} coefficients came with {len(labels)} names: {labels}.")
    if k <= p:
        what = "A random-effects mean" if x is None else f"A model of {p} coefficients"
        study = f" ({effects.study[0]})" if k == 1 else ""
        raise NotIdentifiedError(
            f"{what} needs at least {p + 1} studies; got {k}{study}. "
            + ("Report that study's own result." if k == 1 else "Use fewer moderators.")
        )
    if np.linalg.matrix_rank(design) < p:
        raise NotIdentifiedError(
            f"The moderators {', '.join(labels)} cannot be told apart in these {k} studies: one "
            "is made of the others, or never varies. Leave one out."
        )
    return design, labels


def _checked_weights(weights: ArrayLike, k: int) -> FloatArray:
    own = np.asarray(weights, dtype=np.float64)
    if own.shape != (k,) or not np.isfinite(own).all() or not (own > 0).all():
        raise DataError(f"Weights are {k} numbers above 0. Got {own.tolist()}.")
    return own


def _tau2(effects: Effects, x: FloatArray, method: str, own: FloatArray | None) -> float:
    if method == "GENQ":
        if own is None:
            raise DataError("GENQ estimates tau2 with weights of yours: give them.")
        return float(method_of_moments(effects.y, effects.v, x, own))
    if method not in METHODS:
        raise DataError(
            f"The method {method!r} is not known. These are: {', '.join(TAU2_METHODS)}."
        )
    return float(METHODS[method].estimate(effects.y, effects.v, x))


def _plain_cov(fit: Weighted, v: FloatArray, tau2: float, own: FloatArray | None) -> FloatArray:
    if own is None:
        return fit.inverse
    loading = fit.inverse @ (fit.x * own[:, None]).T  # beta = loading y
    cov: FloatArray = (loading * (v + tau2)) @ loading.T
    return cov
