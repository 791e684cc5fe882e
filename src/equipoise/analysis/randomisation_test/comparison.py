"""Who is compared, under which null: two arms given the rest where blocks allow it, else all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.allocation import IndependentBlocks
from equipoise.analysis.randomisation_test.scores import residual_scores
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.allocation import Procedure

SHARP = "Sharp null hypothesis: everyone would have had the same outcome in either arm"
GIVEN_OTHERS = "The comparison is made given who received the other arms"
ALL_ARMS = (
    "Sharp null hypothesis of all arms: everyone would have had the same outcome in any arm (this "
    "procedure cannot be redrawn given who received the other arms)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Scores and arms as the redraws need them.

    `score` is centred, less `centre` (sums of large numbers round), and 0 where it was not
    observed; `groups` are the arms of the statistic, the active
    one first; `treated` is the allocation that happened (1 active), adjusted as the scores are.
    """

    procedure: Procedure
    arm: NDArray[np.int8]
    score: NDArray[np.float64]
    centre: float
    observed: NDArray[np.bool_]
    treated: NDArray[np.float64]
    groups: tuple[int, ...]
    adjusted: bool
    null: tuple[str, ...]

    @property
    def treated_mean(self) -> float:
        """Mean of the treatment indicator among those with a score."""
        return float(self.treated[self.observed].mean())

    @property
    def fixed_counts(self) -> bool:
        """Whether every redraw observes equally many people in each arm."""
        if not isinstance(self.procedure, IndependentBlocks):
            return False
        return all(
            members.shape[1] == sum(composition) and _all_or_none(self.observed[members])
            for members, composition in self.procedure.groups
        )


def _all_or_none(seen: NDArray[np.bool_]) -> bool:
    """Whether every block was observed whole or not at all."""
    return bool((seen.all(axis=1) | ~seen.any(axis=1)).all())


def compared(
    scores: ArrayLike,
    arm: ArrayLike,
    procedure: Procedure,
    groups: tuple[int, ...] | None,
    covariates: ArrayLike | None,
) -> Compared:
    """Check the data and prepare them; `groups` None compares all arms."""
    y, given = _checked(scores, arm, procedure)
    X = None if covariates is None else np.asarray(covariates, dtype=np.float64)
    if X is not None and (X.ndim != 2 or len(X) != len(y)):
        raise DataError(f"`covariates` has shape ({len(y)}, covariates). Got {X.shape}.")
    if groups is not None and (
        len(set(groups)) != 2 or not all(0 <= group < procedure.arms for group in groups)
    ):
        raise DataError(f"Two different arms of 0 to {procedure.arms - 1} are compared: {groups}.")
    null: tuple[str, ...] = (SHARP if groups is not None else SHARP.replace("either", "any"),)
    if procedure.arms > 2 and groups is not None:
        null = (ALL_ARMS,)
        if isinstance(procedure, IndependentBlocks):
            kept = np.isin(given, groups)
            procedure = procedure.between(given, groups[1], groups[0])
            y, given = y[kept], (given[kept] == groups[0]).astype(np.int8)
            X = None if X is None else X[kept]
            groups, null = (1, 0), (SHARP, GIVEN_OTHERS)
    chosen = tuple(range(procedure.arms)) if groups is None else groups
    observed = np.isfinite(y) if X is None else np.isfinite(y) & np.isfinite(X).all(axis=1)
    for group in chosen:
        if not (given[observed] == group).any():
            raise NotIdentifiedError(f"Nobody with a score was in arm {group}.")
    both = np.column_stack([y, given == chosen[0]]).astype(np.float64)[observed]
    if X is not None:
        both = residual_scores(both, X[observed])
    centre = float(both[:, 0].mean())
    score, treated = np.zeros(len(y)), np.zeros(len(y))
    score[observed], treated[observed] = both[:, 0] - centre, both[:, 1]
    return Compared(
        procedure=procedure,
        arm=given,
        score=score,
        centre=centre,
        observed=observed,
        treated=treated,
        groups=chosen,
        adjusted=X is not None,
        null=null,
    )


def _checked(
    scores: ArrayLike, arm: ArrayLike, procedure: Procedure
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    y, given = np.asarray(scores, dtype=np.float64), np.asarray(arm)
    n = procedure.people
    if y.shape != (n,) or given.shape != (n,):
        raise DataError(
            f"The procedure allocated {n} people; scores have shape {y.shape} and arms "
            f"{given.shape}. Give everyone who was allocated, in order of entry; a score that was "
            "not observed is NaN."
        )
    if np.isinf(y).any():
        raise DataError("Scores must be finite, or NaN where not observed.")
    if not np.isin(given, range(procedure.arms)).all():
        raise DataError(f"Arms are coded 0 to {procedure.arms - 1}. Got {np.unique(given)[:10]}.")
    codes = given.astype(np.int8)
    if why := procedure.impossible(codes):
        raise DataError(
            f"This allocation cannot come from {procedure.description}: {why}. Check the order of "
            "the people, the strata, and that the arm is the one that was drawn."
        )
    return y, codes
