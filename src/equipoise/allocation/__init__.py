"""Who gets what: each allocation procedure as a pure function of people, order and a generator.

One file a procedure. Each can be drawn again for the same people in the same order, which is what
an analysis by the design itself needs.
"""

from equipoise.allocation.biased_coin import biased_coin
from equipoise.allocation.complete_randomisation import complete_randomisation
from equipoise.allocation.imbalance_walk import ImbalanceWalk, Walk
from equipoise.allocation.independent_blocks import Blocks, IndependentBlocks
from equipoise.allocation.maximal_procedure import maximal_procedure
from equipoise.allocation.minimisation import Minimisation, minimisation
from equipoise.allocation.permuted_blocks import listed_blocks, permuted_blocks
from equipoise.allocation.procedure import Procedure
from equipoise.allocation.random_allocation_rule import random_allocation_rule
from equipoise.allocation.random_blocks import RandomBlocks, random_blocks
from equipoise.allocation.wei_urn import wei_urn

__all__ = [
    "Blocks",
    "ImbalanceWalk",
    "IndependentBlocks",
    "Minimisation",
    "Procedure",
    "RandomBlocks",
    "Walk",
    "biased_coin",
    "complete_randomisation",
    "listed_blocks",
    "maximal_procedure",
    "minimisation",
    "permuted_blocks",
    "random_allocation_rule",
    "random_blocks",
    "wei_urn",
]
