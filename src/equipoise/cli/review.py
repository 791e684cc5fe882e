"""equipoise review: start, fill, screen, compare and hand on a review folder."""

from __future__ import annotations

import click

from equipoise.cli.steps import Steps

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


@click.group(cls=Steps, steps=STEPS, subcommand_metavar="STEP [ARGUMENTS]...")
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
