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
    sensitivity,
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
    sensitivity.answer,
    bounds.answer,
    guess_adjusted.answer,
)

SHARED_ANSWERS = (negative.answer,)  # the same whichever outcome is asked about

__all__ = ["ANSWERS", "SHARED_ANSWERS"]
