"""Smooth selection functions, integrated on one grid of z that all studies share.

Between its kinks a function of p is analytic in z = y / se, where the normal distribution of a
study is at least as wide as 1. Gauss-Legendre with 12 nodes on panels of at most 1 is then exact
to rounding. Where p is censored, or so near 0 or 1 that w has stopped changing, w is constant and
the integral is a closed form.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import ndtri

from equipoise.synthesis.effects import FloatArray
from equipoise.synthesis.small_study.selection.likelihood import Selection
from equipoise.synthesis.small_study.selection.moments import (
    between,
    density,
    gauss_panels,
    hermite,
)
from equipoise.synthesis.small_study.selection.p_values import Alternative, p_value
from equipoise.synthesis.small_study.selection.weights import SMOOTH, log_weight

FAR = 8.5
"""In z: p differs from 0 or 1 by 1e-17."""


@dataclass(frozen=True, slots=True, eq=False)
class SmoothFunction:
    """A smooth function bound to studies.

    Parameters
    ----------
    kind
        A key of SMOOTH.
    threshold
        p values up to it have the weight 1; None: no threshold.
    se, imprecision : shape (k,)
        Standard errors; what multiplies delta, 1 at most.
    p : shape (k,)
        Of the studies, censored.
    z, weights, p_nodes : shape (n,)
        Nodes in z, their weights, their p values.
    tails : shape (2,)
        Where the grid begins and ends in z.
    p_tails : shape (2,)
        p values beyond.
    """

    kind: str
    threshold: float | None
    se: FloatArray
    imprecision: FloatArray
    p: FloatArray
    z: FloatArray
    weights: FloatArray
    p_nodes: FloatArray
    tails: FloatArray
    p_tails: FloatArray

    def at(self, eta: FloatArray, s: FloatArray, delta: FloatArray) -> Selection:
        """Evaluate at means eta and standard deviations s."""
        shared = bool((self.imprecision == self.imprecision[0]).all())
        scale = self.imprecision[:1, None] if shared else self.imprecision[:, None]
        u = (self.z * self.se[:, None] - eta[:, None]) / s[:, None]
        measure = density(u) * self.weights * (self.se / s)[:, None]  # phi(u) du at the nodes
        powers = hermite(u) * measure
        ends = (self.tails * self.se[:, None] - eta[:, None]) / s[:, None]
        infinite = np.full((len(eta), 1), np.inf)
        outer = between(np.concatenate([-infinite, ends, infinite], axis=1))[:, :, [0, 2]]
        inner_w = self._weight(self.p_nodes[None], delta, scale)
        outer_w = self._weight(self.p_tails[None], delta, scale)
        moments = [
            np.einsum("okn,...kn->...ok", powers, np.broadcast_to(a, (*a.shape[:-2], *u.shape)))
            + np.einsum("okn,...kn->...ok", outer, np.broadcast_to(b, (*b.shape[:-2], len(eta), 2)))
            for a, b in zip(inner_w, outer_w, strict=True)
        ]
        seen, first, second = moments
        log_w, log_first, log_second = self._log(self.p[:, None], delta, self.imprecision[:, None])
        return Selection(
            log_w[:, 0],
            np.moveaxis(log_first[..., 0], 0, 1),
            np.moveaxis(log_second[..., 0], -1, 0),
            seen,
            np.moveaxis(first[:, :3], 0, 2),
            np.moveaxis(second[:, :, 0], -1, 0),
        )

    def _log(
        self, p: FloatArray, delta: FloatArray, scale: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        value, first, second = log_weight(self.kind, p, delta, scale)
        if self.threshold is None:
            return value, first, second
        at, at_first, at_second = log_weight(
            self.kind, np.full((1, 1), self.threshold), delta, scale
        )
        above = p > self.threshold
        return (
            np.where(above, value - at, 0.0),
            np.where(above, first - at_first, 0.0),
            np.where(above, second - at_second, 0.0),
        )

    def _weight(
        self, p: FloatArray, delta: FloatArray, scale: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        log_w, first, second = self._log(p, delta, scale)
        w = np.exp(log_w)
        return w, w * first, w * (second + first[:, None] * first[None])


def smooth_function(
    kind: str,
    y: FloatArray,
    se: FloatArray,
    alternative: Alternative,
    *,
    threshold: float | None = None,
    censor: tuple[float, float] | None = None,
    imprecision: FloatArray | None = None,
) -> SmoothFunction:
    """Bind a smooth function to studies; `censor` holds the least and largest p value."""
    low, high = censor or (SMOOTH[kind].censor, 1 - SMOOTH[kind].censor)
    observed = np.clip(p_value(y / se, alternative), low, high)
    breaks = _breaks(alternative, (low, high), threshold)
    z, weights = gauss_panels(breaks)
    tails = breaks[[0, -1]]
    return SmoothFunction(
        kind,
        threshold,
        se,
        np.ones(len(y)) if imprecision is None else imprecision,
        observed,
        z,
        weights,
        np.clip(p_value(z, alternative), low, high),
        tails,
        np.clip(p_value(tails, alternative), low, high),
    )


def _breaks(
    alternative: Alternative, censor: tuple[float, float], threshold: float | None
) -> FloatArray:
    """Return the ends of panels in z, ascending: kinks, and steps of at most 1 between them."""
    special = [p for p in (*censor, threshold) if p is not None and 0 < p < 1]
    kinks = np.array([float(ndtri(p / 2 if alternative == "two.sided" else p)) for p in special])
    if alternative == "two.sided":
        kinks = np.concatenate([kinks, -kinks, [0.0]])
    elif alternative == "greater":
        kinks = -kinks
    ends = [-FAR, FAR] if censor[0] == 0 else [kinks.min(), kinks.max()]
    if alternative == "two.sided" and censor[1] < 1:
        kinks = np.concatenate([kinks, *_graded(float(np.abs(kinks[kinks != 0]).min()))])
    points = np.unique(np.clip([*kinks, *ends], -FAR, FAR))
    panels = [np.linspace(a, b, int(np.ceil(b - a)) + 1)[:-1] for a, b in pairwise(points)]
    return np.concatenate([*panels, points[-1:]])


def _graded(near: float) -> tuple[FloatArray, FloatArray]:
    """Return breaks on both sides of z = 0 that widen by 3: 1 - p, and its powers, vanish there."""
    panels = max(int(np.log(1 / near) / np.log(3.0)), 0)
    breaks = near * 3.0 ** np.arange(1, panels + 1, dtype=np.float64)
    return breaks, -breaks
