"""equipoise dose-response: trials of several doses pooled into a curve."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.idle_options import refuse_idle
from equipoise.cli.options import plot_option, write_figure
from equipoise.cli.table_file import file_options, print_found, read_table
from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.synthesis.dose_response import DoseResponse, DoseStudies

COUNTS, MEANS, CONTRASTS = ("or", "rr", "irr"), ("md", "smd", "cohen-d", "glass-delta"), ()


def _knots(_ctx: click.Context, _param: click.Parameter, value: str | None) -> Any:
    if value is None:
        return None
    try:
        return tuple(float(part) for part in value.split(","))
    except ValueError as error:
        raise click.BadParameter("Write doses separated by commas: 10,20,50.") from error


@click.command(name="dose-response")
@click.option("--study", required=True, metavar="COLUMN", help="The study of each row.")
@click.option(
    "--dose", required=True, metavar="COLUMN", help='The dose of each arm: 25 or "25 mg".'
)
@click.option("--events", metavar="COLUMN", help="People with the event in each arm.")
@click.option("--total", metavar="COLUMN", help="People in each arm.")
@click.option("--person-time", metavar="COLUMN", help="Person-time in each arm, for rate ratios.")
@click.option("--mean", metavar="COLUMN", help="Mean of each arm.")
@click.option("--sd", metavar="COLUMN", help="SD of each arm.")
@click.option("--n", metavar="COLUMN", help="People behind each mean.")
@click.option("--effect", metavar="COLUMN", help="Reported effects against the study's referent.")
@click.option("--se", metavar="COLUMN", help="Their standard errors.")
@click.option(
    "--reference-dose", metavar="COLUMN", help="The dose that a reported effect is against."
)
@click.option(
    "--measure",
    type=click.Choice([*COUNTS, *MEANS], case_sensitive=False),
    help="Effect: or (default), rr, irr of counts; md (default), smd, cohen-d, glass-delta.",
)
@click.option(
    "--shared-variance",
    type=click.Choice(["referent", "pooled"]),
    default="referent",
    show_default=True,
    help="What two mean differences share: the referent's own or the pooled variance.",
)
@click.option(
    "--covariance",
    type=click.Choice(["greenland-longnecker", "hamling"]),
    default="greenland-longnecker",
    show_default=True,
    help="How the covariance of reported ratios is rebuilt from --events and --total.",
)
@click.option(
    "--design",
    default="cc",
    show_default=True,
    metavar="KIND",
    help="Of reported ratios: cc (odds), ci (risks), ir (rates), or a column of these.",
)
@click.option(
    "--correlation", type=float, help="Assumed between reported effects of a study without counts."
)
@click.option(
    "--shape",
    type=click.Choice(["linear", "quadratic", "spline", "emax"], case_sensitive=False),
    default="linear",
    show_default=True,
    help="Of the curve.",
)
@click.option(
    "--knots",
    callback=_knots,
    metavar="D,D,D",
    help="Knots of the spline; the quantiles 10, 50, 90 by default.",
)
@click.option(
    "--method",
    type=click.Choice(["reml", "ml", "fixed"], case_sensitive=False),
    default="reml",
    show_default=True,
    help="Of the variance between studies.",
)
@click.option("--one-stage", is_flag=True, help="One mixed model of all studies: the default.")
@click.option("--two-stage", is_flag=True, help="Each study's curve first, then their mean.")
@click.option(
    "--reference", type=float, help="Effects are against this dose; the lowest by default."
)
@click.option("--at", multiple=True, type=float, help="Give the effect of this dose.")
@click.option(
    "--gap",
    type=click.FloatRange(0, 1, min_open=True),
    default=None,
    help="No curve where neighbouring doses are further apart than this share of the range; 1/3.",
)
@click.option(
    "--regions", multiple=True, metavar="NAME:LOW-HIGH", help="A stretch of dose: micro:0-3."
)
@click.option("--drug", metavar="COLUMN", help="The drug of each arm: tests that all have a slope.")
@click.option(
    "--equivalents",
    type=click.Path(path_type=Path),
    help="A table drug,equivalent: doses of equal worth.",
)
@click.option(
    "--unit-dose",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="What an equivalent is worth on the common scale.",
)
@click.option("--include-unverified", is_flag=True, help="Take in rows that nobody verified.")
@plot_option("Also draw the curve")
@file_options
def command(file: Path, level: float, plot: Path | None, as_json: bool, **options: Any) -> None:
    """Pool studies of several doses into a curve, one row of FILE an arm.

    Each study's referent is its lowest dose, 0 or not. No curve is drawn, and no effect given,
    where no study has an arm.

    \b
    Examples:
      equipoise dose-response ssri.csv --study studyID --dose dose --events r --total n \\
        --shape spline --knots 10,20,50 --at 20 --at 40 --plot curve.svg
      equipoise dose-response trials.csv --study study --dose dose --mean mean --sd sd --n n \\
        --measure smd --regions micro:0-3 --regions low:3-15 --regions full:15-
      equipoise dose-response cohorts.csv --study id --dose dose --effect logrr --se se \\
        --events cases --total n --design type --covariance hamling
    """
    from equipoise.synthesis.dose_response import (  # noqa: PLC0415  (--help is instant)
        DoseResponseOptions,
        dose_region,
        dose_response,
    )
    from equipoise.synthesis.study_table import verified_rows  # noqa: PLC0415

    if options["one_stage"] and options["two_stage"]:
        raise click.UsageError("Take --one-stage or --two-stage.")
    reading = {name: options.pop(name) for name in ("delimiter", "decimal", "missing")}
    columns = _columns(options)
    _refuse_idle(options)
    read = read_table(file, **reading)
    lacking = [name for name in columns if name not in read.frame.columns]
    if lacking:
        known = ", ".join(read.frame.columns)
        raise DataError(f"{file.name} lacks the column {lacking[0]!r}. Its columns are: {known}.")
    checked, told = verified_rows(read.frame, include=options["include_unverified"])
    frame, unit = _with_doses(checked, options["dose"])
    data = _studies(frame, options)
    data = replace(data, notes=(*told, *data.notes))
    asked = DoseResponseOptions(
        shape=options["shape"],
        knots=options["knots"],
        method=options["method"],
        one_stage=not options["two_stage"],
        reference=options["reference"],
        at=options["at"],
        gap=options["gap"] or DoseResponseOptions().gap,
        regions=tuple(dose_region(text) for text in options["regions"]),
        equivalents=_equivalents(options, reading),
        unit=options["unit_dose"],
        level=level,
        by_drug=options["drug"] is not None,
    )
    result = dose_response(data, asked)
    unit = "dose, in equivalents" if asked.equivalents is not None else unit
    if plot is not None:
        _draw(plot, result, asked.gap, level, unit)
    found = result.estimates.with_source(read.source)
    heading = f"Dose-response of {len(data)} studies, {data.scale}"
    print_found(found, heading, as_json=as_json)


def _columns(options: dict[str, Any]) -> list[str]:
    """Check that one kind of numbers is named in full, and return the columns to read."""
    kinds = {
        "counts": ("events", "person_time" if options["person_time"] else "total"),
        "means": ("mean", "sd", "n"),
        "contrasts": ("effect", "se"),
    }
    full = [kind for kind, names in kinds.items() if all(options[name] for name in names)]
    if "contrasts" in full and "means" not in full:
        full = ["contrasts"]  # counts then serve their covariance
    if len(full) != 1:
        raise click.UsageError(
            "Name the columns of one kind: --events and --total (or --person-time); --mean, --sd "
            "and --n; or --effect and --se."
        )
    options["kind"] = full[0]
    names = (
        "study", "dose", "events", "total", "person_time", "mean", "sd", "n", "effect", "se",
        "reference_dose", "drug",
    )  # fmt: skip
    columns = [options[name] for name in names if options[name]]
    if options["design"] not in ("cc", "ci", "ir"):
        columns.append(options["design"])
    return list(dict.fromkeys(columns))


def _refuse_idle(options: dict[str, Any]) -> None:
    """Refuse options that would do nothing beside the others."""
    if options["kind"] != "contrasts":
        names = ("reference_dose", "covariance", "design", "correlation")
        refuse_idle(names, "is about reported effects: name --effect and --se.")
    if options["kind"] != "means":
        refuse_idle(("shared_variance",), "is about means: name --mean, --sd and --n.")
    if options["equivalents"] is None:
        refuse_idle(("unit_dose",), "is about --equivalents, and no table of them is named.")


def _with_doses(frame: pd.DataFrame, dose: str) -> tuple[pd.DataFrame, str]:
    """Read doses written as text, and say their unit."""
    import pandas as pd  # noqa: PLC0415

    if pd.api.types.is_numeric_dtype(frame[dose].dtype):
        return frame, "dose"
    from equipoise.synthesis.dose_response import doses_from_text  # noqa: PLC0415

    doses, unit = doses_from_text(list(frame[dose]))
    return frame.assign(**{dose: doses}), f"dose, {unit}" if unit else "dose"


def _studies(frame: pd.DataFrame, options: dict[str, Any]) -> DoseStudies:
    """Turn rows into studies by the kind of numbers they hold."""
    from equipoise.synthesis.dose_response import (  # noqa: PLC0415
        ReportedOptions,
        studies_from_contrasts,
        studies_from_counts,
        studies_from_means,
    )

    about = {name: options[name] for name in ("study", "dose", "drug")}
    kind: str = options["kind"]
    measure: Any = options["measure"]
    fits = {"counts": COUNTS, "means": MEANS, "contrasts": CONTRASTS}[kind]
    if measure is not None and measure not in fits:
        raise click.UsageError(f"--measure {measure} does not go with {kind}.")
    if kind == "means":
        values = {name: options[name] for name in ("mean", "sd", "n")}
        shared = options["shared_variance"]
        return studies_from_means(frame, **about, **values, measure=measure or "md", shared=shared)
    total = options["person_time"] or options["total"]
    if kind == "counts":
        measure = options["measure"] or ("irr" if options["person_time"] else "or")
        if (measure == "irr") != bool(options["person_time"]):
            raise click.UsageError("--measure irr goes with --person-time, and the other way.")
        return studies_from_counts(
            frame, **about, events=options["events"], total=total, measure=measure
        )
    how = ReportedOptions(
        covariance=options["covariance"],
        events=options["events"],
        total=total,
        design=options["design"],
        correlation=options["correlation"],
        reference_dose=options["reference_dose"],
    )
    return studies_from_contrasts(
        frame, **about, effect=options["effect"], se=options["se"], options=how,
        scale=options["effect"],
    )  # fmt: skip


def _equivalents(options: dict[str, Any], reading: dict[str, Any]) -> dict[str, float] | None:
    import pandas as pd  # noqa: PLC0415

    file = options["equivalents"]
    if file is None:
        return None
    if options["drug"] is None:
        raise click.UsageError("--equivalents needs --drug, the column of each arm's drug.")
    table = read_table(file, ["drug", "equivalent"], **reading).frame
    if not pd.api.types.is_numeric_dtype(table["equivalent"].dtype) or table.isna().any(axis=None):
        raise DataError(f"{file.name}: every drug needs a number in the column equivalent.")
    if table["drug"].duplicated().any():
        twice = sorted(set(table["drug"][table["drug"].duplicated()]))
        raise DataError(f"{file.name} has {', '.join(twice)} twice: one row a drug.")
    pairs = zip(table["drug"], table["equivalent"], strict=True)
    return {str(drug).strip(): float(value) for drug, value in pairs}


def _draw(path: Path, found: DoseResponse, gap: float, level: float, unit: str) -> None:
    from equipoise.plots import dose_response  # noqa: PLC0415
    from equipoise.synthesis.dose_response import (  # noqa: PLC0415
        arm_points,
        curve_frame,
        region_frame,
    )

    curve = curve_frame(found, gap=gap, level=level)
    scale = f"{found.data.scale}\nagainst {found.reference:g}"
    ax = dose_response(curve, arm_points(found), region_frame(found), scale=scale, unit=unit)
    write_figure(ax, path)
