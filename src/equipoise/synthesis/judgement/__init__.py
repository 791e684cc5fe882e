"""Judgement with an audit trail: risk of bias, certainty, confidence, and the table of both."""

from equipoise.synthesis.judgement.rob2 import RiskOfBias, assess_rob2, overall_rob2

__all__ = ["RiskOfBias", "assess_rob2", "overall_rob2"]
