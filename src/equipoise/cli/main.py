"""The command `equipoise`: finds a verb, runs it, turns our errors into exit code 1."""

from __future__ import annotations

import importlib
from difflib import get_close_matches
from typing import IO, Any

import click

from equipoise import __version__
from equipoise.errors import EquipoiseError

# verb: (module under equipoise.cli, one line of help). Listed in the order in which a trial
# meets them, and without importing any: `equipoise --help` must be instant.
VERBS = {
    "demo": ("demo", "Rehearse a whole trial offline, from protocol to answer; one page."),
    "check": ("check", "Is a protocol complete (SPIRIT 2025), consistent, computable?"),
    "allocate": ("allocate", "Who gets what: procedures, rehearsal, kits one by one."),
    "seal": ("seal", "Draw and seal the allocation: kits, boxes, shares, commitment."),
    "verify": ("verify", "Is the seal whole, and was nothing changed in the ledger?"),
    "break": ("break_", "Reveal one participant's arm in an emergency, on the record."),
    "interim": ("interim", "Arms so far, for a monitoring committee alone, on the record."),
    "lock": ("lock", "Lock the records, before anything is unblinded."),
    "unblind": ("unblind", "Open the blind of a locked trial, with two custodians' shares."),
    "reveal": ("reveal", "Derive the sealed list again, and say whether it fits."),
    "self-blind": ("self_blind", "Sachets that participants pack themselves: cards, steps, proof."),
    "datasets": ("datasets", "List, fetch and cite published trial data."),
    "analyse": ("analyse", "Run the planned analyses of a trial."),
    "estimand": (
        "estimand",
        "What the protocol wants to know (ICH E9(R1)), and what the data say.",
    ),
    "mmrm": ("mmrm", "Mixed model for repeated measures on one table."),
    "impute": ("impute", "Missing scores: reference-based imputation, deltas, tipping points."),
    "response": ("response", "Remission or response: risks, their difference and ratios."),
    "ordinal": ("ordinal", "Ordered categories: common odds ratio, win odds."),
    "counts": ("counts", "Counts of events: rates and rate ratios."),
    "survival": ("survival", "Time to an event: curves, restricted means, hazard ratio."),
    "crossover": ("crossover", "A crossover trial in one table: treatment, period, carry-over."),
    "n-of-1": ("n_of_1", "N-of-1 trials in one table: each person's effect, and people's."),
    "rerandomise": ("rerandomise", "Test one table by the trial's own allocation procedure."),
    "adjust": ("adjust", "Adjust p values for being several: Holm, graphs, Dunnett, ..."),
    "harms": ("harms", "Adverse events by arm, with what could still be missed."),
    "belief": ("belief", "Drug or belief? Blinding, and effects given belief."),
    "effects": ("effects", "Effect sizes from published means, changes, counts, t, p, medians."),
    "pool": ("pool", "Pool independent studies: the mean, and how far they differ."),
    "multilevel": ("multilevel", "Pool studies with several effects each."),
    "multivariate": ("multivariate", "Pool several outcomes, or both arms, of trials together."),
    "sparse": ("sparse", "Pool trials with few events: Mantel-Haenszel, Peto, models of events."),
    "small-study": ("small_study", "Small-study effects: funnel tests, selection models."),
    "network": ("network", "Pool a network of treatments: effects, ranks, inconsistency."),
    "dose-response": ("dose_response", "Trials of several doses pooled into a curve."),
    "sequential": ("sequential", "Pooled trials as they came: is there enough information yet?"),
    "bayes": ("bayes", "Pool studies, a network or biased classes with priors, by quadrature."),
    "blinding-synthesis": (
        "blinding_synthesis",
        "How much of a pooled effect survives honest blinding?",
    ),
    "judge": ("judge", "Risk of bias of studies: RoB 2 from its questions, ROBINS-I."),
    "review": ("review", "Start, fill, compare and hand on a review folder."),
    "synthesise": ("synthesise", "A whole review folder: from study files to pooled effects."),
    "screen": ("screen", "Safety screen: which rules apply to a person and a drug."),
    "ask": ("ask", "What the evidence says of a question, graded, in plain sentences."),
    "report": ("report", "Write the report page of a trial."),
}

SECTIONS = {  # first verb of each: heading of the help
    "demo": "Verbs: a whole trial",
    "allocate": "Verbs: who gets what, and nobody can know",
    "datasets": "Verbs: data, and what was planned",
    "mmrm": "Verbs: one method on one table",
    "harms": "Verbs: harms and belief",
    "effects": "Verbs: many trials together",
    "screen": "Verbs: for people",
}

EXAMPLES = """
\b
Examples:
  equipoise demo
  equipoise belief self-blinding-microdose-week1 --outcome PANAS
  equipoise belief trial.csv --participant id --arm arm --guess guess --outcome HAMD
  equipoise report self-blinding-microdose
  equipoise pool trials.csv --effect g --se g_se --study study
  equipoise synthesise microdosing-depression
  equipoise ask microdosing --for depression
"""


class Failure(click.ClickException):
    """The data or the plan is wrong: its message, and exit code 1."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as ours."""
        click.echo(f"equipoise: {self.format_message()}", err=True, file=file)


class Verbs(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the verbs in their order."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"equipoise.cli.{VERBS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; for an unknown one name its neighbours."""
        if args[0] not in VERBS and not args[0].startswith("-"):
            near = get_close_matches(args[0], VERBS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"There is no verb {args[0]!r}.{hint} The verbs are: {', '.join(VERBS)}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs from the table above, by section."""
        starts = [*(list(VERBS).index(verb) for verb in SECTIONS), len(VERBS)]
        lines = [(verb, text) for verb, (_, text) in VERBS.items()]
        for title, start, end in zip(SECTIONS.values(), starts[:-1], starts[1:], strict=True):
            with formatter.section(title):
                formatter.write_dl(lines[start:end])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb; an error that a user can meet is a message, never a traceback."""
        try:
            return super().invoke(ctx)
        except EquipoiseError as error:
            raise Failure(str(error)) from error
        except BrokenPipeError:  # the reader (head, less) has seen enough: click ends quietly
            raise
        except OSError as error:
            if error.filename is None:
                raise
            why = error.strerror
            raise Failure(f"{error.filename} cannot be read or written: {why}.") from error


@click.group(
    cls=Verbs,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="VERB [ARGUMENTS]...",
)
@click.version_option(__version__, prog_name="equipoise")
def cli() -> None:
    """Plan, run and analyse double-blind trials, and tell drug from belief.

    SOURCE is the name of a published dataset (see `equipoise datasets`), a records folder, a
    mapping file (.yaml) of your own table, or a plain .csv with a few options. The environment
    variable EQUIPOISE_DATA names a folder to look in before anything is fetched.
    """


def main() -> None:
    """Run the command line; exit with 0 done, 1 data or plan wrong, 2 usage."""
    cli.main()


if __name__ == "__main__":
    main()
