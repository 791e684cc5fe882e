"""CINeMA: confidence in the results of a network, driven by its contribution matrix."""

from equipoise.synthesis.judgement.cinema.by_contribution import level_by_contribution
from equipoise.synthesis.judgement.cinema.by_interval import (
    heterogeneity_levels,
    imprecision_levels,
    incoherence_of_mixed,
    incoherence_of_one_kind,
)
from equipoise.synthesis.judgement.cinema.concerns import CONCERNS, SOURCE
from equipoise.synthesis.judgement.cinema.confidence import DOMAINS, cinema, confidence
from equipoise.synthesis.judgement.cinema.network import Network, checked_network
from equipoise.synthesis.judgement.cinema.of_network import network_confidence

__all__ = [
    "CONCERNS",
    "DOMAINS",
    "SOURCE",
    "Network",
    "checked_network",
    "cinema",
    "confidence",
    "heterogeneity_levels",
    "imprecision_levels",
    "incoherence_of_mixed",
    "incoherence_of_one_kind",
    "level_by_contribution",
    "network_confidence",
]
