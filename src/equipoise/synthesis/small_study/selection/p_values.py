"""p values of studies, on the side that selection looks at."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from scipy.special import ndtr

from equipoise.synthesis.effects import FloatArray

Alternative = Literal["greater", "less", "two.sided"]
ALTERNATIVES: tuple[str, ...] = get_args(Alternative)


def p_value(z: FloatArray, alternative: Alternative) -> FloatArray:
    """Return the Wald p value of z = y / se, shape of z."""
    if alternative == "two.sided":
        return 2 * ndtr(-np.abs(z))
    p: FloatArray = ndtr(-z if alternative == "greater" else z)
    return p
