"""What a procedure does before it is used: how guessable, how uneven, how biased."""

from equipoise.allocation.judgement.as_estimates import as_estimates
from equipoise.allocation.judgement.chain import chain_properties
from equipoise.allocation.judgement.drift import favouring, rejection, trend
from equipoise.allocation.judgement.enumeration import all_sequences, sequence_probability
from equipoise.allocation.judgement.judge import (
    BiasOfTest,
    Judgement,
    exact_properties,
    guessable_above,
    judge,
    judge_all,
    to_frame,
)
from equipoise.allocation.judgement.properties import Properties
from equipoise.allocation.judgement.recommend import recommended, usual_specs
from equipoise.allocation.judgement.simulated import random_people, simulated_arms
from equipoise.allocation.judgement.simulated_minimisation import minimised
from equipoise.allocation.judgement.two_arms import (
    expected_largest_imbalance,
    two_arm_properties,
)

__all__ = [
    "BiasOfTest",
    "Judgement",
    "Properties",
    "all_sequences",
    "as_estimates",
    "chain_properties",
    "exact_properties",
    "expected_largest_imbalance",
    "favouring",
    "guessable_above",
    "judge",
    "judge_all",
    "minimised",
    "random_people",
    "recommended",
    "rejection",
    "sequence_probability",
    "simulated_arms",
    "to_frame",
    "trend",
    "two_arm_properties",
    "usual_specs",
]
