"""One outcome of one trial made ready for the question "drug or belief?"."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis import effect_unit, headline_rows
from equipoise.analysis.total_effect import planned_effect, total_effect
from equipoise.belief.bracket import Bracket, bracket
from equipoise.belief.guesses import Guesses
from equipoise.belief.resamples import Resamples, one_arm, resample
from equipoise.belief.standardised_effect import Observed
from equipoise.belief.stratum_means import StratumMeans, stratum_means
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.protocol.estimands import COURSE_METHODS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from equipoise.belief.index_intervals import Interval
    from equipoise.estimates import Estimates
    from equipoise.records import UnblindedRecords

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]

AFTER_ENDPOINT = (
    "Guesses were taken after the endpoint: benefit may have caused the guess, and what then "
    "looks like belief is drug."
)
ONE_VISIT = (
    "The planned total effect is {model} of all visits. Effects given belief, and the ANCOVA that "
    "they are compared with, rest on the people with a score at its last visit."
)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The rows of one outcome and what every answer needs of them, computed once.

    Parameters
    ----------
    visit
        One visit, or None for all that measure the outcome after baseline.
    interval
        "default" or "wald": which interval of the blinding indices.
    draws
        Bootstrap resamples, one set shared by every answer.
    """

    records: UnblindedRecords
    outcome: str
    visit: str | None = None
    interval: Interval = "default"
    draws: int = 20_000
    seed: int = 1
    level: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.level < 1 or self.draws < 100:
            raise DataError(
                f"Need 0 < level < 1 and draws >= 100; got {self.level} and {self.draws}."
            )

    @cached_property
    def arms(self) -> tuple[str, str]:
        """The active and the control arm of the trial's main comparison."""
        return self.records.protocol.contrast

    @cached_property
    def every_arm(self) -> tuple[str, ...]:
        """Arm names: control, active, then the others; the guess code of each is its place."""
        active, control = self.arms
        others = [a for a in self.records.protocol.arm_names if a not in (active, control)]
        return (control, active, *others)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The outcome's rows of all arms."""
        frame, _ = headline_rows(self.records, self.outcome, self.visit)
        return frame

    @cached_property
    def headline(self) -> Estimates:
        """The total effect, by the method that the trial needs."""
        return total_effect(self.records, self.outcome, self.visit, level=self.level)

    @cached_property
    def all_guesses(self) -> Guesses:
        """The guesses of all arms."""
        return Guesses.from_frame(self.frame, self.every_arm)

    @cached_property
    def compared(self) -> NDArray[np.bool_]:
        """Rows of the two arms compared that have a guess and are not `stray`."""
        kept: NDArray[np.bool_] = self._answered & ~self.stray
        return kept

    @cached_property
    def _answered(self) -> NDArray[np.bool_]:
        answered: NDArray[np.bool_] = (self.all_guesses.arm < 2) & self.all_guesses.answered
        return answered

    @cached_property
    def stray(self) -> NDArray[np.bool_]:
        """Rows whose guess is neither arm and which fewer than two people of an arm share.

        One person who answers "don't know" cannot stand for all of their arm: rather than refuse
        every effect given belief, these few are left out, and counted.
        """
        g = self.all_guesses
        stray = np.zeros(len(g.arm), dtype=bool)
        for guess in range(2, self.categories):
            rows = self._answered & (g.guess == guess)
            if min(len(np.unique(g.person[rows & (g.arm == a)])) for a in (0, 1)) < 2:
                stray |= rows
        return stray

    @cached_property
    def guesses(self) -> Guesses:
        """Guesses of the two arms compared."""
        return self.all_guesses.take(self.compared)

    @cached_property
    def y(self) -> FloatArray:
        """Scores of the rows compared."""
        return self.frame["score"].to_numpy(dtype=np.float64)[self.compared]

    @property
    def categories(self) -> int:
        """Guess categories: every arm, and "don't know"."""
        return len(self.every_arm) + 1

    @property
    def possible_answers(self) -> int:
        """Guess categories that a person could give: "don't know" only where it was an answer."""
        plan = self.records.protocol.blinding.guess
        said = bool((self.all_guesses.guess == len(self.every_arm)).any())
        unsure = said or (plan is not None and plan.dont_know)
        return self.categories if unsure else self.categories - 1

    @cached_property
    def strata(self) -> StratumMeans:
        """Counts, means and variances by arm and guess."""
        return stratum_means(self.y, self.guesses.arm, self.guesses.guess, self.categories)

    @cached_property
    def rows(self) -> Observed:
        """The rows compared, without covariates."""
        g = self.guesses
        none = np.empty((len(self.y), 0))
        return Observed(self.y, g.arm, g.guess, none, g.person, self.categories)

    def require_identified(self, *, both_beliefs: bool = False) -> None:
        """Refuse when a stratum that an effect needs holds fewer than two people.

        A guess that nobody made needs nobody, unless the method needs `both_beliefs` themselves.
        People are counted, not rows: one person has no spread, however often observed.
        """
        people = self.rows.people[:, :2] if both_beliefs else self.rows.people
        used = people.any(axis=0) | both_beliefs
        small = [
            f"{self.every_arm[a]} arm, {self.says(int(g))}: {people[a, g]}"
            for a in (1, 0)
            for g in np.flatnonzero(used)
            if people[a, g] < 2
        ]
        if small:
            raise NotIdentifiedError(
                f"not identified: fewer than two people in an arm-by-guess stratum "
                f"({'; '.join(small)}). Effects given belief need people of both arms who hold "
                "each belief."
            )

    @cached_property
    def resamples(self) -> Resamples:
        """The shared resamples of people."""
        g = self.guesses
        return resample(
            self.y,
            g.arm,
            g.guess,
            g.person,
            draws=self.draws,
            rng=self.rng("resamples"),
            categories=self.categories,
        )

    @cached_property
    def bracket(self) -> Bracket:
        """The total and the belief-standardised effect of the same kind of model, jointly."""
        return bracket(self)

    @cached_property
    def person_arm(self) -> NDArray[np.intp] | None:
        """Each person's arm, None where people change arms: the strata of the resamples."""
        return one_arm(self.guesses.arm, self.guesses.person)

    @property
    def two_beliefs(self) -> NDArray[np.bool_]:
        """Rows compared whose guess is one of the two arms (not unsure, not a third arm)."""
        two: NDArray[np.bool_] = self.guesses.guess < 2
        return two

    def rng(self, purpose: str) -> np.random.Generator:
        """Return the random stream of one purpose: adding another method moves none of them."""
        return np.random.default_rng([self.seed, zlib.crc32(purpose.encode())])

    def covariates(self, names: tuple[str, ...]) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Return covariates of the rows compared as numbers, and which rows have them all.

        Categories become indicators of all but their first level.
        """
        from pandas.api.types import is_numeric_dtype  # noqa: PLC0415

        columns, frame = [], self.frame.loc[self.compared]
        complete = frame[list(names)].notna().all(axis=1).to_numpy(dtype=bool)
        for name in names:
            values = frame[name]
            if is_numeric_dtype(values):
                columns.append(values.to_numpy(dtype=np.float64, na_value=np.nan))
            else:
                text = values.astype(str).to_numpy(dtype=str)
                levels = np.unique(text[complete])[1:]
                columns += [(text == level).astype(np.float64) for level in levels]
        x = np.column_stack(columns) if columns else np.empty((len(frame), 0))
        return x, complete

    @property
    def planned_covariates(self) -> tuple[str, ...]:
        """Baseline covariates of the planned effect analysis, the baseline score included."""
        planned = planned_effect(self.records.protocol, self.outcome)
        if planned is None:
            return ()
        return (("baseline",) if planned.baseline else ()) + planned.covariates

    @cached_property
    def unit(self) -> str:
        """Units and direction of an effect on the outcome."""
        return effect_unit(self.records.protocol.instrument(self.outcome), *self.arms)

    @cached_property
    def guess_warnings(self) -> tuple[str, ...]:
        """What must be printed with every effect given belief, in this trial."""
        plan = self.records.protocol.blinding.guess
        late = plan is not None and plan.timing == "after-outcomes"
        strays = int(self.stray.sum())
        planned = planned_effect(self.records.protocol, self.outcome)
        imputed = planned is not None and planned.method == "reference-based"
        model = "an imputation" if imputed else "an MMRM"
        course = planned is not None and planned.method in COURSE_METHODS
        few = f"{strays} rows with a guess that too few people shared are left out."
        told = (
            (late, AFTER_ENDPOINT),
            (course, ONE_VISIT.format(model=model)),
            (bool(strays), few),
        )
        return tuple(text for there, text in told if there)

    def says(self, guess: int) -> str:
        """Name a guess category."""
        if guess == len(self.every_arm):
            return "guess unsure"
        return f"guess {self.every_arm[guess]}"
