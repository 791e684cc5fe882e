"""Weighted least squares at a given tau2: the algebra that every random-effects method shares.

With w = 1 / (v + tau2), W = diag(w) and P = W - W X (X'WX)^-1 X'W, every estimator of tau2 is
made of y'Py, y'PPy, tr P and tr PP (Viechtbauer 2005). None needs the k by k matrix. Leading
axes are a batch of problems: resamples, studies left out, worlds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """A fit by weights; leading axes `...` are a batch.

    Parameters
    ----------
    w : shape (..., k)
    x : shape (..., k, p)
        Or (k, p), the same for all.
    inverse : shape (..., p, p)
        (X'WX)^-1.
    beta : shape (..., p)
    residual : shape (..., k)
    """

    w: FloatArray
    x: FloatArray
    inverse: FloatArray
    beta: FloatArray
    residual: FloatArray

    @property
    def ypy(self) -> FloatArray:
        """Cochran's Q at these weights, shape (...)."""
        return total(self.w * self.residual**2)

    @property
    def yppy(self) -> FloatArray:
        """y'PPy, shape (...): minus the slope of Q in tau2."""
        return total((self.w * self.residual) ** 2)

    @property
    def ypppy(self) -> FloatArray:
        """y'PPPy, shape (...): the quadratic form of P in Py."""
        return weighted(self.w * self.residual, self.w, self.x).ypy

    @property
    def trace_p(self) -> FloatArray:
        """Trace of P, shape (...)."""
        return total(self.w) - _trace(self.inverse @ cross(self.w**2, self.x))

    @property
    def trace_pp(self) -> FloatArray:
        """Trace of PP, shape (...)."""
        second = self.inverse @ cross(self.w**2, self.x)
        third = self.inverse @ cross(self.w**3, self.x)
        return total(self.w**2) - 2 * _trace(third) + _trace(second @ second)

    def trace_pv(self, v: FloatArray) -> FloatArray:
        """Trace of P diag(v), shape (...)."""
        return total(self.w * v) - _trace(self.inverse @ cross(self.w**2 * v, self.x))

    @property
    def leverage(self) -> FloatArray:
        """Diagonal of the hat matrix X (X'WX)^-1 X'W, shape (..., k)."""
        return self.w * total((self.x @ self.inverse) * self.x)

    @property
    def log_determinant(self) -> FloatArray:
        """Log determinant of X'WX, shape (...)."""
        return -log_det(self.inverse)


def total(a: FloatArray) -> FloatArray:
    """Sum over the last axis."""
    summed: FloatArray = a.sum(-1)
    return summed


def log_det(a: FloatArray) -> FloatArray:
    """Return the log determinant of positive definite matrices, shape (...)."""
    value: FloatArray = np.linalg.slogdet(a)[1]
    return value


def cross(w: FloatArray, x: FloatArray) -> FloatArray:
    """Return X' diag(w) X, shape (..., p, p)."""
    product: FloatArray = np.swapaxes(x, -1, -2) @ (w[..., None] * x)
    return product


def weighted(y: FloatArray, w: FloatArray, x: FloatArray) -> Weighted:
    """Regress y on X with weights w.

    Parameters
    ----------
    y, w : shape (..., k)
    x : shape (..., k, p)
        Of full column rank.
    """
    inverse = np.asarray(np.linalg.inv(cross(w, x)), dtype=np.float64)
    xwy: FloatArray = (np.swapaxes(x, -1, -2) @ (w * y)[..., None])[..., 0]
    beta: FloatArray = (inverse @ xwy[..., None])[..., 0]
    residual: FloatArray = y - (x @ beta[..., None])[..., 0]
    return Weighted(w, x, inverse, beta, residual)


def at_tau2(y: FloatArray, v: FloatArray, x: FloatArray, tau2: FloatArray | float) -> Weighted:
    """Regress y on X with weights 1 / (v + tau2); tau2 has the batch's shape (...)."""
    return weighted(y, 1 / (v + np.asarray(tau2)[..., None]), x)


def _trace(a: FloatArray) -> FloatArray:
    value: FloatArray = np.trace(a, axis1=-2, axis2=-1)
    return value
