"""Several hypotheses, one familywise error rate: a procedure a file, and `adjust` for all."""

from equipoise.analysis.multiplicity.adjust import adjust
from equipoise.analysis.multiplicity.against_control import against_control
from equipoise.analysis.multiplicity.bonferroni import bonferroni
from equipoise.analysis.multiplicity.dunnett import (
    ManyToOne,
    contrasts_with_control,
    critical_value,
    dunnett,
    many_to_one,
    step_down_dunnett,
)
from equipoise.analysis.multiplicity.dunnett_probability import within_bounds
from equipoise.analysis.multiplicity.fallback import fallback, fallback_graph
from equipoise.analysis.multiplicity.family import METHODS, Method
from equipoise.analysis.multiplicity.fixed_sequence import fixed_sequence, fixed_sequence_graph
from equipoise.analysis.multiplicity.graphical import (
    WeightedGraph,
    final_weights,
    graphical,
    holm_graph,
    weighted_graph,
)
from equipoise.analysis.multiplicity.hochberg import hochberg
from equipoise.analysis.multiplicity.holm import holm
from equipoise.analysis.multiplicity.hommel import hommel
from equipoise.analysis.multiplicity.p_values import Alternative, directed_p

__all__ = [
    "METHODS",
    "Alternative",
    "ManyToOne",
    "Method",
    "WeightedGraph",
    "adjust",
    "against_control",
    "bonferroni",
    "contrasts_with_control",
    "critical_value",
    "directed_p",
    "dunnett",
    "fallback",
    "fallback_graph",
    "final_weights",
    "fixed_sequence",
    "fixed_sequence_graph",
    "graphical",
    "hochberg",
    "holm",
    "holm_graph",
    "hommel",
    "many_to_one",
    "step_down_dunnett",
    "weighted_graph",
    "within_bounds",
]
