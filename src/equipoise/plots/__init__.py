"""Pictures: a frame comes in, axes go out. No pyplot: its global state leaks in a server."""

from equipoise.plots.allocation_judgement import allocation_judgement
from equipoise.plots.bias_tipping import bias_tipping
from equipoise.plots.blinding_regression import blinding_regression
from equipoise.plots.blinding_surface import blinding_surface
from equipoise.plots.caterpillar import caterpillar
from equipoise.plots.crossover_profiles import crossover_profiles
from equipoise.plots.dose_response import dose_response
from equipoise.plots.effect_twins import effect_twins
from equipoise.plots.figure_file import to_file
from equipoise.plots.forest import forest
from equipoise.plots.funnel import funnel
from equipoise.plots.grade_matrix import grade_matrix
from equipoise.plots.guess_rate_curve import guess_rate_curve
from equipoise.plots.guesses_by_arm import guesses_by_arm
from equipoise.plots.harms_dot_plot import harms_dot_plot
from equipoise.plots.intervals import intervals
from equipoise.plots.kaplan_meier import kaplan_meier
from equipoise.plots.league_heat import league_heat
from equipoise.plots.mean_profiles import mean_profiles
from equipoise.plots.network_graph import network_graph
from equipoise.plots.outcome_region import outcome_region
from equipoise.plots.participant_flow import participant_flow
from equipoise.plots.prisma_flow import prisma_flow
from equipoise.plots.rank import rank
from equipoise.plots.sequential import sequential
from equipoise.plots.stratum_means import stratum_means
from equipoise.plots.svg import to_svg
from equipoise.plots.testing_graph import testing_graph
from equipoise.plots.tipping_curve import tipping_curve
from equipoise.plots.tipping_map import tipping_map
from equipoise.plots.traffic_light import traffic_light

__all__ = [
    "allocation_judgement",
    "bias_tipping",
    "blinding_regression",
    "blinding_surface",
    "caterpillar",
    "crossover_profiles",
    "dose_response",
    "effect_twins",
    "forest",
    "funnel",
    "grade_matrix",
    "guess_rate_curve",
    "guesses_by_arm",
    "harms_dot_plot",
    "intervals",
    "kaplan_meier",
    "league_heat",
    "mean_profiles",
    "network_graph",
    "outcome_region",
    "participant_flow",
    "prisma_flow",
    "rank",
    "sequential",
    "stratum_means",
    "testing_graph",
    "tipping_curve",
    "tipping_map",
    "to_file",
    "to_svg",
    "traffic_light",
]
