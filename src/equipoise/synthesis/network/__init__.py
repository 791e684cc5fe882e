"""Network meta-analysis: many treatments at once, and where the evidence comes from."""

from equipoise.synthesis.network.arm_table import arms_of_table
from equipoise.synthesis.network.arms import ArmRows, network_of_arms
from equipoise.synthesis.network.components import component_rows, fit_components
from equipoise.synthesis.network.contrasts import network_of_comparisons, network_of_contrast_table
from equipoise.synthesis.network.contributions import Contributions, contributions
from equipoise.synthesis.network.fit import NetworkFit, fit_at
from equipoise.synthesis.network.heterogeneity import tau2_of
from equipoise.synthesis.network.inconsistency import QSplit, q_split
from equipoise.synthesis.network.kinds import by_kind, rank_shift_rows
from equipoise.synthesis.network.measures import MEASURES
from equipoise.synthesis.network.network import Network, make_network
from equipoise.synthesis.network.network_meta_analysis import (
    NetworkModels,
    fit_network,
    network_meta_analysis,
)
from equipoise.synthesis.network.node_split import Split, node_split
from equipoise.synthesis.network.p_scores import p_scores
from equipoise.synthesis.network.regression import fit_regression
from equipoise.synthesis.network.regression_rows import covariates_of, regression_rows
from equipoise.synthesis.network.study_blocks import StudyBlock

__all__ = [
    "MEASURES",
    "ArmRows",
    "Contributions",
    "Network",
    "NetworkFit",
    "NetworkModels",
    "QSplit",
    "Split",
    "StudyBlock",
    "arms_of_table",
    "by_kind",
    "component_rows",
    "contributions",
    "covariates_of",
    "fit_at",
    "fit_components",
    "fit_network",
    "fit_regression",
    "make_network",
    "network_meta_analysis",
    "network_of_arms",
    "network_of_comparisons",
    "network_of_contrast_table",
    "node_split",
    "p_scores",
    "q_split",
    "rank_shift_rows",
    "regression_rows",
    "tau2_of",
]
