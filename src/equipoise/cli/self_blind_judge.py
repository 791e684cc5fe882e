"""equipoise self-blind judge: how far a plan of sachets could be guessed."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise.cli.options import json_option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from equipoise.concealment.self_blinding import SachetPlan
    from equipoise.concealment.self_blinding.judging import PlanJudgement


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@json_option
def judge(plan: Path, as_json: bool) -> None:
    """Judge the sachets of PLAN before anything is printed; exactly, for a thorough shuffle.

    Somebody who feels what was in past sachets can guess the next from what must be left in the
    pool. The more is packed and thrown away, the less that helps.

    \b
    Examples:
      equipoise self-blind judge sachets.yaml
      equipoise self-blind judge sachets.yaml --json
    """
    from equipoise.concealment.self_blinding.plan_file import read_plans  # noqa: PLC0415

    judged = judged_plans(read_plans(plan))
    if as_json:
        told = [{"participants": list(who), **asdict(found)} for who, found in judged]
        click.echo(json.dumps({"plans": told}, ensure_ascii=False, indent=1))
        return
    for who, found in judged:
        click.echo("\n".join(_lines(who, found)))
    warn(judged)


Judged = list[tuple[tuple[str, ...], "PlanJudgement"]]


def judged_plans(plans: Mapping[str, SachetPlan]) -> Judged:
    """Judge plans that differ in packing or days, each once, with the participants who have it."""
    from equipoise.concealment.self_blinding.judging import judge_plan  # noqa: PLC0415

    alike: dict[tuple[tuple[int, ...], int], list[str]] = {}
    for who, plan in plans.items():
        alike.setdefault((plan.counts, len(plan.dose_days)), []).append(who)
    return [(tuple(who), judge_plan(plans[who[0]])) for who in alike.values()]


def warn(judged: Judged) -> None:
    """Print the warnings on standard error, so that no table is broken."""
    for who, found in judged:
        for warning in found.warnings:
            click.echo(f"warning ({named(who)}): {warning}", err=True)


def named(who: tuple[str, ...]) -> str:
    """Name participants in few words."""
    return ", ".join(who) if len(who) < 4 else f"{who[0]} … {who[-1]}, {len(who)} participants"


def _lines(who: tuple[str, ...], found: PlanJudgement) -> tuple[str, ...]:
    return (
        f"{named(who)}: {found.packed} sachets packed, {found.drawn} drawn",
        f"  guessed right by the plan alone            {found.by_ratio:.3f}",
        f"  by the convergence strategy                {found.guess:.3f}",
        f"  by whoever counts what must be left        {found.best_guess:.3f}",
        f"  the same on the last dose day              {found.last_guess:.3f}",
        f"  dose days that such a person is sure of    {found.certain:.3f}",
        f"  chance that all drawn sachets are alike    {found.all_alike:.2g}",
    )
