"""What a strategy makes of the scores: the frame that the analysis sees, and what must be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Handled:
    """Scores after a strategy.

    Parameters
    ----------
    frame : columns participant, visit, arm, score, baseline, covariates
    assumptions
        What has to hold for the frame to answer the question.
    warnings
        Whom the event met and how many scores were changed, in counts.
    """

    frame: pd.DataFrame
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def by_arm(frame: pd.DataFrame, rows: NDArray[np.bool_]) -> str:
    """Count people with at least one of these rows: "12 of 84 in drug, 9 of 88 in placebo"."""
    everybody = frame.groupby("arm", sort=True)["participant"].nunique()
    met = frame[rows].groupby("arm")["participant"].nunique()
    return ", ".join(f"{met.get(arm, 0)} of {n} in {arm}" for arm, n in everybody.items())
