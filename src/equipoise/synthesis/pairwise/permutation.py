"""Permutation tests: of a mean by flipping signs, of moderators by shuffling their rows.

Under the null hypothesis and symmetry, an effect and its negative are as likely. All flips are
looked at where there are few studies, else a random sample of them.

References
----------
Higgins & Thompson (2004), Stat Med 23:1663-1682. Follmann & Proschan (1999), Biometrics
55:732-737. Viechtbauer, López-López, Sánchez-Meca & Marín-Martínez (2015), Psychol Methods
20:360-374.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.effects import FloatArray
from equipoise.synthesis.pairwise.fit import RandomEffectsFit
from equipoise.synthesis.pairwise.tau2 import METHODS
from equipoise.synthesis.pairwise.weighted import at_tau2, weighted

CHUNK = 4096
"""Resamples at a time: a chunk of 30 studies stays in the cache of a processor."""
SAME = 1e-10
"""Statistics this close, relatively, count as equal: they differ by rounding alone."""
EXACT_UP_TO = 4096


@dataclass(frozen=True, slots=True, eq=False)
class PermutationTest:
    """p values of the coefficients, shape (p,), and of all moderators at once.

    Parameters
    ----------
    p
    p_omnibus
        None for a mean alone.
    draws
        How many arrangements were looked at, the observed one among them.
    exact
        Whether these are all there are.
    """

    p: FloatArray
    p_omnibus: float | None
    draws: int
    exact: bool


def permutation_test(
    fit: RandomEffectsFit, rng: np.random.Generator, draws: int = 10_000
) -> PermutationTest:
    """Test by permutation, with the fit's own tau2 method and test.

    Parameters
    ----------
    fit
    rng
    draws
        Random arrangements, where not all can be looked at (up to 4,096 are, or up to `draws`).

    Raises
    ------
    NotIdentifiedError
        When weights are the user's: what they mean for another arrangement is not defined.
    """
    if fit.user_weights is not None:
        raise NotIdentifiedError("A permutation test is not defined for weights of the user's.")
    if (fit.se == 0).any():
        raise NotIdentifiedError(
            "The effects are all the same, so that their standard error is 0: there is no "
            "statistic to compare. Take the test hartung-knapp-adhoc or z."
        )
    most = max(EXACT_UP_TO, draws)
    if fit.p == 1 and (fit.x == 1).all():
        return _of_signs(fit, rng, draws, exact=2**fit.k <= most)
    return _of_rows(fit, rng, draws, exact=fit.k < 13 and factorial(fit.k) <= most)


def _of_signs(
    fit: RandomEffectsFit, rng: np.random.Generator, draws: int, *, exact: bool
) -> PermutationTest:
    observed = abs(_means(fit, np.ones((1, fit.k)))[0])
    beyond, seen = 0, 0
    for signs in _all_signs(fit.k) if exact else _some_signs(fit.k, rng, draws):
        values = np.abs(_means(fit, signs))
        beyond += int((values >= observed * (1 - SAME)).sum())
        seen += len(values)
    if not exact:  # the observed arrangement is one of those that chance could have given
        beyond, seen = beyond + 1, seen + 1
    return PermutationTest(np.array([beyond / seen]), None, seen, exact)


def _means(fit: RandomEffectsFit, signs: FloatArray) -> FloatArray:
    """Return the statistic of the mean under each row of signs, shape (b,).

    Signs leave squares as they are, so that sums of squares are those of the data.
    """
    y, v = fit.effects.y, fit.effects.v
    w = 1 / (v + _tau2_of_signs(fit, signs)[:, None])
    sums, weight = ((w * signs) @ y), w.sum(-1)
    statistic: FloatArray = sums / np.sqrt(weight)
    if fit.test.startswith("hartung-knapp"):
        scale = _spread(w, signs, y, sums, weight) / (fit.k - 1)
        statistic /= np.sqrt(np.maximum(scale, 1.0) if fit.test.endswith("adhoc") else scale)
    return statistic


def _spread(
    w: FloatArray, signs: FloatArray, y: FloatArray, sums: FloatArray, weight: FloatArray
) -> FloatArray:
    """Return the weighted squares about the mean, shape (b,); by residuals where they cancel."""
    squares = w @ y**2
    spread: FloatArray = squares - sums**2 / weight
    few = spread < 1e-4 * squares
    if few.any():
        away = signs[few] * y - (sums / weight)[few, None]
        spread[few] = (w[few] * away**2).sum(-1)
    return spread


def _tau2_of_signs(fit: RandomEffectsFit, signs: FloatArray) -> FloatArray:
    y, v = fit.effects.y, fit.effects.v
    fixed = {"DL": 1 / v, "HE": np.ones_like(v)}.get(fit.method)
    if fixed is None:
        return METHODS[fit.method].estimate(signs * y, np.broadcast_to(v, signs.shape), fit.x)
    q = fixed @ y**2 - (signs @ (fixed * y)) ** 2 / fixed.sum()
    at = weighted(y, fixed, fit.x)
    tau2: FloatArray = np.maximum((q - at.trace_pv(v)) / at.trace_p, 0.0)
    return tau2


def _of_rows(
    fit: RandomEffectsFit, rng: np.random.Generator, draws: int, *, exact: bool
) -> PermutationTest:
    t, f = (value[0] for value in _statistics(fit, fit.effects.y[None], fit.x[None]))
    beyond, beyond_f, seen = np.zeros(fit.p), 0, 0
    for order in _all_orders(fit.k) if exact else _some_orders(fit.k, rng, draws):
        y = np.broadcast_to(fit.effects.y, (len(order), fit.k))
        values, all_values = _statistics(fit, y, fit.x[order])
        beyond += (np.abs(values) >= np.abs(t) * (1 - SAME)).sum(0)
        beyond_f += int((all_values >= f * (1 - SAME)).sum())
        seen += len(order)
    if not exact:
        beyond, beyond_f, seen = beyond + 1, beyond_f + 1, seen + 1
    return PermutationTest(beyond / seen, beyond_f / seen, seen, exact)


def _statistics(fit: RandomEffectsFit, y: FloatArray, x: FloatArray) -> tuple[FloatArray, ...]:
    """Return the coefficients' statistics, shape (b, p), and the moderators', shape (b,)."""
    v = np.broadcast_to(fit.effects.v, y.shape)
    tau2 = METHODS[fit.method].estimate(y, v, x)
    at = at_tau2(y, v, x, tau2)
    scale = np.ones(len(y))
    if fit.test.startswith("hartung-knapp"):
        scale = at.ypy / (fit.k - fit.p)
        if fit.test.endswith("adhoc"):
            scale = np.maximum(scale, 1.0)
    variance = np.diagonal(at.inverse, axis1=-2, axis2=-1) * scale[:, None]
    moderators = _moderators(fit.x)
    b = at.beta[:, moderators]
    block = at.inverse[:, moderators][:, :, moderators]
    if not len(moderators):
        return at.beta / np.sqrt(variance), np.zeros(len(y))
    omnibus = (b * np.linalg.solve(block, b[..., None])[..., 0]).sum(-1) / scale
    return at.beta / np.sqrt(variance), omnibus


def _moderators(x: FloatArray) -> NDArray[np.intp]:
    """Return the columns that vary: all but the intercept."""
    return np.flatnonzero((x != x[0]).any(0))


def _all_signs(k: int) -> Iterator[FloatArray]:
    for start in range(0, 2**k, CHUNK):
        codes = np.arange(start, min(start + CHUNK, 2**k))
        yield np.where((codes[:, None] >> np.arange(k)) & 1, -1.0, 1.0)


def _some_signs(k: int, rng: np.random.Generator, draws: int) -> Iterator[FloatArray]:
    for size in _chunks(draws):
        raw = np.frombuffer(rng.bytes((size * k + 7) // 8), dtype=np.uint8)
        minus = np.unpackbits(raw, count=size * k).reshape(size, k)
        yield np.where(minus, -1.0, 1.0)


def _all_orders(k: int) -> Iterator[NDArray[np.intp]]:
    from itertools import islice, permutations  # noqa: PLC0415

    orders = permutations(range(k))
    while chunk := list(islice(orders, CHUNK)):
        yield np.array(chunk)


def _some_orders(k: int, rng: np.random.Generator, draws: int) -> Iterator[NDArray[np.intp]]:
    for size in _chunks(draws):
        yield rng.permuted(np.tile(np.arange(k), (size, 1)), axis=1)


def _chunks(draws: int) -> Iterator[int]:
    for start in range(0, draws, CHUNK):
        yield min(CHUNK, draws - start)
