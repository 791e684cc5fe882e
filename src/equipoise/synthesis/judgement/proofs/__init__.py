"""What a trial's own records prove: one file a kind of evidence, each answering a few questions."""

from equipoise.synthesis.judgement.proofs.allocation_list import AllocationProof, from_list
from equipoise.synthesis.judgement.proofs.baseline import from_baseline
from equipoise.synthesis.judgement.proofs.guesses import from_guesses
from equipoise.synthesis.judgement.proofs.locked_plan import from_plan
from equipoise.synthesis.judgement.proofs.proof import Proof
from equipoise.synthesis.judgement.proofs.schedule import from_schedule
from equipoise.synthesis.judgement.proofs.scores import from_scores

__all__ = [
    "AllocationProof",
    "Proof",
    "from_baseline",
    "from_guesses",
    "from_list",
    "from_plan",
    "from_schedule",
    "from_scores",
]
