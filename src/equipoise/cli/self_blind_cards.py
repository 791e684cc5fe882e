"""equipoise self-blind cards: offline, the codes of each participant and the sheets to print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option
from equipoise.cli.self_blind_judge import judged_plans, warn
from equipoise.cli.vault_options import trial_argument, zones_of
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.concealment.self_blinding import SachetPlan


@click.command()
@trial_argument
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--participant",
    "only",
    multiple=True,
    metavar="CODE",
    help="Only this one of the plan's participants; may be repeated.",
)
@click.option("--no-print", is_flag=True, help="No sheets.")
@json_option
def cards(trial: Path, plan: Path, only: tuple[str, ...], no_print: bool, as_json: bool) -> None:
    """Make the cards of PLAN's participants: offline, by the unblinded statistician of TRIAL.

    TRIAL is the folder that `equipoise seal` wrote, with statistician/ in it. Codes are drawn from
    the committed key; what an inner card means is sealed to the final key. web/self_blinding goes
    to the web application (codes, no meaning), print/self_blinding to the participant's printer.
    No meaning is printed here.

    \b
    Examples:
      equipoise self-blind cards sealed/ sachets.yaml
      equipoise self-blind cards sealed/ sachets.yaml --participant P01
    """
    from equipoise.concealment.self_blinding.plan_file import read_plans  # noqa: PLC0415

    plans = read_plans(plan)
    if unknown := sorted(set(only) - set(plans)):
        raise DataError(f"{plan.name} has no participant {unknown[0]}; it has {', '.join(plans)}.")
    wanted = {who: one for who, one in plans.items() if not only or who in only}
    warn(judged_plans(wanted))
    made = _made(trial, wanted, no_print=no_print)
    if as_json:
        click.echo(json.dumps({"cards": made}, indent=1))
        return
    for one in made:
        words = f"{one['inner']} inner cards, {one['outer']} labels"
        helper = ", helper's sheet" * one["helper"]
        click.echo(f"{one['participant']}  {words}{helper}  root {one['root'][:16]}…")
    click.echo(
        f"Wrote {len(made)} sets into {trial}. Carry web/self_blinding to the web application, "
        "allocator/self_blinding to the allocator; print print/self_blinding, then delete it here.",
        err=True,
    )


def _made(trial: Path, plans: dict[str, SachetPlan], *, no_print: bool) -> list[dict[str, Any]]:
    from equipoise.concealment.seal.zones import read_opening, read_public_seal  # noqa: PLC0415
    from equipoise.concealment.self_blinding.cards import issue_cards  # noqa: PLC0415
    from equipoise.concealment.self_blinding.files import (  # noqa: PLC0415
        codes_in_use,
        write_cards,
    )
    from equipoise.concealment.self_blinding.printing import print_cards  # noqa: PLC0415

    zones = zones_of(trial)
    opening, public = read_opening(zones.opening), read_public_seal(zones.public_seal)
    used, made = codes_in_use(zones), []
    for who, plan in plans.items():
        issued = issue_cards(
            opening.list_key,
            public.trial,
            who,
            plan,
            final_key=bytes.fromhex(public.final_key),
            taken=used,
        )
        write_cards(issued, zones, print_cards=None if no_print else print_cards)
        used |= {*issued.public.outer, *issued.public.inner}
        counts = {"inner": len(issued.public.inner), "outer": len(issued.public.outer)}
        told = {"participant": who, **counts, "helper": plan.helper, "root": issued.public.root}
        made.append(told)
        click.echo(f"{who} done", err=True)
    return made
