"""What `plots.blinding_regression` draws: trials as bubbles, and the line of the better fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtri, stdtrit

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.blinding.indexed_trials import require_spread
from equipoise.synthesis.blinding.structural import structural_fit

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.synthesis.blinding.indexed_trials import IndexedTrials

    FloatArray = NDArray[np.float64]

POINTS = 101


class RegressionFrame(NamedTuple):
    """Trials, the fitted line of the reference class, and its value at index 0."""

    trials: pd.DataFrame
    line: pd.DataFrame
    at_chance: tuple[float, float, float]
    method: str


def regression_frame(trials: IndexedTrials, *, level: float = 0.95) -> RegressionFrame:
    """Return the frames of the figure: the structural fit, or the naive one where it is refused."""
    import pandas as pd  # noqa: PLC0415

    half = float(ndtri((1 + level) / 2)) * np.sqrt(trials.index_variance)
    naive = trials.naive()
    points = pd.DataFrame(
        {
            "index": trials.index,
            "index_low": np.maximum(trials.index - half, -1),
            "index_high": np.minimum(trials.index + half, 1),
            "effect": trials.effects.y,
            "weight": naive.weight_percent,
            "design": trials.design,
        }
    )
    beta, cov, df, method = _fit(trials, level)
    quantile = float(stdtrit(df, (1 + level) / 2))
    low, high = float(trials.index.min()), float(trials.index.max())
    grid = np.linspace(min(0.0, low), max(0.0, high), POINTS)
    x = np.unique(np.concatenate([grid, [low, high, 0.0]]))
    design = np.zeros((len(x), len(beta)))
    design[:, 0], design[:, -1] = 1.0, x
    y, se = design @ beta, np.sqrt(np.einsum("np,pq,nq->n", design, cov, design))
    line = pd.DataFrame(
        {"index": x, "estimate": y, "low": y - quantile * se, "high": y + quantile * se}
    )
    zero = line[line["index"] == 0.0].iloc[0]
    return RegressionFrame(points, line, (zero["estimate"], zero["low"], zero["high"]), method)


def _fit(trials: IndexedTrials, level: float) -> tuple[FloatArray, FloatArray, int, str]:
    e = trials.effects
    try:
        require_spread(trials, level)
        fit = structural_fit(
            e.y, e.v, trials.index, trials.index_variance, trials.X, covariance=trials.covariance
        )
    except NotIdentifiedError:
        naive = trials.naive()
        return naive.beta, naive.cov, naive.k - naive.p, "naive"
    return fit.coefficients, fit.cov, fit.df, "structural"
