"""Selection functions: how likely a study with the p value p is seen, up to a constant.

Each gives log w and its first and second derivatives in the parameters delta, on an array of p
values. None of them is 0 for 0 < p < 1, so logs are safe.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, xlogy

from equipoise.synthesis.effects import FloatArray


@dataclass(frozen=True, slots=True)
class Family:
    """A family of selection functions.

    Parameters
    ----------
    label
        As a table prints it.
    source
        Paper.
    parameters
        Their number.
    none
        Their value where nothing is selected.
    lowest
        Their lower bound.
    censor
        p values below it, or within it of 1, count as it (or 1 less it).
    """

    label: str
    source: str
    parameters: int
    none: float
    lowest: float = 0.0
    censor: float = 0.0


PRESTON = "Preston, Ashby & Smyth 2004"
SMOOTH = {
    "beta": Family("Beta", "Citkowicz & Vevea 2017", 2, 1.0, 1e-5, 1e-5),
    "halfnorm": Family("Half-normal", PRESTON, 1, 0.0),
    "negexp": Family("Exponential", PRESTON, 1, 0.0),
    "logistic": Family("Logistic", PRESTON, 1, 0.0),
    "power": Family("Power", f"after {PRESTON}", 1, 0.0, 0.0, 1e-5),
}
STEPS = Family("Step function", "Vevea & Hedges 1995", 0, 1.0)
TYPES = ("stepfun", *SMOOTH)


def log_weight(
    kind: str, p: FloatArray, delta: FloatArray, imprecision: FloatArray | float = 1.0
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log w, its gradient and its second derivatives in delta.

    Parameters
    ----------
    kind
        A key of SMOOTH.
    p : shape (..., n)
        Censored p values.
    delta : shape (m,)
    imprecision : shape broadcast with p
        Multiplies delta: studies of little precision are selected more (Preston et al. 2004).

    Returns
    -------
    log w, shape (..., n); gradient, shape (m, ..., n); second derivatives, shape (m, m, ..., n)
    """
    if kind == "logistic":
        scaled = imprecision * p
        x = delta[0] * scaled
        share = expit(x)
        value = np.log(2.0) - np.logaddexp(0.0, x)
        return value, (-share * scaled)[None], (-share * (1 - share) * scaled**2)[None, None]
    terms = _terms(kind, p) * imprecision
    exponents = delta - 1 if kind == "beta" else delta
    value = np.tensordot(exponents, terms, axes=1)
    return value, terms, np.zeros((len(delta), *terms.shape))


def _terms(kind: str, p: FloatArray) -> FloatArray:
    """Return what each delta multiplies in log w, shape (m, ..., n)."""
    if kind == "halfnorm":
        return -(p**2)[None]
    if kind == "negexp":
        return -p[None]
    if kind == "power":
        return np.log1p(-p)[None]
    return np.stack([xlogy(1.0, p), np.log1p(-p)])
