"""Self-blinding: participants hide from themselves what they take, and can prove the order."""

from equipoise.concealment.self_blinding.plan import SachetPlan
from equipoise.concealment.self_blinding.state import Cards, Event, State
from equipoise.concealment.self_blinding.steps import ACTS, after, run

__all__ = ["ACTS", "Cards", "Event", "SachetPlan", "State", "after", "run"]
