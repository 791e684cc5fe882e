"""The decision aid: what is known of each option, made of reviews and facts and of nothing else."""

from equipoise.report.site.decision_aid.amounts import without_amounts
from equipoise.report.site.decision_aid.chances import Chance, Count, joint
from equipoise.report.site.decision_aid.evidence_used import (
    Used,
    every_line,
    evidence_used,
    sources,
)
from equipoise.report.site.decision_aid.lines import Line
from equipoise.report.site.decision_aid.options import OptionTold, options_told

__all__ = [
    "Chance",
    "Count",
    "Line",
    "OptionTold",
    "Used",
    "every_line",
    "evidence_used",
    "joint",
    "options_told",
    "sources",
    "without_amounts",
]  # fmt: skip
