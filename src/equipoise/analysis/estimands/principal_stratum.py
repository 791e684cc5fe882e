"""Principal stratum: the effect in those who would stay free of the event under either arm.

Nobody can point at these people: an arm's event-free people hold others, too, and differ between
arms. Comparing them as observed is no randomised comparison, and is refused. Their effect can be
bounded (Zhang & Rubin 2003, J Educ Behav Stat 28:353-368).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

REFUSED = (
    "The effect in people who would not have {event} under either arm is not identified: those "
    "without it in the two arms are different kinds of people, so comparing them is no randomised "
    "comparison. Give the event `assumption: monotonicity` or `none` in the protocol for bounds."
)
BOUNDS = "Trimming bounds (Zhang & Rubin 2003, J Educ Behav Stat 28:353-368)"
SAMPLING = (
    "; percentile limits of the bounds over {draws:,} resamples of people within arms, which cover "
    "the whole region (Horowitz & Manski 2000, J Am Stat Assoc 95:77-84)"
)


class StratumBounds(NamedTuple):
    """Bounds on the effect, and the share of people in the stratum (its least under `none`)."""

    low: float
    high: float
    share: float


def stratum_bounds(
    active: ArrayLike, control: ArrayLike, *, monotone: bool = True
) -> StratumBounds:
    """Bound the effect in those who would be free of the event under either arm.

    Parameters
    ----------
    active, control : shape (n1,) and (n0,)
        Scores of all people of the arm; NaN had the event.
    monotone
        True: the arm with more events never prevents one. The stratum's share is then the smaller
        share of event-free people, and only the other arm is trimmed. False: the share may be as
        small as both shares together less 1, and both arms are trimmed.

    Raises
    ------
    NotIdentifiedError
        When the stratum may be empty.

    Examples
    --------
    >>> stratum_bounds([1, 2, 3, 4], [2, 3, 4, None])
    StratumBounds(low=-1.0, high=0.0, share=0.75)
    """
    arms = [np.asarray(arm, dtype=np.float64) for arm in (active, control)]
    free = [np.sort(y[~np.isnan(y)]) for y in arms]
    shares = [len(f) / len(y) if len(y) else 0.0 for f, y in zip(free, arms, strict=True)]
    share = min(shares) if monotone else sum(shares) - 1
    if share <= 0:
        raise NotIdentifiedError(
            f"Free of the event were {shares[0]:.0%} on active and {shares[1]:.0%} on control: "
            "perhaps nobody would be free of it under both, and then there is no such effect."
        )
    kept = [share / own for own in shares]
    (low1, high1), (low0, high0) = (_ends(f, k) for f, k in zip(free, kept, strict=True))
    return StratumBounds(low1 - high0, high1 - low0, share)


def bounds_with_sampling(
    active: ArrayLike,
    control: ArrayLike,
    rng: np.random.Generator,
    *,
    monotone: bool = True,
    draws: int = 2000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Return limits that cover the whole region of the bounds: percentiles over resamples."""
    arms = [np.asarray(arm, dtype=np.float64) for arm in (active, control)]
    found = []
    for _ in range(draws):
        one, zero = (rng.choice(arm, len(arm)) for arm in arms)
        try:
            found.append(stratum_bounds(one, zero, monotone=monotone)[:2])
        except NotIdentifiedError:
            found.append((-np.inf, np.inf))  # a draw in which anything is possible
    lows, highs = np.array(found).T
    tail = (1 - level) / 2
    low = float(np.quantile(lows, tail, method="lower"))
    return low, float(np.quantile(highs, 1 - tail, method="higher"))


def _ends(scores: FloatArray, kept: float) -> tuple[float, float]:
    """Return the means of the lowest and of the highest share `kept`; scores sorted."""
    size = kept * len(scores)
    weight = np.clip(size - np.arange(len(scores)), 0, 1)
    return float(weight @ scores / size), float(weight @ scores[::-1] / size)
