"""equipoise self-blind: sachets that participants pack, shuffle and prove, without a pharmacist."""

from __future__ import annotations

import click

from equipoise.cli.steps import Steps

STEPS = {
    "judge": ("self_blind_judge", "judge", "How far could a plan of sachets be guessed?"),
    "cards": ("self_blind_cards", "cards", "Offline: make the codes and the sheets to print."),
    "step": ("self_blind_step", "step", "Record one step of a participant, or refuse it."),
    "prove": ("self_blind_prove", "prove", "Prove the order of all steps from the ledger alone."),
    "doses": ("self_blind_doses", "doses", "After unblinding: what was taken on which day."),
}


@click.group(cls=Steps, steps=STEPS, subcommand_metavar="STEP [ARGUMENTS]...")
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
