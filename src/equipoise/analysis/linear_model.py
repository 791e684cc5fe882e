"""Least squares by QR: coefficients, their covariance, contrasts and F tests.

A column that the columns before it already explain is refused by name, never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.contrast import Contrast, FTest
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

RANK_TOLERANCE = 1e-9  # part of a column's length that the earlier columns leave unexplained


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """A fit with p coefficients to n rows; leading axes, where there are any, are a batch.

    `q` (..., n, p) and `inverse_r` (..., p, p) are the QR factors of the design, which the
    sandwich estimators need: (X'X)^-1 = inverse_r inverse_r'.
    """

    columns: tuple[str, ...]
    coefficients: NDArray[np.float64]
    covariance: NDArray[np.float64]
    residuals: NDArray[np.float64]
    s2: NDArray[np.float64]
    df: int
    q: NDArray[np.float64]
    inverse_r: NDArray[np.float64]

    def contrast(self, weights: ArrayLike) -> Contrast:
        """Estimate `weights` times the coefficients (one fit only)."""
        l = np.asarray(weights, dtype=np.float64)  # noqa: E741  (the l of the papers)
        se = np.sqrt(l @ self.covariance @ l)
        return Contrast(float(l @ self.coefficients), float(se), self.df)

    def f_test(self, hypotheses: ArrayLike) -> FTest:
        """Test that every row of `hypotheses`, shape (k, p), is a zero contrast."""
        L = np.atleast_2d(np.asarray(hypotheses, dtype=np.float64))
        value = L @ self.coefficients
        statistic = value @ np.linalg.solve(L @ self.covariance @ L.T, value) / len(L)
        return FTest(float(statistic), len(L), self.df)


def least_squares(
    response: ArrayLike, design: ArrayLike, columns: Sequence[str] | None = None
) -> LeastSquares:
    """Fit a linear model by ordinary least squares.

    Parameters
    ----------
    response : shape (..., n)
    design : shape (..., n, p)
        With an intercept column if there is to be one.
    columns : length p
        Names for messages; x0, x1, ... if not given.

    Returns
    -------
    LeastSquares

    Examples
    --------
    >>> fit = least_squares([1, 2, 4, 5], [[1, 0], [1, 0], [1, 1], [1, 1]], ["one", "arm"])
    >>> fit.contrast([0, 1]).estimate.__round__(9), fit.df
    (3.0, 2)
    """
    X = np.asarray(design, dtype=np.float64)
    y = np.asarray(response, dtype=np.float64)
    q, r, names = checked_qr(y, X, columns)
    inverse_r = np.asarray(np.linalg.inv(r), dtype=np.float64)
    projected = (y[..., None, :] @ q)[..., 0, :]
    coefficients = (inverse_r @ projected[..., None])[..., 0]
    residuals = y - (q @ projected[..., None])[..., 0]
    df = X.shape[-2] - X.shape[-1]
    s2 = np.square(residuals).sum(axis=-1) / df
    unscaled = inverse_r @ np.swapaxes(inverse_r, -1, -2)
    return LeastSquares(
        names, coefficients, s2[..., None, None] * unscaled, residuals, s2, df, q, inverse_r
    )


def checked_qr(
    y: NDArray[np.float64], X: NDArray[np.float64], columns: Sequence[str] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[str, ...]]:
    """Factor a design after checking it: shape, missing values, rank, degrees of freedom."""
    if X.ndim < 2 or y.shape[-1:] != X.shape[-2:-1]:
        raise DataError(
            f"A response of n rows needs a design of n rows and p columns. "
            f"Got response {y.shape} and design {X.shape}."
        )
    n, p = X.shape[-2:]
    names = tuple(columns) if columns is not None else tuple(f"x{j}" for j in range(p))
    if len(names) != p:
        raise DataError(f"The design has {p} columns and {len(names)} names: {', '.join(names)}.")
    if not (np.isfinite(X).all() and np.isfinite(y).all()):
        raise DataError("Response and design must be finite: drop rows with missing values first.")
    if n <= p:
        raise NotIdentifiedError(
            f"{n} rows cannot estimate {p} coefficients ({', '.join(names)}) and a variance. "
            "Use fewer covariates or more people."
        )
    q, r = np.linalg.qr(X)
    left = np.abs(np.diagonal(r, axis1=-2, axis2=-1))  # what earlier columns do not explain
    length = np.linalg.norm(X, axis=-2)
    deficient = ~(left > RANK_TOLERANCE * length)
    if deficient.any():
        column = int(np.argmax(deficient.reshape(-1, p).any(axis=0)))
        before = ", ".join(names[:column]) or "nothing"
        raise NotIdentifiedError(
            f"Column {names[column]!r} says nothing that the columns before it ({before}) do not "
            "say already: it is constant, empty or a combination of them. Leave it out."
        )
    return q, r, names
