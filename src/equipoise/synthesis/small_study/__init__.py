"""Small-study effects: do small studies report larger effects, and what if they were selected?"""

from equipoise.synthesis.small_study.excess_significance import excess_significance
from equipoise.synthesis.small_study.limit import limit_effect
from equipoise.synthesis.small_study.pet_peese import pet_peese
from equipoise.synthesis.small_study.plan import METHODS, SmallStudyPlan
from equipoise.synthesis.small_study.rank_correlation import begg, kendall
from equipoise.synthesis.small_study.regression import funnel_regression
from equipoise.synthesis.small_study.selection import selection_model
from equipoise.synthesis.small_study.small_study import small_study
from equipoise.synthesis.small_study.trim_and_fill import trim_and_fill
from equipoise.synthesis.small_study.worst_case import selection_ratio, worst_case

__all__ = [
    "METHODS",
    "SmallStudyPlan",
    "begg",
    "excess_significance",
    "funnel_regression",
    "kendall",
    "limit_effect",
    "pet_peese",
    "selection_model",
    "selection_ratio",
    "small_study",
    "trim_and_fill",
    "worst_case",
]
