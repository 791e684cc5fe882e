"""A network of treatments: contrasts of every study with their covariance, multi-arm included.

A study of several arms gives as many contrasts as it has arms less one; they share an arm, so
their errors correlate, and so do their random effects (by 1/2: Lu & Ades 2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.bayes.linear_model import LinearModel, linear_model
from equipoise.synthesis.bayes.posterior import Posterior

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

TOLERANCE = 1e-3
"""Relative error of standard errors of one multi-arm study among themselves: rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Basic contrasts of all studies.

    Parameters
    ----------
    y : shape (n,)
    S, D : shape (n, n)
        Sampling covariance; correlation of random effects.
    X : shape (n, treatments - 1)
        A column each treatment but the first.
    treatments
        The reference first.
    """

    y: FloatArray
    S: FloatArray
    D: FloatArray
    X: FloatArray
    treatments: tuple[str, ...]

    def model(self, *, prior_sd: float = np.inf) -> LinearModel:
        """Return the model of treatment effects against the reference."""
        return linear_model(self.y, self.S, self.X, D=self.D, prior_sd=prior_sd)

    def contrast(self, one: str, other: str) -> FloatArray:
        """Return the combination of coefficients that is the effect of one against another."""
        index = [self.treatments.index(name) - 1 for name in (one, other)]
        c = np.zeros(len(self.treatments) - 1)
        for i, sign in zip(index, (1.0, -1.0), strict=True):
            if i >= 0:
                c[i] += sign
        return c


def network(
    study: Sequence[str],
    treat1: Sequence[str],
    treat2: Sequence[str],
    effect: ArrayLike,
    se: ArrayLike,
    *,
    reference: str | None = None,
) -> Network:
    """Build a network from contrasts, one row each: `effect` of `treat1` against `treat2`.

    Parameters
    ----------
    study, treat1, treat2 : length m
        A study of several arms gives all its pairs.
    effect, se : shape (m,)
    reference
        The first by name if None.

    Raises
    ------
    DataError
        When a multi-arm study lacks a pair, or its standard errors do not fit together.
    NotIdentifiedError
        When the network is in parts: names them.
    """
    y, v = np.asarray(effect, dtype=np.float64), np.square(np.asarray(se, dtype=np.float64))
    names = sorted(set(treat1) | set(treat2))
    first = names[0] if reference is None else reference
    if first not in names:
        raise DataError(f"The reference {first!r} is not in the network: {names}.")
    treatments = (first, *(n for n in names if n != first))
    _connected(treatments, treat1, treat2)
    parts = []
    for name in dict.fromkeys(study):
        rows = [i for i, one in enumerate(study) if one == name]
        pairs = {(treat1[i], treat2[i]): (float(y[i]), float(v[i])) for i in rows}
        parts.append(_study(name, pairs, treatments))
    sizes = np.cumsum([0, *(len(part[0]) for part in parts)])
    S, D = np.zeros((2, sizes[-1], sizes[-1]))
    for (_, cov, _), a, b in zip(parts, sizes[:-1], sizes[1:], strict=True):
        S[a:b, a:b] = cov
        D[a:b, a:b] = (1 + np.eye(b - a)) / 2
    return Network(
        np.concatenate([p[0] for p in parts]), S, D, np.vstack([p[2] for p in parts]), treatments
    )


def _study(
    name: str, pairs: dict[tuple[str, str], tuple[float, float]], treatments: Sequence[str]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return contrasts against the study's first arm, their covariance, and their design."""
    arms = [t for t in treatments if any(t in pair for pair in pairs)]
    both = pairs | {(b, a): (-effect, v) for (a, b), (effect, v) in pairs.items()}
    lacking = [pair for pair in combinations(arms, 2) if pair not in both]
    if lacking or len(pairs) != len(arms) * (len(arms) - 1) // 2:
        raise DataError(
            f"{name} compares {', '.join(arms)}: give each of its pairs once. "
            + (f"Lacking: {' and '.join(lacking[0])}." if lacking else "A pair stands twice.")
        )
    base, others = arms[0], arms[1:]
    y = np.array([both[t, base][0] for t in others])
    if len(arms) == 2:
        S = np.array([[both[others[0], base][1]]])
    else:
        of_arm = _arm_variances(name, arms, both)
        S = of_arm[0] + np.diag(of_arm[1:])
    X = np.zeros((len(others), len(treatments)))
    for i, t in enumerate(others):
        X[i, treatments.index(t)] += 1
        X[i, treatments.index(base)] -= 1
    return y, S, X[:, 1:]


def _arm_variances(
    name: str, arms: Sequence[str], both: dict[tuple[str, str], tuple[float, float]]
) -> FloatArray:
    """Solve var(a - b) = s_a + s_b for the variances of arms."""
    pairs = list(combinations(range(len(arms)), 2))
    A = np.zeros((len(pairs), len(arms)))
    for row, pair in enumerate(pairs):
        A[row, list(pair)] = 1
    wanted = np.array([both[arms[i], arms[j]][1] for i, j in pairs])
    solved = np.asarray(np.linalg.lstsq(A, wanted, rcond=None)[0], dtype=np.float64)
    off = np.abs(A @ solved - wanted).max() / wanted.max()
    if off > TOLERANCE or (solved <= 0).any():
        raise DataError(
            f"{name}: the standard errors of its pairs do not fit together. Each is the root of "
            "the sum of two arms' variances: look for one that is adjusted, or mistyped."
        )
    for i, j in pairs:
        loop = [both[arms[0], arms[k]][0] if k else 0.0 for k in (i, j)]
        if abs(loop[1] - loop[0] - both[arms[i], arms[j]][0]) > TOLERANCE * (
            1 + max(map(abs, loop))
        ):
            raise DataError(
                f"{name}: the effects of its pairs do not add up ({arms[i]} against {arms[j]})."
            )
    return solved


def _connected(treatments: Sequence[str], treat1: Sequence[str], treat2: Sequence[str]) -> None:
    parts = [{t} for t in treatments]
    for a, b in zip(treat1, treat2, strict=True):
        joined = [part for part in parts if a in part or b in part]
        parts = [part for part in parts if part not in joined] + [set().union(*joined)]
    if len(parts) > 1:
        shown = "; ".join(", ".join(sorted(part)) for part in parts)
        raise NotIdentifiedError(f"The network is in {len(parts)} parts: {shown}.")


def surfaces(net: Network, found: Posterior, *, below: bool = True) -> FloatArray:
    """Return SUCRA of each treatment: the mean probability of beating each other one.

    Parameters
    ----------
    below
        Whether smaller effects are better.

    References
    ----------
    Salanti, Ades & Ioannidis (2011), J Clin Epidemiol 64:163-171. Rücker & Schwarzer (2015),
    BMC Med Res Methodol 15:58 (the identity with pairwise probabilities).
    """
    score = np.zeros(len(net.treatments))
    for i, one in enumerate(net.treatments):
        chance = [
            found.effect(net.contrast(one, other)).cdf(0.0)
            for other in net.treatments
            if other != one
        ]
        score[i] = np.mean(chance) if below else 1 - np.mean(chance)
    return score
