"""Self-blinding: participants hide from themselves what they take, and can prove the order."""

from equipoise.concealment.self_blinding.plan import SachetPlan
from equipoise.concealment.self_blinding.steps import ACTS, STEPS, Event, State, run

__all__ = ["ACTS", "STEPS", "Event", "SachetPlan", "State", "run"]
