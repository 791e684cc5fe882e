"""Sealing, offline, by the unblinded statistician: list, kits, boxes, commitment, shares."""

from equipoise.concealment.seal.drawing import ARMS, DrawnKit, draw_kits
from equipoise.concealment.seal.opening import Opening
from equipoise.concealment.seal.plan import POOL, SealPlan, Stratum, strata_of
from equipoise.concealment.seal.sealed import BoxedKit, PublicSeal, SealedTrial, root_of
from equipoise.concealment.seal.sealing import open_kit, seal
from equipoise.concealment.seal.writing import CHAINS, begin_seal, complete_seal
from equipoise.concealment.seal.zones import Zones

__all__ = [
    "ARMS",
    "CHAINS",
    "POOL",
    "BoxedKit",
    "DrawnKit",
    "Opening",
    "PublicSeal",
    "SealPlan",
    "SealedTrial",
    "Stratum",
    "Zones",
    "begin_seal",
    "complete_seal",
    "draw_kits",
    "open_kit",
    "root_of",
    "seal",
    "strata_of",
]
