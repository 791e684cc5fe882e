"""Who gets what: each allocation procedure as a pure function of people, order and randomness.

One file a procedure. A procedure has two forms. Its spec (`BigStickSpec`) is the plan: a frozen
value that steps from one person to the next with exact chances. Applied to the people of a trial
(`Procedure`) it can be drawn again, which is what an analysis by the design itself needs.
"""

from equipoise.allocation.biased_coin import BiasedCoinSpec, biased_coin
from equipoise.allocation.big_stick import BigStickSpec
from equipoise.allocation.block_urn import BlockUrnSpec
from equipoise.allocation.brick_tunnel import BrickTunnelSpec
from equipoise.allocation.chen import ChenSpec
from equipoise.allocation.complete_randomisation import CompleteSpec, complete_randomisation
from equipoise.allocation.d_optimal import DOptimalSpec
from equipoise.allocation.draws import Draws, GeneratorDraws, drawn
from equipoise.allocation.exact import Chances
from equipoise.allocation.factors import Factor
from equipoise.allocation.hu_hu import HuHuSpec
from equipoise.allocation.imbalance_walk import ImbalanceWalk, Walk
from equipoise.allocation.independent_blocks import Blocks, IndependentBlocks
from equipoise.allocation.maximal_procedure import MaximalSpec, maximal_procedure
from equipoise.allocation.minimisation import Minimisation, minimisation
from equipoise.allocation.minimisation_spec import MinimisationSpec
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
from equipoise.allocation.truncated_binomial import TruncatedBinomialSpec
from equipoise.allocation.wei_urn import UrnSpec, wei_urn

__all__ = [
    "AllocationSequence",
    "BiasedCoinSpec",
    "BigStickSpec",
    "BlockUrnSpec",
    "Blocks",
    "BrickTunnelSpec",
    "Chances",
    "ChenSpec",
    "CompleteSpec",
    "DOptimalSpec",
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
    "PermutedBlocksSpec",
    "Person",
    "Procedure",
    "RandomAllocationRuleSpec",
    "RandomBlocks",
    "RandomBlocksSpec",
    "Spec",
    "Step",
    "StratifiedSpec",
    "TruncatedBinomialSpec",
    "UrnSpec",
    "Walk",
    "allocate_sequence",
    "biased_coin",
    "complete_randomisation",
    "drawn",
    "listed_blocks",
    "maximal_procedure",
    "minimisation",
    "next_step",
    "permuted_blocks",
    "random_allocation_rule",
    "random_blocks",
    "spec_class",
    "spec_from_dict",
    "spec_names",
    "specs_for",
    "wei_urn",
]
