"""equipoise harms: adverse events by arm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option, level_option, plot_option, write_figure
from equipoise.cli.sources import TABLES, opened
from equipoise.cli.table_file import read_table
from equipoise.cli.table_options import delimiter_option

if TYPE_CHECKING:
    from equipoise.analysis.harms import HarmsLine
    from equipoise.estimates import Estimates


@click.command()
@click.argument("source", required=False)
@click.option(
    "--events", type=click.Path(path_type=Path), help="A table with a row an event, for --people."
)
@click.option(
    "--people", type=click.Path(path_type=Path), help="A table of everybody who was dosed."
)
@click.option("--control", metavar="ARM", help="The control arm, with --people.")
@click.option("--strata", metavar="COLUMN", help="A column of people, such as the site.")
@delimiter_option
@click.option(
    "--interval",
    "method",
    type=click.Choice(["miettinen-nurminen", "newcombe"]),
    default="miettinen-nurminen",
    show_default=True,
    help="Of risk differences.",
)
@click.option(
    "--test", type=click.Choice(["fisher", "mid-p"]), help="Also a p value; none by default."
)
@click.option(
    "--per",
    type=click.Choice(["week", "year"]),
    default="week",
    show_default=True,
    help="Rates are per 100 person-weeks or person-years.",
)
@level_option
@plot_option("Also draw them")
@click.option("--all", "every", is_flag=True, help="Every row, also ratios and rates.")
@json_option
def command(
    source: str | None,
    events: Path | None,
    people: Path | None,
    plot: Path | None,
    every: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Describe the harms of a trial: people with an event by arm, and the difference to control.

    SOURCE is a records folder, a published dataset or a mapping file; or give two tables.
    EVENTS has the columns participant, event, and where known day, severity, serious, withdrawal;
    PEOPLE has participant, arm, and where known exposure_days.

    \b
    Examples:
      equipoise harms my-records
      equipoise harms my-records --plot harms.svg --all
      equipoise harms --events events.csv --people people.csv --control placebo
    """
    if (source is None) == (events is None or people is None):
        raise click.UsageError("Give a SOURCE, or both --events and --people.")
    if source is None and not options["control"]:
        raise click.UsageError("Name the control arm: --control placebo.")
    path = plot
    found, title = _found(source, events, people, options)
    if path is not None:
        _draw(path, found)
    if as_json:
        click.echo(found.to_json())
        return
    _print(found, title, every=every)


def _found(
    source: str | None, events: Path | None, people: Path | None, options: dict[str, Any]
) -> tuple[Estimates, str]:
    from equipoise.analysis.harms import harms, harms_table  # noqa: PLC0415  (--help is instant)

    how = {"interval": options["method"], "test": options["test"], "per": options["per"]}
    how["level"] = options["level"]
    if source is None:
        assert events is not None  # noqa: S101  (asked for above)
        assert people is not None  # noqa: S101
        read = [read_table(f, delimiter=options["delimiter"]) for f in (events, people)]
        about = {"control": options["control"], "strata": options["strata"]}
        found = harms_table(read[0].frame, read[1].frame, **about, **how)
        return found.with_source(read[0].source), f"Harms of {events.name}"
    given = [f"--{name}" for name in ("control", "strata", "delimiter") if options[name]]
    if given:
        raise click.UsageError(f"{', '.join(given)} go with --events and --people.")
    if Path(source).suffix.lower() in TABLES:
        raise click.UsageError("A plain table goes in two: --events and --people.")
    records = opened(source)
    for warning in records.warnings:
        click.echo(f"note: {warning}", err=True)
    return harms(records, **how), records.protocol.title


def _print(found: Estimates, title: str, *, every: bool) -> None:
    from equipoise.analysis.harms import arms_of, exposed_in, harms_lines  # noqa: PLC0415
    from equipoise.cli import show  # noqa: PLC0415

    click.echo()
    show.wrapped(title)
    if not len(found):
        click.echo("\nNo adverse event is recorded. That is not the same as none having occurred.")
        return
    arms = arms_of(found)
    click.echo("\nWith at least one event (percentage) [events]; difference in percentage points")
    lines = list(harms_lines(found))
    exposed = (f"{exposed_in(lines[0], arm)} in {arm}" for arm in arms)
    click.echo(f"Dosed: {', '.join(exposed)}")
    _table([_cells(line, arms) for line in lines], arms)
    if every:
        shown = {"people-with-event", "event-count"}
        for name in dict.fromkeys(row.name for row in found if row.name not in shown):
            rows = found.select(name=name).rows
            click.echo(f"\n{rows[0].unit}" if len({r.unit for r in rows}) == 1 else "")
            show.table(rows)
    show.refusals(found)
    printed = [row for row in found if every or row.name in ("incidence", "incidence-difference")]
    show.items("Method", dict.fromkeys(row.method for row in printed if row.method))
    show.items("Assumptions", found.assumptions)
    show.items("Warnings", found.warnings)
    show.provenance(found)


def _cells(line: HarmsLine, arms: tuple[str, ...]) -> list[str]:
    cells = [line.term]
    for arm in arms:
        people, share = line.people[arm].estimate, line.incidence[arm].estimate
        number = line.events[arm].estimate
        cells.append(f"{people:.0f} ({100 * (share or 0):.1f}%) [{number:.0f}]")
    for arm in arms[1:]:
        row = line.difference.get(arm)
        if row is None or None in (row.estimate, row.low, row.high):
            cells.append("")
            continue
        value, low, high = (100 * (v or 0.0) for v in (row.estimate, row.low, row.high))
        cells.append(f"{value:.1f} ({low:.1f} to {high:.1f})")
    return cells


def _table(body: list[list[str]], arms: tuple[str, ...]) -> None:
    head = ["", *arms, *(f"{arm} less {arms[0]}" for arm in arms[1:])]
    widths = [max(len(line[k]) for line in [head, *body]) for k in range(len(head))]
    for line in [head, *body]:
        numbers = [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        click.echo("  " + "  ".join([line[0].ljust(widths[0]), *numbers]).rstrip())


def _draw(path: Path, found: Estimates) -> None:
    from equipoise.analysis.harms import arms_of, dot_plot_frame  # noqa: PLC0415
    from equipoise.plots import harms_dot_plot  # noqa: PLC0415

    frame, overall, counted = dot_plot_frame(found)
    ax = harms_dot_plot(frame, arms=arms_of(found), overall=overall, counted=counted)
    write_figure(ax, path)
