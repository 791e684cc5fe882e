"""equipoise allocate: choose a procedure, rehearse it, allocate by it."""

from __future__ import annotations

import click

from equipoise.cli.steps import Steps

# step: (module under equipoise.cli, command, help); imported when called
STEPS = {
    "judge": ("allocate_judge", "judge", "How guessable, how uneven, how biased would it be?"),
    "list": ("allocate_list", "list_", "Draw a list for a rehearsal: never for a trial."),
    "serve": ("allocate_live", "serve", "Run the allocator of a sealed trial."),
    "next": ("allocate_live", "next_", "Give a participant the next kit."),
    "status": ("allocate_live", "status", "Kits given and left."),
    "check": ("allocate_live", "check", "Ledger, allocations and boxes against the seal."),
    "person": ("allocate_live", "person", "Who may break a code in an emergency."),
    "procedures": ("allocate_judge", "procedures", "Which procedures there are, for which ratio."),
}


@click.group(cls=Steps, steps=STEPS, subcommand_metavar="STEP [ARGUMENTS]...")
def command() -> None:
    """Who gets what: judge a procedure before it is used, rehearse it.

    \b
    Examples:
      equipoise allocate procedures --ratio 2:1
      equipoise allocate judge --procedure big-stick --limit 5 --arms active,placebo --n 80
      equipoise allocate judge --compare --n 80 --plot procedures.svg
      equipoise allocate serve sealed/
      equipoise allocate next sealed/ --participant P-017 --stratum London
      equipoise allocate list --procedure permuted-blocks --n 12 --seed 7
    """
