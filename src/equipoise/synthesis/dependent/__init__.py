"""Dependent effects: several effects of one study, their shared errors and shared truth."""

from equipoise.synthesis.dependent.fit import MixedFit
from equipoise.synthesis.dependent.profile import profile_interval
from equipoise.synthesis.dependent.robust import KINDS, Cluster, Robust, cluster_robust
from equipoise.synthesis.dependent.robust_fit import independent_clusters, robust
from equipoise.synthesis.dependent.robust_variance import RobustVariance, robust_variance
from equipoise.synthesis.dependent.three_level import three_level_fit
from equipoise.synthesis.dependent.three_level_rows import three_level
from equipoise.synthesis.dependent.working_covariance import correlated_errors, study_blocks

__all__ = [
    "KINDS",
    "Cluster",
    "MixedFit",
    "Robust",
    "RobustVariance",
    "cluster_robust",
    "correlated_errors",
    "independent_clusters",
    "profile_interval",
    "robust",
    "robust_variance",
    "study_blocks",
    "three_level",
    "three_level_fit",
]
