"""The pairwise engine: common and random effects, meta-regression, heterogeneity, influence."""

from equipoise.synthesis.pairwise.fit import (
    TAU2_METHODS,
    TESTS,
    RandomEffectsFit,
    Test,
    common_effect,
    random_effects,
    refit,
    with_test,
)

__all__ = [
    "TAU2_METHODS",
    "TESTS",
    "RandomEffectsFit",
    "Test",
    "common_effect",
    "random_effects",
    "refit",
    "with_test",
]
