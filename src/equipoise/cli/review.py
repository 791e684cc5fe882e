"""equipoise review: start, fill, screen, compare and hand on a review folder."""

from __future__ import annotations

import importlib

import click

STEPS = {
    "new": ("review_start", "new", "Write a folder with a commented example."),
    "check": ("review_start", "check", "Is the folder right? Which facts are unverified?"),
    "schema": ("review_start", "schema", "Print the JSON schema of review.yaml or of studies."),
    "import": ("review_import", "import_", "Read records or studies from another program's file."),
    "duplicates": ("review_screen", "duplicates", "Suggest records that are one publication."),
    "screen": ("review_screen", "screen", "Log one person's decision on a record."),
    "flow": ("review_screen", "flow", "Count the PRISMA 2020 flow from searches and log."),
    "grade": ("review_grade", "grade", "What GRADE's rules suggest, and what a person decides."),
    "status": ("review_versions", "status", "Which results are current, which are STALE?"),
    "diff": ("review_versions", "diff", "What differs between two results, and why."),
    "table": ("review_export", "table", "Write one analysis as a table for other verbs."),
    "export": ("review_export", "export", "Write the review in another program's format."),
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
    """Work on a review folder: review.yaml, studies/, judgements/, searches/, results/.

    \b
    Examples:
      equipoise review new my-review
      equipoise review import my-review pubmed.nbib
      equipoise review screen my-review --as anna
      equipoise review flow my-review --plot flow.svg
      equipoise review diff my-review 1a2b latest
    """
