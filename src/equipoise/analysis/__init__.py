"""Records to estimates: the total effect of treatment, whatever people believed.

Array kernels (`two_samples`, `least_squares`, `random_intercept_fit`, ...) know no records;
`total_effect` and `analyse` take a trial; `mixed_model` and `ancova` take a person's own table.
"""

from equipoise.analysis.ancova import Ancova, compare_arms
from equipoise.analysis.arm_design import ArmDesign, arm_design
from equipoise.analysis.change_from_baseline import change_from_baseline
from equipoise.analysis.clusters import Clusters, clusters_of
from equipoise.analysis.contrast import Contrast, FTest
from equipoise.analysis.estimands import estimate
from equipoise.analysis.formula import ancova, mixed_model
from equipoise.analysis.linear_model import LeastSquares, least_squares
from equipoise.analysis.mixed_model import MixedModelFit, random_intercept_fit
from equipoise.analysis.planned import analyse
from equipoise.analysis.rows import effect_unit, estimate_row
from equipoise.analysis.sandwich import ClusterRobust, cluster_robust, robust_covariance
from equipoise.analysis.total_effect import headline_rows, total_effect
from equipoise.analysis.two_samples import TwoSamples, difference_in_means, two_samples

__all__ = [
    "Ancova",
    "ArmDesign",
    "ClusterRobust",
    "Clusters",
    "Contrast",
    "FTest",
    "LeastSquares",
    "MixedModelFit",
    "TwoSamples",
    "analyse",
    "ancova",
    "arm_design",
    "change_from_baseline",
    "cluster_robust",
    "clusters_of",
    "compare_arms",
    "difference_in_means",
    "effect_unit",
    "estimate",
    "estimate_row",
    "headline_rows",
    "least_squares",
    "mixed_model",
    "random_intercept_fit",
    "robust_covariance",
    "total_effect",
    "two_samples",
]
