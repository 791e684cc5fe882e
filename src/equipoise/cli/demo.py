"""equipoise demo: the whole story on a rehearsed trial."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise.cli.options import output_option, seed_option
from equipoise.cli.report import date_option, report_draws_option, write_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from equipoise.simulation import SelfBlindingScenario

HEADLINES = ("total-effect", "correct-guess-rate", "belief-standardised-effect", "belief-part")
SCENARIOS = ("belief without drug", "drug and belief", "drug only")


@click.command()
@output_option(default=Path("equipoise-demo.html"), show_default=True, help="The page.")
@click.option(
    "--scenario",
    type=click.Choice(SCENARIOS),
    default=SCENARIOS[0],
    show_default=True,
    help="What is true in the rehearsal.",
)
@click.option("--records", type=click.Path(path_type=Path), help="Also write the records folder.")
@report_draws_option
@seed_option
@date_option
def command(
    output: Path,
    scenario: str,
    records: Path | None,
    draws: int,
    seed: int,
    date: datetime.datetime | None,
) -> None:
    """Rehearse a self-blinding microdose trial, offline, from our own protocol to the answer.

    Nobody is enrolled: participants are simulated from published facts, and the page says so and
    prints the truth beside the answer.

    \b
    Examples:
      equipoise demo
      equipoise demo --scenario "drug and belief" --seed 7 -o rehearsal.html
      equipoise demo --records rehearsal/ && equipoise belief rehearsal/ --outcome PHQ-9
    """
    from equipoise.belief import assess  # noqa: PLC0415  (--help must be instant)
    from equipoise.cli import belief_table, show  # noqa: PLC0415
    from equipoise.records import write_folder  # noqa: PLC0415
    from equipoise.report import gathered  # noqa: PLC0415
    from equipoise.simulation import SCENARIOS as KNOWN  # noqa: PLC0415
    from equipoise.simulation import demo_protocol, simulate  # noqa: PLC0415

    plan = demo_protocol()
    truths = _truths(KNOWN[scenario], plan.instruments)
    click.echo(f"1. Protocol: {plan.title} (hash {plan.sha256[:12]}…)", err=True)
    trial = simulate(plan, KNOWN[scenario], seed=seed)
    people = len(trial.participants)
    click.echo(f"2. Rehearsal: {people} virtual participants, truth: {scenario}", err=True)
    if records is not None:
        write_folder(trial, records)
        click.echo(f"   Records written to {records}", err=True)
    click.echo("3. Analysis: total effect, blinding, effects given belief", err=True)
    write_page(
        trial,
        output,
        date=date,
        interval="default",
        draws=draws,
        seed=seed,
        simulated_truth=truths,
    )
    main = next(name for name, m in plan.instruments.items() if m.role == "primary")
    found = assess(trial, main, draws=draws, seed=seed)
    click.echo(f"\n{main} in the rehearsal (simulated, no real person)")
    belief_table.answer(gathered(trial, {main: found}, seed=seed, draws=draws))
    click.echo()
    rows = [row for row in found if row.name in HEADLINES]
    show.table(rows, with_status=show.is_mixed(rows))
    told = ", ".join(f"{name} {value:.3g}" for name, value in truths[main].items())
    click.echo()
    show.wrapped(f"The truth of this rehearsal: {told}.")


def _truths(scenario: SelfBlindingScenario, outcomes: Iterable[str]) -> dict[str, dict[str, float]]:
    """Say what is true of each outcome that the scenario knows."""
    known = {outcome.name for outcome in scenario.outcomes}
    truths = {name: scenario.truth(name) for name in outcomes if name in known}
    return {
        name: {
            "drug effect at equal belief": truth.direct,
            "effect of believing": truth.belief,
            "total effect": truth.total,
        }
        for name, truth in truths.items()
    }
