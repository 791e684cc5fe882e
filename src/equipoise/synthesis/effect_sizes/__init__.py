"""Effect sizes from whatever a paper reports, each with its variance and its assumptions."""

from equipoise.synthesis.effect_sizes.checks import EffectSize
from equipoise.synthesis.effect_sizes.measures import MEASURES, Measure, measure_named
from equipoise.synthesis.effect_sizes.zero_cells import HALF, NOTHING, ZeroCells

__all__ = [
    "HALF",
    "MEASURES",
    "NOTHING",
    "EffectSize",
    "Measure",
    "ZeroCells",
    "measure_named",
]
