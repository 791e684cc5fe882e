"""A study's arms as one block: effects up to a constant, and their covariance.

Pairwise variances V_ij and the covariance S of the centred arms hold the same: S = -J V J / 2 with
J = I - 11'/a, and V_ij = S_ii + S_jj - 2 S_ij. Weights reduced for multi-arm studies (Rücker &
Schwarzer 2014) are the off-diagonal of the pseudoinverse of S, with the sign changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class StudyBlock:
    """One study of a arms.

    Parameters
    ----------
    name
        As in the file.
    treatments : length a
        What each arm received.
    effects : shape (a,)
        Of the arms; only their differences matter.
    covariance : shape (a, a)
        Of the effects; only the variances of differences matter.
    people : shape (a,)
        How many, NaN where the file does not say.
    given : shape (a, a) or None
        Differences (row less column) as the file rounded them, where they do not quite add up.
    """

    name: str
    treatments: tuple[str, ...]
    effects: FloatArray
    covariance: FloatArray
    people: FloatArray
    given: FloatArray | None = None

    @property
    def variances(self) -> FloatArray:
        """Variances of all differences between arms, shape (a, a)."""
        own = np.diag(self.covariance)
        return own[:, None] + own - 2 * self.covariance

    def renamed(self, treatments: tuple[str, ...]) -> StudyBlock:
        """Give the arms other names, such as their comparator's kind."""
        return replace(self, treatments=treatments)

    @property
    def differences(self) -> FloatArray:
        """Effect of each arm (row) less each other (column), as given; shape (a, a)."""
        if self.given is not None:
            return self.given
        return self.effects[:, None] - self.effects


def named(study: str) -> str:
    """Return a study's name for a message: "study 85" where it is a number."""
    return f"Study {study}" if study.isdigit() else study


def centred_covariance(variances: ArrayLike) -> FloatArray:
    """Return the covariance of the centred arms from the variances of their differences.

    Parameters
    ----------
    variances : shape (..., a, a)
        Symmetric, 0 on the diagonal.

    References
    ----------
    Rücker (2012), Res Synth Methods 3:312-324. Rücker & Schwarzer (2014), Stat Med 33:4353-4369.
    """
    V = np.asarray(variances, dtype=np.float64)
    rows = V.mean(axis=-1, keepdims=True)
    columns = V.mean(axis=-2, keepdims=True)
    centred: FloatArray = -(V - rows - columns + V.mean(axis=(-2, -1), keepdims=True)) / 2
    return centred


def reconciled(
    given: FloatArray, axes: FloatArray, variances: FloatArray
) -> tuple[FloatArray, float]:
    """Return the contrasts nearest to differences that do not quite add up, and what they leave.

    The weight of a pair of arms is the one reduced for multi-arm studies, as in netmeta.

    Parameters
    ----------
    given : shape (a, a)
        Differences, row less column.
    axes, variances : shapes (a - 1, a), (a - 1,)
        The study's rotated contrasts, and their variances with heterogeneity.

    Returns
    -------
    z : shape (a - 1,)
    float
        The weighted sum of squares about them, which is part of Q.
    """
    weight = -(axes.T / variances) @ axes
    np.fill_diagonal(weight, 0.0)
    z = variances * (axes @ (weight * given).sum(axis=1))
    return z, float((weight * given**2).sum() / 2 - z @ (z / variances))


def contrast_basis(arms: int) -> FloatArray:
    """Return orthonormal contrasts of `arms` arms (Helmert), shape (arms - 1, arms)."""
    basis = np.zeros((arms - 1, arms))
    for k in range(1, arms):
        basis[k - 1, :k] = 1
        basis[k - 1, k] = -k
        basis[k - 1] /= np.sqrt(k * (k + 1))
    return basis


def rotated(effects: ArrayLike, covariances: ArrayLike) -> tuple[FloatArray, ...]:
    """Turn the contrasts of blocks with equally many arms into independent ones.

    A heterogeneity of tau2 between the effects of two arms is tau2 / 2 in every orthonormal
    contrast, so that one rotation serves for any tau2: the variances become d + tau2 / 2.

    Parameters
    ----------
    effects : shape (m, a)
    covariances : shape (m, a, a)

    Returns
    -------
    z, d : shape (m, a - 1)
        Rotated contrasts and their within-study variances.
    axes : shape (m, a - 1, a)
        What each is of the arms; z = axes @ effects.
    """
    y, S = np.asarray(effects, dtype=np.float64), np.asarray(covariances, dtype=np.float64)
    basis = contrast_basis(y.shape[-1])
    d, turn = np.linalg.eigh(basis @ S @ basis.T)
    axes = np.swapaxes(turn, -1, -2) @ basis
    return np.einsum("mka,ma->mk", axes, y), d, axes
