"""Blinding-aware synthesis: how much of a pooled effect survives honest blinding?

Answers side by side, never merged: regression on the blinding index (`chance_guessing`), trials
taken apart by guess (`pool_decomposed`), supposed bias and its tipping point (`bias_synthesis`),
control arms by comparator (`control_arm_share`), randomised against observational studies
(`randomised_and_observational`).
"""

from equipoise.synthesis.blinding.arm_changes import (
    ArmOutcome,
    logit_response,
    standardised_change,
)
from equipoise.synthesis.blinding.bias_adjusted import Bias, bias_synthesis, tipping_frame
from equipoise.synthesis.blinding.bivariate import BivariateFit, bivariate_fit
from equipoise.synthesis.blinding.chance_guessing import chance_guessing
from equipoise.synthesis.blinding.control_arm_share import Arms, control_arm_share
from equipoise.synthesis.blinding.decomposition import (
    Decomposed,
    decompose_records,
    decomposed,
    pool_decomposed,
    read_belief_file,
)
from equipoise.synthesis.blinding.design_classes import class_estimates
from equipoise.synthesis.blinding.from_frame import (
    Settings,
    TrialColumns,
    blinding_synthesis,
    indexed_of,
)
from equipoise.synthesis.blinding.gibbs import Priors, gibbs
from equipoise.synthesis.blinding.indexed_trials import IndexedTrials, indexed
from equipoise.synthesis.blinding.indices import TrialIndex, index_of_counts
from equipoise.synthesis.blinding.randomised_and_observational import (
    design_adjusted,
    discrepancy,
    randomised_and_observational,
)
from equipoise.synthesis.blinding.regression_frame import regression_frame
from equipoise.synthesis.blinding.share import share
from equipoise.synthesis.blinding.structural import StructuralFit, structural_fit
from equipoise.synthesis.blinding.tipping import bias_adjusted, tipping_scale, tipping_shift

__all__ = [
    "ArmOutcome",
    "Arms",
    "Bias",
    "BivariateFit",
    "Decomposed",
    "IndexedTrials",
    "Priors",
    "Settings",
    "StructuralFit",
    "TrialColumns",
    "TrialIndex",
    "bias_adjusted",
    "bias_synthesis",
    "bivariate_fit",
    "blinding_synthesis",
    "chance_guessing",
    "class_estimates",
    "control_arm_share",
    "decompose_records",
    "decomposed",
    "design_adjusted",
    "discrepancy",
    "gibbs",
    "index_of_counts",
    "indexed",
    "indexed_of",
    "logit_response",
    "pool_decomposed",
    "randomised_and_observational",
    "read_belief_file",
    "regression_frame",
    "share",
    "standardised_change",
    "structural_fit",
    "tipping_frame",
    "tipping_scale",
    "tipping_shift",
]
