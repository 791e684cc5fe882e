"""What to look at, and how: the options of `small_study`."""

from __future__ import annotations

from dataclasses import dataclass, field

from equipoise.errors import DataError
from equipoise.synthesis.effects import Effects, FloatArray
from equipoise.synthesis.pairwise import Test
from equipoise.synthesis.small_study.selection.p_values import Alternative
from equipoise.synthesis.small_study.trim_and_fill import Estimator, Side

METHODS = (
    "egger", "begg", "trim-and-fill", "pet-peese", "limit", "selection", "fixed-weights",
    "excess-significance", "worst-case", "fail-safe",
)  # fmt: skip
FEW = 10
FEW_STUDIES = (
    "Fewer than 10 studies ({k}): tests of funnel asymmetry cannot tell chance from a trend "
    "(Sterne et al. 2011)"
)
NOT_BIAS = (
    "A link between effects and precision is no proof of publication bias: small trials may "
    "differ in patients, dose or care"
)
NORMAL = "Studies are independent, and their effects normal with known variances"


@dataclass(frozen=True, slots=True, eq=False)
class SmallStudyPlan:
    """Options of `small_study`.

    Parameters
    ----------
    tau2_method, test
        Of pooled effects and meta-regressions; see `random_effects`.
    side, estimator, trim_method
        Of trim and fill.
    alternative
        Which results selection favours.
    steps
        Cut points of one more step function.
    target
        Smallest effect that matters, for Orwin's number and the worst case.
    n, arm_n
        Sample sizes, shape (k,); of both arms, for standardised mean differences.
    counts
        Events and people of the treated, then of the control arm, shape (k,) each.
    level
    """

    tau2_method: str = "REML"
    test: Test = "hartung-knapp"
    side: Side | None = None
    estimator: Estimator = "L0"
    trim_method: str | None = None
    alternative: Alternative = "greater"
    steps: tuple[float, ...] | None = None
    target: float | None = None
    n: FloatArray | None = None
    arm_n: tuple[FloatArray, FloatArray] | None = None
    counts: tuple[FloatArray, FloatArray, FloatArray, FloatArray] | None = None
    level: float = 0.95
    notes: tuple[str, ...] = field(default=(), repr=False)

    def warnings(self, effects: Effects) -> tuple[str, ...]:
        """Return what must be said of tests on so few studies."""
        few = (FEW_STUDIES.format(k=len(effects)),) if len(effects) < FEW else ()
        return (*few, *self.notes)


def checked_methods(methods: tuple[str, ...]) -> tuple[str, ...]:
    """Return the methods asked for, in the order of METHODS; "all" is all of them."""
    unknown = [name for name in methods if name not in (*METHODS, "all")]
    if unknown or not methods:
        raise DataError(
            f"The method {', '.join(unknown) or 'none'} is not known. These are: all, "
            f"{', '.join(METHODS)}."
        )
    return METHODS if "all" in methods else tuple(m for m in METHODS if m in methods)
