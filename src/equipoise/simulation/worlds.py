"""Validation worlds: small made-up trials whose true drug effect is known.

Each world says how a drug, a belief and a guess hang together, in units of the residual standard
deviation. In some worlds an effect "at equal belief" can be had by conditioning on the guess
(`World.valid`); in the others the guess is caused by benefit or by something unmeasured, and every
such estimator must fail: they are there to show that the warnings are earned.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import expit, logit, ndtri

from equipoise.errors import DataError
from equipoise.simulation.streams import open_interval, standard_normal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from equipoise.simulation.streams import Uniforms

    Noise = Literal["normal", "skewed", "bounded"]

UNKNOWN = -1
"""Code of a missing guess in `WorldDraw.guess`."""


@dataclass(frozen=True, slots=True, eq=False)
class WorldDraw:
    """Simulated trials: arrays of shape (trials, rows), one row a person (or a person's week).

    Parameters
    ----------
    arm
        int8, 1 active and 0 placebo.
    guess
        int8, 1 guesses active, 0 guesses placebo, `UNKNOWN` where it was not given.
    outcome
        In residual standard deviations; more is better.
    cause
        The common cause of guess and outcome, where the world has one.
    person
        Shape (rows,): who a row belongs to. All different unless weeks were drawn.
    """

    arm: NDArray[np.int8]
    guess: NDArray[np.int8]
    outcome: NDArray[np.float64]
    cause: NDArray[np.float64] | None
    person: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class World:
    """How drug, guess and outcome are tied; effects in residual standard deviations.

    With A the arm, G the guess, U a common cause and e noise of unit variance::

        Y = drug*A + belief*G + interaction*A*G + cause_loading*U + sqrt(1 - cause_loading**2)*e
        logit P(G = 1) = logit(guess_active or guess_placebo)
                         + from_outcome*(Y - outcome_centre) + from_cause*U

    A guess is caused by the outcome (`from_outcome`) or causes it (`belief`), never both.
    """

    sentence: str
    guess_active: float
    guess_placebo: float
    drug: float = 0.0
    belief: float = 0.0
    interaction: float = 0.0
    cause_loading: float = 0.0
    from_outcome: float = 0.0
    outcome_centre: float = 0.0
    from_cause: float = 0.0

    def __post_init__(self) -> None:
        if self.from_outcome and (self.belief or self.interaction):
            raise ValueError("a guess cannot both cause the outcome and be caused by it")

    @property
    def valid(self) -> bool:
        """Whether estimators that condition on the guess are unbiased here."""
        return self.from_outcome == 0 and self.from_cause * self.cause_loading == 0

    @property
    def monotone(self) -> bool:
        """Whether the drug never makes a person stop guessing it."""
        return self.guess_active >= self.guess_placebo and self.from_outcome * self.drug >= 0

    @property
    def direct_effect(self) -> float:
        """The drug's effect at equal belief, half the people believing in either arm."""
        return self.drug + self.interaction / 2

    @property
    def total_effect(self) -> float | None:
        """What a trial that ignores the guess estimates; None where it has no closed form."""
        if self.from_cause and (self.belief or self.interaction):
            return None
        through_guess = self.belief * (self.guess_active - self.guess_placebo)
        return self.drug + through_guess + self.interaction * self.guess_active

    @property
    def invariant_effect(self) -> float:
        """The drug's effect in those who would guess the same in either arm."""
        always, never = self.guess_placebo, 1 - self.guess_active
        return self.drug + self.interaction * always / (always + never)

    def draw(
        self,
        total_n: int,
        trials: int,
        rng: Uniforms,
        *,
        noise: Noise = "normal",
        missing: tuple[float, float] = (0.0, 0.0),
    ) -> WorldDraw:
        """Draw trials of `total_n` people, half of them in each arm (1, 0, 1, 0, ...).

        Parameters
        ----------
        rng
            A NumPy generator, or `TrialStreams` where results must not depend on blocks.
        noise
            Shape of e; mean 0 and variance 1 in all: normal, "skewed" (exponential) or
            "bounded" (uniform). The true effects stay the same.
        missing
            Share of guesses not given, on placebo and on active.
        """
        _check_even(total_n)
        size = (trials, total_n)
        arm = np.broadcast_to(1 - np.arange(total_n, dtype=np.int8) % 2, size)
        residual = _residual(noise, open_interval(rng.random(size)))
        return self._trial(arm, residual, rng, missing, np.arange(total_n))

    def draw_weeks(
        self,
        people: int,
        weeks: int,
        trials: int,
        rng: Uniforms,
        *,
        icc: float = 0.5,
        switching: bool = True,
    ) -> WorldDraw:
        """Draw trials in which everybody is observed for several weeks, normal noise.

        Parameters
        ----------
        icc
            Share of the residual variance that belongs to the person.
        switching
            True: everybody changes arm every week. False: a person stays in one arm.

        Returns
        -------
        WorldDraw
            Rows sorted by person, then week; people * weeks of them.
        """
        _check_even(people)
        size = (trials, people, weeks)
        turn = np.arange(people)[:, None] + np.arange(weeks) * switching
        arm = np.broadcast_to((1 - turn % 2).astype(np.int8), size)
        trait = standard_normal(rng, (trials, people, 1))
        residual = np.sqrt(icc) * trait + np.sqrt(1 - icc) * standard_normal(rng, size)
        flat = (trials, people * weeks)
        person = np.repeat(np.arange(people), weeks)
        return self._trial(arm.reshape(flat), residual.reshape(flat), rng, (0.0, 0.0), person)

    def _trial(
        self,
        arm: NDArray[np.int8],
        residual: NDArray[np.float64],
        rng: Uniforms,
        missing: tuple[float, float],
        person: NDArray[np.int64],
    ) -> WorldDraw:
        size = (arm.shape[0], arm.shape[1])
        cause = standard_normal(rng, size) if self.cause_loading or self.from_cause else None
        outcome = np.sqrt(1 - self.cause_loading**2) * residual + self.drug * arm
        leaning = np.where(arm == 1, logit(self.guess_active), logit(self.guess_placebo))
        if cause is not None:
            outcome += self.cause_loading * cause
            leaning += self.from_cause * cause
        if self.from_outcome:
            leaning += self.from_outcome * (outcome - self.outcome_centre)
        guess = (rng.random(size) < expit(leaning)).astype(np.int8)
        outcome += (self.belief + self.interaction * arm) * guess
        if any(missing):
            silent = rng.random(size) < np.asarray(missing)[arm]
            guess[silent] = UNKNOWN
        return WorldDraw(arm, guess, outcome, cause, person)


def _check_even(people: int) -> None:
    if people < 2 or people % 2:
        raise DataError(
            f"Worlds put equal halves into the arms: give an even number of people, not {people}."
        )


def _residual(noise: Noise, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn uniforms into noise of mean 0 and variance 1."""
    if noise == "skewed":
        return np.asarray(-np.log1p(-uniform) - 1)
    if noise == "bounded":
        return np.asarray(np.sqrt(12) * (uniform - 0.5))
    return np.asarray(ndtri(uniform))


WORLDS: Mapping[str, World] = MappingProxyType(
    {
        "W0": World(
            "No drug effect, no belief effect; side effects give the guess away.",
            guess_active=0.7,
            guess_placebo=0.3,
        ),
        "W1": World(
            "Pure expectancy: no drug effect, belief adds 0.7; side effects give the guess away.",
            guess_active=0.7,
            guess_placebo=0.3,
            belief=0.7,
        ),
        "W2": World(
            "Guess from efficacy: the drug adds 0.5, and people guess from how well they feel.",
            guess_active=0.5,
            guess_placebo=0.5,
            drug=0.5,
            from_outcome=1.5,
            outcome_centre=0.25,
        ),
        "W3": World(
            "Confounded null: no effects; optimism moves both guess and outcome.",
            guess_active=float(expit(0.85)),
            guess_placebo=float(expit(-0.85)),
            cause_loading=0.6,
            from_cause=1.2,
        ),
        "W4": World(
            "Drug and belief: the drug adds 0.4 and belief 0.5.",
            guess_active=0.7,
            guess_placebo=0.3,
            drug=0.4,
            belief=0.5,
        ),
        "W5": World(
            "Guess from outcome and side effects: no effects, yet those who feel well guess drug.",
            guess_active=float(expit(0.85)),
            guess_placebo=float(expit(-0.85)),
            from_outcome=1.5,
        ),
        "W6": World(
            "Interaction: the drug adds 0.2, belief 0.3, and both together 0.4 more.",
            guess_active=0.7,
            guess_placebo=0.3,
            drug=0.2,
            belief=0.3,
            interaction=0.4,
        ),
        "W7": World(
            "Wishful guessing: no drug effect, belief adds 0.7, and most people guess drug.",
            guess_active=0.85,
            guess_placebo=0.65,
            belief=0.7,
        ),
    }
)
"""The worlds W0 to W7 by name."""
