"""Options of a table of study effects that several verbs share."""

from __future__ import annotations

import click

effect_option = click.option(
    "--effect", metavar="COLUMN", help="Effects, on the log scale for ratios."
)
se_option = click.option("--se", metavar="COLUMN", help="Standard errors of the effects.")
variance_option = click.option("--variance", metavar="COLUMN", help="Or their squares.")
study_option = click.option("--study", metavar="COLUMN", help="Names of the studies, one row each.")
scale_option = click.option(
    "--scale", metavar="TEXT", help='"Hedges g (below 0 favours drug)"; for tables.'
)
direction_option = click.option(
    "--direction", metavar="COLUMN", help="Which way is better; must not be mixed."
)
verified_option = click.option(
    "--verified", metavar="COLUMN", help="Rows that say no are left out."
)
unverified_option = click.option(
    "--include-unverified", is_flag=True, help="Take them in, and say so."
)
outcome_option = click.option("--outcome", metavar="COLUMN", help="Pool each outcome by itself.")
