"""Pictures: a frame comes in, axes go out. No pyplot: its global state leaks in a server."""

from equipoise.plots.blinding_surface import blinding_surface
from equipoise.plots.effect_twins import effect_twins
from equipoise.plots.guess_rate_curve import guess_rate_curve
from equipoise.plots.guesses_by_arm import guesses_by_arm
from equipoise.plots.intervals import intervals
from equipoise.plots.stratum_means import stratum_means
from equipoise.plots.svg import to_svg
from equipoise.plots.tipping_curve import tipping_curve
from equipoise.plots.tipping_map import tipping_map

__all__ = [
    "blinding_surface",
    "effect_twins",
    "guess_rate_curve",
    "guesses_by_arm",
    "intervals",
    "stratum_means",
    "tipping_curve",
    "tipping_map",
    "to_svg",
]
