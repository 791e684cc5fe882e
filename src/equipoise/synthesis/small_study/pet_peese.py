"""PET and PEESE: the effect of a study without sampling error, by regression on se or se^2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from equipoise.synthesis.pairwise import Test
from equipoise.synthesis.small_study.regression import (
    Coefficient,
    FunnelRegression,
    Model,
    funnel_regression,
)

PRETEST = 0.10
"""Two-sided, that is 5% one-sided."""


@dataclass(frozen=True, slots=True)
class PetPeese:
    """Both regressions, and which of them the conditional rule takes."""

    pet: FunnelRegression
    peese: FunnelRegression
    chosen: Literal["PET", "PEESE"]

    @property
    def effect(self) -> Coefficient:
        """The intercept of the chosen one."""
        return (self.pet if self.chosen == "PET" else self.peese).intercept


def pet_peese(
    y: ArrayLike,
    v: ArrayLike,
    *,
    model: Model = "lm",
    method: str = "REML",
    test: Test = "z",
    pretest: float = PRETEST,
) -> PetPeese:
    """Extrapolate to a study without sampling error.

    PET's intercept is biased towards 0 when there is an effect, PEESE's away from it when there
    is none: PEESE is taken where PET's intercept differs from 0 with p < `pretest` (two-sided),
    else PET. The rule's own uncertainty is not in the interval.

    Parameters
    ----------
    y, v : shape (k,)
    model
        "lm", as in the paper, or "rma".
    method, test
        Of "rma"; see `random_effects`.

    References
    ----------
    Stanley & Doucouliagos (2014), Res Synth Methods 5:60-78.
    """
    pet = funnel_regression(y, v, model=model, predictor="sei", method=method, test=test)
    peese = funnel_regression(y, v, model=model, predictor="vi", method=method, test=test)
    return PetPeese(pet, peese, "PEESE" if pet.intercept.p < pretest else "PET")
