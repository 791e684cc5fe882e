"""Options that say what the columns of a plain CSV mean."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

CSV_SECTION = "What the columns of a plain CSV mean"
DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " ", "pipe": "|"}


def _delimiter(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Let people write the name of a separator that a shell makes hard to type."""
    if value is None:
        return None
    sign = DELIMITERS.get(value.lower(), value)
    if len(sign) != 1:
        names = ", ".join(name for name in DELIMITERS if name.isalpha())
        raise click.BadParameter(f"{value!r} is not one character, nor one of {names}.")
    return sign


def _range(
    _ctx: click.Context, _param: click.Parameter, value: tuple[float, float] | None
) -> tuple[float, float] | None:
    if value is not None and not value[0] < value[1]:
        raise click.BadParameter(f"{value[0]:g} is not below {value[1]:g}.")
    return value


class CsvOption(click.Option):
    """An option that speaks of a plain CSV."""


csv_option = partial(click.option, cls=CsvOption)

DELIMITER: dict[str, Any] = {
    "metavar": "SIGN",
    "callback": _delimiter,
    "help": 'What separates cells: ";", tab, …; a comma by default, tab for .tsv.',
}
delimiter_option = click.option("--delimiter", **DELIMITER)

OPTIONS = (
    csv_option("--participant", metavar="COLUMN", help="Who the row belongs to."),
    csv_option("--arm", metavar="COLUMN", help="The arm received."),
    csv_option("--guess", metavar="COLUMN", help="The arm guessed, in the arms' codes."),
    csv_option(
        "--unsure",
        multiple=True,
        metavar="CODE",
        help='Code of "don\'t know" among the guesses; may be repeated.',
    ),
    csv_option("--certainty", metavar="COLUMN", help="Certainty of the guess."),
    csv_option(
        "--certainty-range",
        nargs=2,
        type=float,
        metavar="LOW HIGH",
        callback=_range,
        help="Lowest and highest certainty possible; 0 1 by default.",
    ),
    csv_option("--visit-column", metavar="COLUMN", help="Which visit the row is."),
    csv_option("--baseline", metavar="COLUMN", help="The outcome before treatment."),
    csv_option("--baseline-visit", metavar="VISIT", help="The visit that is before treatment."),
    csv_option(
        "--covariate",
        "covariates",
        multiple=True,
        metavar="COLUMN",
        help="A fact known before treatment; may be repeated.",
    ),
    csv_option(
        "--missing",
        multiple=True,
        metavar="CODE",
        help="Code of a missing value, such as -99, besides empty cells and NA.",
    ),
    csv_option("--active", metavar="CODE", help="Code of the active arm."),
    csv_option("--control", metavar="CODE", help="Code of the control arm."),
    csv_option(
        "--higher",
        type=click.Choice(["better", "worse"]),
        help="What a higher score means.",
    ),
    csv_option("--delimiter", **DELIMITER),
    csv_option(
        "--decimal",
        type=click.Choice([".", ","]),
        help="The decimal sign; a point by default.",
    ),
)


class TableCommand(click.Command):
    """A verb whose help lists the options of plain CSVs apart from the others."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verb's own options, then those of a CSV."""
        sections: dict[str, list[tuple[str, str]]] = {"Options": [], CSV_SECTION: []}
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx)
            if record is not None and isinstance(option, click.Option):
                title = CSV_SECTION if isinstance(option, CsvOption) else "Options"
                sections[title].append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)


def table_options(command: Command) -> Command:
    """Add the options that say what the columns of a plain CSV mean."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command
