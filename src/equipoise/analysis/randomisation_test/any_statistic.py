"""Any statistic, as a function of scores and arms: redraws are kept, effects found by bisection."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from equipoise.analysis.randomisation_test.inversion import Inverted, bisected
from equipoise.analysis.randomisation_test.tail import Tail, doubled, tail
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis.randomisation_test.comparison import Compared
    from equipoise.analysis.randomisation_test.tail import Alternative

AnyStatistic = Callable[["NDArray[np.float64]", "NDArray[np.int8]"], Any]
"""(scores (n,), arms (draws, n)) -> (draws,)"""

CHUNK = 4096


class Redraws:
    """Allocations of the people with a score: the one that happened, and redraws of it."""

    def __init__(self, what: Compared, rng: np.random.Generator, draws: int) -> None:
        self.what = what
        self.happened = self._coded(what.arm[None, :])
        chunks = (min(CHUNK, draws - k) for k in range(0, draws, CHUNK))
        self.drawn = [self._coded(what.procedure.redraw(rng, size)) for size in chunks]

    def _coded(self, arm: NDArray[np.int8]) -> NDArray[np.int8]:
        """Return 1 for active, 0 control, -1 another; as they are where all arms are compared."""
        seen = arm[:, self.what.observed]
        if len(self.what.groups) != 2:
            return seen
        active, control = self.what.groups
        return np.where(seen == active, 1, np.where(seen == control, 0, -1)).astype(np.int8)

    def values(
        self, statistic: AnyStatistic, effect: float = 0.0
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the statistic as it happened and in the redraws, an effect taken off first."""
        seen = self.what.observed
        scores = self.what.centre + self.what.score[seen] - effect * self.what.treated[seen]
        parts = [np.asarray(statistic(scores, arms), dtype=np.float64) for arms in self.drawn]
        own = np.asarray(statistic(scores, self.happened), dtype=np.float64)
        shapes = [part.shape for part in (own, *parts)]
        if shapes != [(len(arms),) for arms in (self.happened, *self.drawn)]:
            raise DataError(
                "A statistic takes scores (n,) and arms (draws, n) and returns one number a draw. "
                f"For {len(self.drawn[0])} draws it returned shape {shapes[1]}."
            )
        if not all(np.isfinite(part).all() for part in (own, *parts)):
            raise DataError("The statistic is not finite in every redraw. Define it there, too.")
        return float(own[0]), np.concatenate(parts)

    def test(self, statistic: AnyStatistic, alternative: Alternative) -> tuple[float, Tail]:
        """Return the statistic and its tail."""
        own, drawn = self.values(statistic)
        if alternative == "two-sided":
            return own, doubled(own, drawn)
        return own, tail(own, drawn, None, alternative)

    def invert(self, statistic: AnyStatistic, area: float) -> Inverted:
        """Return estimate and limits of a constant additive effect."""

        def tails(effect: float) -> tuple[float, float]:
            own, drawn = self.values(statistic, effect)
            return tail(own, drawn, None, "greater").p, tail(own, drawn, None, "less").p

        return bisected(tails, float(np.ptp(self.what.score[self.what.observed])) or 1.0, area)
