"""equipoise allocate: choose a procedure, rehearse it, allocate by it."""

from __future__ import annotations

import importlib

import click

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


class Steps(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the steps in their order."""
        return list(STEPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a step."""
        if cmd_name not in STEPS:
            return None
        module, name, _ = STEPS[cmd_name]
        found: click.Command = getattr(importlib.import_module(f"equipoise.cli.{module}"), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the steps from the table above."""
        with formatter.section("Steps"):
            formatter.write_dl([(step, text) for step, (_, _, text) in STEPS.items()])


@click.group(cls=Steps, subcommand_metavar="STEP [ARGUMENTS]...")
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
