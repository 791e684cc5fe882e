"""Estimands (ICH E9(R1)): what happened to people after treatment began decides the analysis.

One strategy a file; each takes the outcome frame and the rows after an event, and returns the frame
that the analysis sees with its assumptions and counts. `estimate` runs an estimand of a protocol.
"""

from equipoise.analysis.estimands.composite import score_as_failure
from equipoise.analysis.estimands.estimate import estimate
from equipoise.analysis.estimands.handled import Handled
from equipoise.analysis.estimands.handling import handle_events, rows_after_events
from equipoise.analysis.estimands.hypothetical import set_aside
from equipoise.analysis.estimands.principal_stratum import (
    StratumBounds,
    bounds_with_sampling,
    stratum_bounds,
)
from equipoise.analysis.estimands.risk_difference import RiskDifference, risk_difference
from equipoise.analysis.estimands.treatment_policy import keep_all
from equipoise.analysis.estimands.trimmed_means import (
    TrimmedMean,
    difference_in_trimmed_means,
    trimmed_mean,
)
from equipoise.analysis.estimands.while_on_treatment import until_event
from equipoise.analysis.estimands.wording import in_words

__all__ = [
    "Handled",
    "RiskDifference",
    "StratumBounds",
    "TrimmedMean",
    "bounds_with_sampling",
    "difference_in_trimmed_means",
    "estimate",
    "handle_events",
    "in_words",
    "keep_all",
    "risk_difference",
    "rows_after_events",
    "score_as_failure",
    "set_aside",
    "stratum_bounds",
    "trimmed_mean",
    "until_event",
]
