"""Records to estimates: the total effect of treatment, whatever people believed.

Array kernels (`two_samples`, `least_squares`, `random_intercept_fit`, ...) know no records;
`total_effect`, `analyse` and `estimate` take a trial; `mmrm`, `mixed_model`, `ancova`,
`impute_and_analyse`, `response`, `ordinal`, `counts`, `survival`, `crossover`, `n_of_1` and
`rerandomise` take a person's own table; `adjust` takes p values or estimates, and the folder
`harms` adverse events. `fit_many` fits thousands of simulated trials.
"""

from equipoise.analysis.ancova import Ancova, compare_arms
from equipoise.analysis.arm_design import ArmDesign, arm_design
from equipoise.analysis.change_from_baseline import change_from_baseline
from equipoise.analysis.clusters import Clusters, clusters_of
from equipoise.analysis.contrast import Contrast, FTest
from equipoise.analysis.crossover import crossover
from equipoise.analysis.estimands import estimate
from equipoise.analysis.formula import ancova, mixed_model
from equipoise.analysis.imputation import impute_and_analyse, tipping_map
from equipoise.analysis.linear_model import LeastSquares, least_squares
from equipoise.analysis.mixed_model import MixedModelFit, random_intercept_fit
from equipoise.analysis.mmrm import ManyFits, Mmrm, MmrmFit, fit_many, fit_mmrm, mmrm
from equipoise.analysis.multiplicity import adjust
from equipoise.analysis.n_of_1 import n_of_1
from equipoise.analysis.outcomes import counts, ordinal, response, survival
from equipoise.analysis.planned import analyse, planned_events
from equipoise.analysis.randomisation_test import (
    RandomisationTest,
    log_rank_scores,
    logistic_scores,
    randomisation_test,
    rank_scores,
    rerandomise,
    residual_scores,
)
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
    "ManyFits",
    "MixedModelFit",
    "Mmrm",
    "MmrmFit",
    "RandomisationTest",
    "TwoSamples",
    "adjust",
    "analyse",
    "ancova",
    "arm_design",
    "change_from_baseline",
    "cluster_robust",
    "clusters_of",
    "compare_arms",
    "counts",
    "crossover",
    "difference_in_means",
    "effect_unit",
    "estimate",
    "estimate_row",
    "fit_many",
    "fit_mmrm",
    "headline_rows",
    "impute_and_analyse",
    "least_squares",
    "log_rank_scores",
    "logistic_scores",
    "mixed_model",
    "mmrm",
    "n_of_1",
    "ordinal",
    "planned_events",
    "random_intercept_fit",
    "randomisation_test",
    "rank_scores",
    "rerandomise",
    "residual_scores",
    "response",
    "robust_covariance",
    "survival",
    "tipping_map",
    "total_effect",
    "two_samples",
]
