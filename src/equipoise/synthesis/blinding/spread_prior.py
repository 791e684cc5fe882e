"""Priors of a standard deviation, each as the quantile function that makes it uniform.

Whatever the prior, x ~ U(0, 1) turned by its quantile function has it: a sampler then needs only
the likelihood, on an interval that ends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

QUANTILES: dict[str, Callable[[FloatArray], FloatArray]] = {
    "half-normal": lambda x: ndtri((1 + x) / 2),
    "half-cauchy": lambda x: np.tan(np.pi * x / 2),
    "uniform": lambda x: x,
}


@dataclass(frozen=True, slots=True)
class SpreadPrior:
    """A prior of a standard deviation.

    Parameters
    ----------
    kind
        "half-normal", "half-cauchy" or "uniform".
    scale
        Of the normal or Cauchy; the upper end of the uniform. In units of the effect.

    References
    ----------
    Röver et al. (2021), Res Synth Methods 12:448-474 (half-normal 0.5 for standardised effects).
    """

    kind: str
    scale: float

    def __post_init__(self) -> None:
        if self.kind not in QUANTILES or not self.scale > 0:
            raise DataError(
                f"A prior of a spread is {', '.join(QUANTILES)} with a scale above 0, such as "
                f"half-normal 0.5. Got {self.kind} {self.scale:g}."
            )

    def __str__(self) -> str:
        return f"{self.kind}({self.scale:g})"

    def at(self, x: FloatArray) -> FloatArray:
        """Return the quantiles at x in (0, 1)."""
        return self.scale * QUANTILES[self.kind](x)
