"""Synthesis: what all trials say together, how sure we may be, and what belief may explain.

`Effects` is the checked column of study effects that every method here takes.
"""

from equipoise.synthesis.effects import Effects, checked_effects

__all__ = [
    "Effects",
    "checked_effects",
]
