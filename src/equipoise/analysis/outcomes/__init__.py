"""Outcomes that are no score: remission, ordered categories, counts, time to an event.

Each method is one file on arrays; `response`, `ordinal`, `counts` and `survival` take a table.
"""

from equipoise.analysis.outcomes.counts import counts
from equipoise.analysis.outcomes.cox import CoxFit, cox, km_transform
from equipoise.analysis.outcomes.cumulative_incidence import cumulative_incidence
from equipoise.analysis.outcomes.follow_up_table import survival_curves
from equipoise.analysis.outcomes.kaplan_meier import SurvivalCurve, kaplan_meier
from equipoise.analysis.outcomes.log_rank import log_rank
from equipoise.analysis.outcomes.logistic import LogisticFit, logistic
from equipoise.analysis.outcomes.negative_binomial import NegativeBinomialFit, negative_binomial
from equipoise.analysis.outcomes.ordinal import ordinal
from equipoise.analysis.outcomes.poisson import PoissonFit, poisson
from equipoise.analysis.outcomes.proportional_odds import (
    ProportionalOdds,
    brant_test,
    proportional_odds,
)
from equipoise.analysis.outcomes.responder import Responders, percent_response, remission
from equipoise.analysis.outcomes.response import response
from equipoise.analysis.outcomes.scales import with_warnings
from equipoise.analysis.outcomes.standardised_risk import StandardisedRisks, standardised_risks
from equipoise.analysis.outcomes.survival import survival
from equipoise.analysis.outcomes.two_proportions import (
    newcombe,
    score_difference,
    score_odds_ratio,
    score_ratio,
    wilson,
)
from equipoise.analysis.outcomes.win_odds import (
    log_win_odds,
    mann_whitney_probability,
    stratified_probability,
)

__all__ = [
    "CoxFit",
    "LogisticFit",
    "NegativeBinomialFit",
    "PoissonFit",
    "ProportionalOdds",
    "Responders",
    "StandardisedRisks",
    "SurvivalCurve",
    "brant_test",
    "counts",
    "cox",
    "cumulative_incidence",
    "kaplan_meier",
    "km_transform",
    "log_rank",
    "log_win_odds",
    "logistic",
    "mann_whitney_probability",
    "negative_binomial",
    "newcombe",
    "ordinal",
    "percent_response",
    "poisson",
    "proportional_odds",
    "remission",
    "response",
    "score_difference",
    "score_odds_ratio",
    "score_ratio",
    "standardised_risks",
    "stratified_probability",
    "survival",
    "survival_curves",
    "wilson",
    "with_warnings",
]
