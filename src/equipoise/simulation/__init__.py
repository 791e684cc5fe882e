"""Virtual trials: worlds that test methods, patients, and the trial that the demo rehearses."""

from equipoise.simulation.patient_scenario import PatientScenario, calibrate, grounds
from equipoise.simulation.rehearsal import demo_protocol
from equipoise.simulation.self_blinding import simulate
from equipoise.simulation.self_blinding_scenario import (
    SCENARIOS,
    OutcomeScenario,
    SelfBlindingScenario,
    Truth,
)
from equipoise.simulation.streams import TrialStreams, scenario_key, trial_stream
from equipoise.simulation.virtual_patients import (
    PatientDraw,
    TrueEffects,
    draw_patients,
    true_effects,
)
from equipoise.simulation.worlds import UNKNOWN, WORLDS, World, WorldDraw

__all__ = [
    "SCENARIOS",
    "UNKNOWN",
    "WORLDS",
    "OutcomeScenario",
    "PatientDraw",
    "PatientScenario",
    "SelfBlindingScenario",
    "TrialStreams",
    "TrueEffects",
    "Truth",
    "World",
    "WorldDraw",
    "calibrate",
    "demo_protocol",
    "draw_patients",
    "grounds",
    "scenario_key",
    "simulate",
    "trial_stream",
    "true_effects",
]
