"""Step functions: the chance of being seen is constant between cut points of the p value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from equipoise.synthesis.effects import FloatArray
from equipoise.synthesis.small_study.selection.likelihood import Selection
from equipoise.synthesis.small_study.selection.moments import between
from equipoise.synthesis.small_study.selection.p_values import Alternative


@dataclass(frozen=True, slots=True, eq=False)
class StepFunction:
    """Steps bound to studies.

    Parameters
    ----------
    se : shape (k,)
        Standard errors.
    where : shape (k,)
        In which interval of p each study lies, 0 to c - 1.
    edges : shape (pieces + 1,)
        Of z, ascending, from -inf to inf.
    piece : shape (pieces,)
        Which interval of p each piece of z belongs to.
    """

    se: FloatArray
    where: NDArray[np.intp]
    edges: FloatArray
    piece: NDArray[np.intp]

    def at(self, eta: FloatArray, s: FloatArray, delta: FloatArray) -> Selection:
        """Evaluate; delta has one weight an interval after the first, whose weight is 1."""
        k, m = len(eta), len(delta)
        u = (self.edges * self.se[:, None] - eta[:, None]) / s[:, None]
        pieces = between(u)
        member = (self.piece[:, None] == np.arange(m + 1)).astype(np.float64)
        by_interval = pieces @ member  # (5, k, c)
        weight = np.concatenate([[1.0], delta])
        own = self.where[:, None] == np.arange(1, m + 1)
        with np.errstate(divide="ignore"):
            log_w = np.log(weight)[self.where]
            inverse = np.where(own, 1 / np.where(delta > 0, delta, np.inf), 0.0)
        second = np.zeros((k, m, m))
        second[:, np.arange(m), np.arange(m)] = -(inverse**2)
        return Selection(
            log_w, inverse, second, by_interval @ weight, by_interval[:3, :, 1:],
            np.zeros((k, m, m)),
        )  # fmt: skip


def step_function(
    p: FloatArray, se: FloatArray, cuts: FloatArray, alternative: Alternative
) -> StepFunction:
    """Bind cut points, ascending and ending in 1, to studies with these p values."""
    inner = cuts[:-1]
    where = np.searchsorted(inner, p, side="left")  # an interval holds its upper end
    c = len(cuts)
    if alternative == "two.sided":
        z = -ndtri(inner / 2)  # descending, positive
        edges = np.concatenate([[-np.inf], -z, z[::-1], [np.inf]])
        outward = np.arange(c)
        piece = np.concatenate([outward, outward[:-1][::-1]])
    else:
        z = -ndtri(inner)
        if alternative == "greater":
            edges = np.concatenate([[-np.inf], z[::-1], [np.inf]])
            piece = np.arange(c)[::-1]
        else:
            edges = np.concatenate([[-np.inf], -z, [np.inf]])
            piece = np.arange(c)
    return StepFunction(se, where, edges, piece)
