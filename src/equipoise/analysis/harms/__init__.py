"""Harms by arm: how many people, how often, how much more, and when to stop."""

from equipoise.analysis.harms.clustered import (
    Totals,
    difference_of_ratios,
    log_ratio_of_ratios,
    ratio_in_one_arm,
    totals,
)
from equipoise.analysis.harms.consort_table import (
    HarmsLine,
    arms_of,
    dot_plot_frame,
    exposed_in,
    harms_lines,
)
from equipoise.analysis.harms.exposed import OVERALL, Exposed
from equipoise.analysis.harms.fisher import fisher
from equipoise.analysis.harms.harm_boundary import boundary_rows, operating_rows
from equipoise.analysis.harms.harms import harms, harms_table
from equipoise.analysis.harms.one_arm_boundary import OneArmBoundary, one_arm_boundary
from equipoise.analysis.harms.rates import poisson_rate, rate_difference, rate_ratio
from equipoise.analysis.harms.risk_difference import (
    WithLimits,
    miettinen_nurminen,
    newcombe,
    stratified_miettinen_nurminen,
)
from equipoise.analysis.harms.risk_ratio import koopman
from equipoise.analysis.harms.safety_set import LEAVING, safety_set
from equipoise.analysis.harms.shares import clopper_pearson, wilson
from equipoise.analysis.harms.two_arm_boundary import (
    TwoArmBoundary,
    excess_probability,
    two_arm_boundary,
)

__all__ = [
    "LEAVING",
    "OVERALL",
    "Exposed",
    "HarmsLine",
    "OneArmBoundary",
    "Totals",
    "TwoArmBoundary",
    "WithLimits",
    "arms_of",
    "boundary_rows",
    "clopper_pearson",
    "difference_of_ratios",
    "dot_plot_frame",
    "excess_probability",
    "exposed_in",
    "fisher",
    "harms",
    "harms_lines",
    "harms_table",
    "koopman",
    "log_ratio_of_ratios",
    "miettinen_nurminen",
    "newcombe",
    "one_arm_boundary",
    "operating_rows",
    "poisson_rate",
    "rate_difference",
    "rate_ratio",
    "ratio_in_one_arm",
    "safety_set",
    "stratified_miettinen_nurminen",
    "totals",
    "two_arm_boundary",
    "wilson",
]
