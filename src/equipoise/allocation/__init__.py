"""Who gets what: each allocation procedure as a pure function of people, order and randomness.

One file a procedure. A procedure has two forms. Its spec (`BigStickSpec`) is the plan: a frozen
value that steps from one person to the next with exact chances. Applied to the people of a trial
(`Procedure`) it can be drawn again, which is what an analysis by the design itself needs.
"""

from equipoise.allocation.applied_spec import AppliedSpec, apply_spec
from equipoise.allocation.biased_coin import BiasedCoinSpec, biased_coin
from equipoise.allocation.big_stick import BigStickSpec
from equipoise.allocation.block_urn import BlockUrnSpec
from equipoise.allocation.brick_tunnel import BrickTunnelSpec
from equipoise.allocation.chen import ChenSpec
from equipoise.allocation.complete_randomisation import CompleteSpec, complete_randomisation
from equipoise.allocation.constrained import ConstrainedSpec
from equipoise.allocation.d_optimal import DOptimalSpec
from equipoise.allocation.doubly_adaptive import DoublyAdaptiveSpec, doubly_adaptive_chances
from equipoise.allocation.draws import Draws, GeneratorDraws, drawn
from equipoise.allocation.exact import Chances
from equipoise.allocation.factors import Factor
from equipoise.allocation.hu_hu import HuHuSpec
from equipoise.allocation.imbalance_walk import ImbalanceWalk, Walk
from equipoise.allocation.independent_blocks import Blocks, IndependentBlocks
from equipoise.allocation.maximal_procedure import MaximalSpec, maximal_procedure
from equipoise.allocation.minimisation import Minimisation, minimisation
from equipoise.allocation.minimisation_spec import MinimisationSpec
from equipoise.allocation.of_protocol import spec_of
from equipoise.allocation.outcome_adaptive import (
    OutcomeAdaptiveSpec,
    OutcomeAdaptiveTrial,
    outcome_adaptive_trial,
)
from equipoise.allocation.paired_cycles import PairedCyclesSpec
from equipoise.allocation.permuted_blocks import (
    PermutedBlocksSpec,
    listed_blocks,
    permuted_blocks,
)
from equipoise.allocation.procedure import Procedure
from equipoise.allocation.random_allocation_rule import (
    RandomAllocationRuleSpec,
    random_allocation_rule,
)
from equipoise.allocation.random_blocks import RandomBlocks, RandomBlocksSpec, random_blocks
from equipoise.allocation.sequence import (
    AllocationSequence,
    Step,
    allocate_sequence,
    next_step,
)
from equipoise.allocation.spec import (
    Kind,
    Person,
    Spec,
    spec_class,
    spec_from_dict,
    spec_names,
    specs_for,
)
from equipoise.allocation.stratified import StratifiedSpec
from equipoise.allocation.thompson import ThompsonSpec, probability_best
from equipoise.allocation.truncated_binomial import TruncatedBinomialSpec
from equipoise.allocation.weekly_switching import WeeklySwitchingSpec
from equipoise.allocation.wei_urn import UrnSpec, wei_urn
from equipoise.allocation.williams import WilliamsSpec, williams_rows

__all__ = [
    "AllocationSequence",
    "AppliedSpec",
    "BiasedCoinSpec",
    "BigStickSpec",
    "BlockUrnSpec",
    "Blocks",
    "BrickTunnelSpec",
    "Chances",
    "ChenSpec",
    "CompleteSpec",
    "ConstrainedSpec",
    "DOptimalSpec",
    "DoublyAdaptiveSpec",
    "Draws",
    "Factor",
    "GeneratorDraws",
    "HuHuSpec",
    "ImbalanceWalk",
    "IndependentBlocks",
    "Kind",
    "MaximalSpec",
    "Minimisation",
    "MinimisationSpec",
    "OutcomeAdaptiveSpec",
    "OutcomeAdaptiveTrial",
    "PairedCyclesSpec",
    "PermutedBlocksSpec",
    "Person",
    "Procedure",
    "RandomAllocationRuleSpec",
    "RandomBlocks",
    "RandomBlocksSpec",
    "Spec",
    "Step",
    "StratifiedSpec",
    "ThompsonSpec",
    "TruncatedBinomialSpec",
    "UrnSpec",
    "Walk",
    "WeeklySwitchingSpec",
    "WilliamsSpec",
    "allocate_sequence",
    "apply_spec",
    "biased_coin",
    "complete_randomisation",
    "doubly_adaptive_chances",
    "drawn",
    "listed_blocks",
    "maximal_procedure",
    "minimisation",
    "next_step",
    "outcome_adaptive_trial",
    "permuted_blocks",
    "probability_best",
    "random_allocation_rule",
    "random_blocks",
    "spec_class",
    "spec_from_dict",
    "spec_names",
    "spec_of",
    "specs_for",
    "wei_urn",
    "williams_rows",
]
