"""Several outcomes of one study, pooled together; both arms of a study are such outcomes."""

from equipoise.synthesis.multivariate.arms import arm_logits, bivariate_arms
from equipoise.synthesis.multivariate.multivariate_fit import (
    MultivariateFit,
    i2_inflation,
    multivariate_fit,
)
from equipoise.synthesis.multivariate.region_frame import region_frame
from equipoise.synthesis.multivariate.rows import multivariate, prediction_region
from equipoise.synthesis.multivariate.structures import STRUCTURES

__all__ = [
    "STRUCTURES",
    "MultivariateFit",
    "arm_logits",
    "bivariate_arms",
    "i2_inflation",
    "multivariate",
    "multivariate_fit",
    "prediction_region",
    "region_frame",
]
