"""The answers to "drug or belief?", one file each: a Comparison comes in, Estimates go out.

To add an answer, add a file with a function `answer` and name it in `ANSWERS`, the order in
which results are listed.
"""

from equipoise.belief.answers import (
    blinding,
    bounds,
    curve,
    guess_adjusted,
    negative,
    share,
    standardised,
    strata,
    total,
)

ANSWERS = (
    total.answer,
    blinding.answer,
    strata.answer,
    standardised.answer,
    curve.answer,
    share.answer,
    bounds.answer,
    guess_adjusted.answer,
    negative.answer,
)

__all__ = ["ANSWERS"]
