"""One virtual self-blinding trial, from protocol and scenario to records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.simulation.self_blinding_draw import draw_trial
from equipoise.simulation.self_blinding_scenario import BELIEF_ONLY
from equipoise.simulation.streams import scenario_key, trial_stream

if TYPE_CHECKING:
    from equipoise.protocol import Protocol
    from equipoise.records import UnblindedRecords
    from equipoise.simulation.self_blinding_scenario import SelfBlindingScenario


def simulate(
    protocol: Protocol,
    scenario: SelfBlindingScenario = BELIEF_ONLY,
    *,
    seed: int,
    trial: int = 0,
) -> UnblindedRecords:
    """Simulate one trial of a protocol and return its records, arms and all.

    Parameters
    ----------
    protocol
        With two arms, one baseline visit, and instruments that `scenario` knows by their short
        names. Every period is allocated on its own, in the protocol's ratio; with the participant
        as unit of allocation people stay in one arm.
    scenario
        What is assumed to be true; see `SCENARIOS`.
    seed, trial
        Name the random stream: the same two give the same records, byte for byte.
    """
    from equipoise.simulation.self_blinding_tables import records_of  # noqa: PLC0415  (pandas)

    rng = trial_stream(scenario_key(scenario, seed=seed), trial)
    draw = draw_trial(protocol, scenario, rng)
    name = f"simulated trial (scenario {scenario.name}, seed {seed}, trial {trial})"
    return records_of(protocol, draw, rng, name=name)
