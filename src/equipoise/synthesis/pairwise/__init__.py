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
from equipoise.synthesis.pairwise.pool import pool
from equipoise.synthesis.pairwise.regression import regression
from equipoise.synthesis.pairwise.subgroups import subgroups

__all__ = [
    "TAU2_METHODS",
    "TESTS",
    "RandomEffectsFit",
    "Test",
    "common_effect",
    "pool",
    "random_effects",
    "refit",
    "regression",
    "subgroups",
    "with_test",
]
