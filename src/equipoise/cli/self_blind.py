"""equipoise self-blind: sachets that participants pack, shuffle and prove, without a pharmacist."""

from __future__ import annotations

import importlib

import click

STEPS = {
    "judge": ("self_blind_judge", "judge", "How far could a plan of sachets be guessed?"),
    "cards": ("self_blind_cards", "cards", "Offline: make the codes and the sheets to print."),
    "step": ("self_blind_step", "step", "Record one step of a participant, or refuse it."),
    "prove": ("self_blind_prove", "prove", "Prove the order of all steps from the ledger alone."),
    "doses": ("self_blind_doses", "doses", "After unblinding: what was taken on which day."),
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
    """Let participants hide from themselves what they take, and prove the order afterwards.

    \b
    Examples:
      equipoise self-blind judge sachets.yaml
      equipoise self-blind cards sealed/ sachets.yaml
      equipoise self-blind step sealed/ P01 begin --by web
      equipoise self-blind step sealed/ P01 dose --outer W4AM-AP9G --by web
      equipoise self-blind prove sealed/
      equipoise self-blind doses sealed/ unblinded/ --share share-1.txt --share share-3.txt \\
          --out with-doses/
    """
