"""Integrals of a selection function against a study's normal distribution, with derivatives.

With u = (y - eta) / s, the n-th derivative in eta of the normal density is He_n(u) / s^n times it
(He_n: Hermite polynomials), and the derivative in the variance is half the second one in eta. So
the moments integral w(y) He_n(u) phi(u) du, n = 0 to 4, give all first and second derivatives.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from equipoise.synthesis.effects import FloatArray

ORDERS = 5
ROOT_TWO_PI = np.sqrt(2 * np.pi)


def hermite(u: FloatArray) -> FloatArray:
    """Return He_0 to He_4 of u, shape (5, ...)."""
    square = u * u
    return np.stack([np.ones_like(u), u, square - 1, u * (square - 3), square * (square - 6) + 3])


def density(u: FloatArray) -> FloatArray:
    """Return the standard normal density."""
    value: FloatArray = np.exp(-0.5 * u * u) / ROOT_TWO_PI
    return value


def between(edges: FloatArray) -> FloatArray:
    """Return the moments of the constant 1 between edges, exactly.

    Parameters
    ----------
    edges : shape (k, c + 1)
        In u, ascending in each row; may be infinite.

    Returns
    -------
    shape (5, k, c)
    """
    finite = np.isfinite(edges)
    u = np.where(finite, edges, 0.0)
    upper = -hermite(u) * np.where(finite, density(u), 0.0)
    moments = np.empty((ORDERS, *edges.shape[:-1], edges.shape[-1] - 1))
    positive = edges[..., :-1] > 0  # from the nearer tail: no digits are lost
    low, high = edges[..., :-1], edges[..., 1:]
    moments[0] = np.where(positive, ndtr(-low) - ndtr(-high), ndtr(high) - ndtr(low))
    moments[1:] = np.diff(upper[:-1], axis=-1)
    return moments


def gauss_panels(breaks: FloatArray, nodes: int = 12) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of Gauss-Legendre on every panel, shape (panels * nodes,) each."""
    x, w = np.polynomial.legendre.leggauss(nodes)
    half = np.diff(breaks) / 2
    middle = (breaks[:-1] + breaks[1:]) / 2
    return (middle[:, None] + half[:, None] * x).ravel(), (half[:, None] * w).ravel()
