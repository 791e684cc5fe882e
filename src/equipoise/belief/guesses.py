"""Treatment guesses as arrays: who was in which arm, and what each person believed.

"Don't know" is an answer, a missing guess is not: they never share a code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.records import UNSURE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    IntArray = NDArray[np.intp]
    FloatArray = NDArray[np.float64]

MISSING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Guesses:
    """The guesses of one outcome's rows (n rows, K arms).

    Parameters
    ----------
    arms : length K
        Arm names; the guess code of arm k is k.
    arm : shape (n,)
        Index of the arm received.
    guess : shape (n,)
        Index of the arm guessed, K for "don't know", -1 for missing.
    person : shape (n,)
        Whose row it is: 0 .. people - 1. Rows of one person are not independent.
    certainty : shape (n,)
        0 (guessing) to 1 (certain); NaN where not asked.
    """

    arms: tuple[str, ...]
    arm: IntArray
    guess: IntArray
    person: IntArray
    certainty: FloatArray

    @classmethod
    def from_frame(cls, frame: pd.DataFrame, arms: Sequence[str]) -> Guesses:
        """Read columns participant, arm, guess, certainty of an outcome frame."""
        codes = {name: k for k, name in enumerate(arms)} | {UNSURE: len(arms)}
        unknown = sorted(set(frame["guess"].dropna()) - codes.keys())
        if unknown:
            raise DataError(f"Guesses {unknown} are no arm; arms are {list(arms)} and '{UNSURE}'.")
        guess = frame["guess"].map(codes).fillna(MISSING).to_numpy()
        _, person = np.unique(frame["participant"].to_numpy(dtype=str), return_inverse=True)
        return cls(
            arms=tuple(arms),
            arm=frame["arm"].map(codes).to_numpy().astype(np.intp),
            guess=guess.astype(np.intp),
            person=person.astype(np.intp),
            certainty=frame["certainty"].to_numpy(dtype=np.float64, na_value=np.nan),
        )

    @property
    def repeated(self) -> bool:
        """Whether some person has several rows."""
        return bool(np.bincount(self.person).max(initial=0) > 1)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Rows with a guess, "don't know" included."""
        answered: NDArray[np.bool_] = self.guess != MISSING
        return answered

    def take(self, rows: NDArray[np.bool_]) -> Guesses:
        """Keep some rows; people are numbered anew."""
        _, person = np.unique(self.person[rows], return_inverse=True)
        return Guesses(
            self.arms,
            self.arm[rows],
            self.guess[rows],
            person.astype(np.intp),
            self.certainty[rows],
        )

    def table(self) -> IntArray:
        """Count answers, shape (K + 1, K): rows arm guessed (last: don't know), columns arm."""
        k = len(self.arms)
        rows = self.answered
        flat = np.bincount(self.guess[rows] * k + self.arm[rows], minlength=(k + 1) * k)
        return flat.reshape(k + 1, k).astype(np.intp)

    def require_any(self) -> None:
        """Refuse when nobody was asked."""
        if not self.answered.any():
            raise NotIdentifiedError(
                "No guesses are recorded, so drug and belief cannot be told apart. "
                "Ask every participant what they think they received before the outcome is "
                "measured, or use `equipoise analyse` for the total effect."
            )
