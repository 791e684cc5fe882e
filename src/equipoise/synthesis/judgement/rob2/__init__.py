"""RoB 2: signalling questions through the published algorithm, for one result of one trial.

Sterne et al. 2019, BMJ 366:l4898; guidance of 22 August 2019. One file a domain, as data. The
questions stand in our own few words: read the tool's text (CC BY-NC-ND) beside them.
"""

from equipoise.synthesis.judgement.rob2.assess import (
    DOMAIN_KEYS,
    Effect,
    RiskOfBias,
    assess_rob2,
    domains,
    overall_rob2,
)
from equipoise.synthesis.judgement.rob2.levels import LEVELS, SOURCE

__all__ = [
    "DOMAIN_KEYS",
    "LEVELS",
    "SOURCE",
    "Effect",
    "RiskOfBias",
    "assess_rob2",
    "domains",
    "overall_rob2",
]
