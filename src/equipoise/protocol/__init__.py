"""What was planned: a YAML file that a trialist can write by hand, checked into a frozen value."""

from equipoise.protocol.arms import Allocation, Arm, Design, Dose, Intervention
from equipoise.protocol.blinding import Blinding, CodeBreak, GuessPlan
from equipoise.protocol.conduct import SafetyRule
from equipoise.protocol.estimands import Analysis, Estimand, IntercurrentEvent
from equipoise.protocol.plan import Protocol, protocol_schema
from equipoise.protocol.reading import protocol_from_text, read_protocol
from equipoise.protocol.schedule import Covariate, Measure, Visit
from equipoise.protocol.spirit import Topic, completeness
from equipoise.protocol.writing import protocol_text

__all__ = [
    "Allocation",
    "Analysis",
    "Arm",
    "Blinding",
    "CodeBreak",
    "Covariate",
    "Design",
    "Dose",
    "Estimand",
    "GuessPlan",
    "IntercurrentEvent",
    "Intervention",
    "Measure",
    "Protocol",
    "SafetyRule",
    "Topic",
    "Visit",
    "completeness",
    "protocol_from_text",
    "protocol_schema",
    "protocol_text",
    "read_protocol",
]
