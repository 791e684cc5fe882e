"""Effect sizes from whatever a paper reports, each with its variance and its assumptions."""

from equipoise.synthesis.effect_sizes.arm_pairs import pair_arms
from equipoise.synthesis.effect_sizes.checks import EffectSize
from equipoise.synthesis.effect_sizes.columns import find_columns, study_names
from equipoise.synthesis.effect_sizes.directions import Direction
from equipoise.synthesis.effect_sizes.effect_sizes import (
    effect_sizes,
    study_effects,
    with_directions,
)
from equipoise.synthesis.effect_sizes.measured import Measured, RowAccount, measured
from equipoise.synthesis.effect_sizes.measures import MEASURES, Measure, measure_named
from equipoise.synthesis.effect_sizes.reported import from_reported
from equipoise.synthesis.effect_sizes.roads import ROADS
from equipoise.synthesis.effect_sizes.zero_cells import HALF, NOTHING, ZeroCells

__all__ = [
    "HALF",
    "MEASURES",
    "NOTHING",
    "ROADS",
    "Direction",
    "EffectSize",
    "Measure",
    "Measured",
    "RowAccount",
    "ZeroCells",
    "effect_sizes",
    "find_columns",
    "from_reported",
    "measure_named",
    "measured",
    "pair_arms",
    "study_effects",
    "study_names",
    "with_directions",
]
