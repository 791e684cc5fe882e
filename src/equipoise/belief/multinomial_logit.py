"""Multinomial logistic regression by Newton's method: P(guess | covariates) within one arm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]

# Newton stops at a score of 1e-10 a row: a probability below this was still on its way to 0
SEPARATED = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class MultinomialLogit:
    """A fitted model of C categories on p covariates and a constant.

    Parameters
    ----------
    beta : shape (C, p + 1)
        Row of the first observed category is 0; categories never observed are -inf.
    probability : shape (n, C)
    scores : shape (n, free parameters)
        Each row's contribution to the score, which sums to 0.
    """

    beta: FloatArray
    centre: FloatArray
    scale: FloatArray
    probability: FloatArray
    scores: FloatArray

    def predict(self, x: FloatArray) -> FloatArray:
        """Return P(category | x), shape (m, C)."""
        return _softmax(_design((x - self.centre) / self.scale) @ self.beta.T)


def multinomial_logit(x: FloatArray, category: IntArray, categories: int) -> MultinomialLogit:
    """Fit by Newton with step halving to a score below 1e-10 per row.

    Parameters
    ----------
    x : shape (n, p)
        Covariates without a constant.
    category : shape (n,)
        0 .. categories - 1; those that never occur get probability 0.

    Raises
    ------
    NotIdentifiedError
        When the covariates separate the categories, so that no maximum exists.
    """
    n = len(category)
    observed = np.unique(category)
    centre = x.mean(axis=0)
    scale = np.where((spread := x.std(axis=0)) > 0, spread, 1.0)
    design = _design((x - centre) / scale)
    hit = (category[:, None] == observed).astype(np.float64)
    beta = np.zeros((len(observed), design.shape[1]))
    probability = np.full(hit.shape, 1 / len(observed))
    loss = np.inf
    for _ in range(50):
        gradient = ((hit - probability).T @ design)[1:].ravel()
        if np.abs(gradient).max(initial=0.0) < 1e-10 * n:
            break
        step = _solve(_information(design, probability), gradient)
        beta, probability, loss = _halved(design, hit, beta, step, loss)
    if probability.min() < SEPARATED:
        raise NotIdentifiedError(
            "not identified: the covariates separate those who guessed one arm from those who "
            "guessed another, so no one could have guessed differently given them."
        )
    full = np.full((categories, design.shape[1]), 0.0)
    full[:, 0] = -np.inf
    full[observed] = beta
    scores = ((hit - probability)[:, 1:, None] * design[:, None, :]).reshape(n, -1)
    everyone = np.zeros((n, categories))
    everyone[:, observed] = probability
    return MultinomialLogit(full, centre, scale, everyone, scores)


def _design(x: FloatArray) -> FloatArray:
    return np.hstack([np.ones((len(x), 1)), x])


def _softmax(eta: FloatArray) -> FloatArray:
    odds = np.exp(eta - eta.max(axis=1, keepdims=True))
    share: FloatArray = odds / odds.sum(axis=1, keepdims=True)
    return share


def _information(design: FloatArray, probability: FloatArray) -> FloatArray:
    p = probability[:, 1:]
    k, d = p.shape[1], design.shape[1]
    information = np.empty((k, d, k, d))
    for i in range(k):
        for j in range(k):
            weight = p[:, i] * ((i == j) - p[:, j])
            information[i, :, j, :] = design.T @ (design * weight[:, None])
    return information.reshape(k * d, k * d)


def _solve(information: FloatArray, gradient: FloatArray) -> FloatArray:
    try:
        return np.asarray(np.linalg.solve(information, gradient))
    except np.linalg.LinAlgError:  # a covariate repeats another: any solution predicts alike
        return np.asarray(np.linalg.lstsq(information, gradient, rcond=None)[0])


def _halved(
    design: FloatArray, hit: FloatArray, beta: FloatArray, step: FloatArray, loss: float
) -> tuple[FloatArray, FloatArray, float]:
    """Take the Newton step, halved until the deviance falls; return its probabilities too."""
    move = np.vstack([np.zeros(design.shape[1]), step.reshape(-1, design.shape[1])])
    for halving in range(20):
        new = beta + move / 2**halving
        p = _softmax(design @ new.T)
        value = -float(np.log(np.maximum((p * hit).sum(axis=1), 1e-300)).sum())
        if value <= loss + 1e-12:
            break
    return new, p, value
