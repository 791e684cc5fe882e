"""Covariance of true effects over outcomes: from free to one number.

Each structure maps its parameters theta to the entries T_ab (a <= b, row by row) with first and
second derivatives. Cholesky factors and square roots of eigenvalues keep T a covariance, so that
a correlation of 1 or a variance of 0 is an ordinary stationary point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equipoise.synthesis.dependent.maximise import Map

FloatArray = NDArray[np.float64]
StructureName = Literal["UN", "HCS", "CS", "DIAG", "ID"]
STRUCTURES: tuple[StructureName, ...] = ("UN", "HCS", "CS", "DIAG", "ID")


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """A map of theta to the entries of T, and where to start."""

    to_phi: Map
    starts: Callable[[float], Sequence[FloatArray]]
    correlated: bool


def entries(p: int) -> list[tuple[int, int]]:
    """Return the places (a, b) of the upper triangle, row by row."""
    return [(a, b) for a in range(p) for b in range(a, p)]


def structure(name: StructureName, p: int) -> Structure:
    """Return the structure for p outcomes."""
    if name == "HCS" and p == 2:
        name = "UN"  # the same model
    if name == "CS" and p == 1:
        name = "ID"
    return {"UN": _free, "HCS": _heterogeneous, "CS": _compound, "DIAG": _diagonal, "ID": _same}[
        name
    ](p)


def _quadratic(forms: FloatArray) -> Map:
    """Return the map T_ab = theta' F_ab theta for symmetric forms (K, q, q)."""

    def to_phi(theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        J = 2 * forms @ theta
        return J @ theta / 2, J, 2 * forms

    return to_phi


def _free(p: int) -> Structure:
    """T = L L', L lower triangular."""
    places = [(a, c) for a in range(p) for c in range(a + 1)]
    index = {place: k for k, place in enumerate(places)}
    forms = np.zeros((len(entries(p)), len(places), len(places)))
    for k, (a, b) in enumerate(entries(p)):
        for c in range(min(a, b) + 1):
            i, j = index[a, c], index[b, c]
            forms[k, i, j] += 0.5
            forms[k, j, i] += 0.5

    def starts(spread: float) -> list[FloatArray]:
        found = []
        for size in (0.7, 0.15):
            for r in (0.3, 0.9, -0.7 / max(p - 1, 1)):
                R = (1 - r) * np.eye(p) + r * np.ones((p, p))
                L = size * spread * np.linalg.cholesky(R)
                found.append(np.array([L[place] for place in places]))
        return found

    return Structure(_quadratic(forms), starts, correlated=True)


def _compound(p: int) -> Structure:
    """One variance, one correlation; theta^2 are the eigenvalues of T: one, and p - 1 equal."""
    forms = np.zeros((len(entries(p)), 2, 2))
    for k, (a, b) in enumerate(entries(p)):
        forms[k, 0, 0] = 1 / p
        forms[k, 1, 1] = (p - 1) / p if a == b else -1 / p

    def starts(spread: float) -> list[FloatArray]:
        return [spread * np.array(x) for x in ((0.7, 0.5), (1.2, 0.1), (0.1, 0.7), (0.1, 0.1))]

    return Structure(_quadratic(forms), starts, correlated=True)


def _diagonal(p: int) -> Structure:
    forms = np.zeros((len(entries(p)), p, p))
    for k, (a, b) in enumerate(entries(p)):
        forms[k, a, a] = float(a == b)

    def starts(spread: float) -> list[FloatArray]:
        return [np.full(p, 0.7 * spread), np.full(p, 0.1 * spread)]

    return Structure(_quadratic(forms), starts, correlated=False)


def _same(p: int) -> Structure:
    forms = np.array([[[float(a == b)]] for a, b in entries(p)])

    def starts(spread: float) -> list[FloatArray]:
        return [np.array([0.7 * spread]), np.array([0.1 * spread])]

    return Structure(_quadratic(forms), starts, correlated=False)


def _heterogeneous(p: int) -> Structure:
    """Variances of their own, one correlation r, from -1/(p - 1) to 1 as eta runs over a sine."""
    low = -1 / (p - 1)

    def to_phi(theta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        s, eta = theta[:p], theta[p]
        half = (1 - low) / 2
        r, slope, bent = low + half * (np.sin(eta) + 1), half * np.cos(eta), -half * np.sin(eta)
        K = len(entries(p))
        phi, J, bend = np.zeros(K), np.zeros((K, p + 1)), np.zeros((K, p + 1, p + 1))
        for k, (a, b) in enumerate(entries(p)):
            if a == b:
                phi[k], J[k, a], bend[k, a, a] = s[a] ** 2, 2 * s[a], 2
                continue
            phi[k] = s[a] * s[b] * r
            J[k, [a, b, p]] = s[b] * r, s[a] * r, s[a] * s[b] * slope
            bend[k, p, p] = s[a] * s[b] * bent
            for i, j, value in ((a, b, r), (a, p, s[b] * slope), (b, p, s[a] * slope)):
                bend[k, i, j] = bend[k, j, i] = value
        return phi, J, bend

    def starts(spread: float) -> list[FloatArray]:
        etas = (-0.6, 0.3, 1.0)
        return [np.append(np.full(p, z * spread), e) for z in (0.7, 0.15) for e in etas]

    return Structure(to_phi, starts, correlated=True)
