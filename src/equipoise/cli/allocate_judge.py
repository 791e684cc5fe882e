"""equipoise allocate judge, procedures: a procedure before anybody is enrolled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli import show
from equipoise.cli.allocation_options import about_arms, allocation_options, spec_from_options
from equipoise.cli.options import json_option, plot_option, seed_option, write_figure

if TYPE_CHECKING:
    from equipoise.allocation import Spec
    from equipoise.allocation.judgement import Judgement


@click.command()
@allocation_options
@click.option("--compare", is_flag=True, help="Beside the usual procedures at this ratio.")
@click.option(
    "--drift", type=float, default=0.5, show_default=True, help="Of outcomes, first to last, in SD."
)
@click.option(
    "--favour",
    type=float,
    default=0.2,
    show_default=True,
    help="Of those whom a guessing enroller picks, in SD.",
)
@click.option(
    "--effect", type=float, default=0.5, show_default=True, help="Of treatment, in SD, for power."
)
@click.option(
    "--trials",
    type=click.IntRange(min=100),
    default=5000,
    show_default=True,
    help="Simulated trials.",
)
@seed_option
@plot_option("Also draw the procedures")
@json_option
def judge(as_json: bool, plot: Path | None, **given: Any) -> None:
    """Judge a procedure for --n people: guessing, imbalance, drift, favouring.

    Without a procedure the recommended one is judged. Guessing: the share of arms that somebody
    names right who always names the arm furthest behind.

    \b
    Examples:
      equipoise allocate judge --procedure big-stick --limit 5 --arms active,placebo --n 80
      equipoise allocate judge --compare --n 80 --plot procedures.svg
      equipoise allocate judge --procedure minimisation --factor sex=f,m --factor site=a,b,c \\
        --probability 0.8 --n 100
      equipoise allocate judge --protocol trial.yaml --n 90
    """
    import numpy as np  # noqa: PLC0415

    from equipoise.allocation.judgement import as_estimates, judge_all  # noqa: PLC0415

    if given["n"] is None:
        raise click.UsageError("Say for how many people: --n.")
    specs, reason = _specs(given)
    judged = judge_all(
        specs,
        given["n"],
        rng=np.random.default_rng(given["seed"]),
        trials=given["trials"],
        drift=given["drift"],
        favour=given["favour"],
        effect=given["effect"],
    )
    if plot is not None:
        _draw(plot, judged)
    if as_json:
        click.echo(as_estimates(judged).to_json())
        return
    _print(judged, given["n"])
    if reason:
        click.echo()
        show.wrapped(f"Recommended: {reason}")


def _specs(given: dict[str, Any]) -> tuple[list[Spec], str]:
    """Return what is to be judged, and the reason where it is our recommendation."""
    from equipoise.allocation.judgement import recommended, usual_specs  # noqa: PLC0415

    about = about_arms(given)
    arms, ratio = about.get("arms", ("A", "B")), about.get("ratio", ())
    reason, named = "", given["procedure"] is not None or given["protocol"] is not None
    if named:
        specs = [spec_from_options(given)]
        arms, ratio = specs[0].arms, specs[0].ratio
    else:
        default = recommended(arms, ratio)
        specs, reason = [default.spec], default.reason
    if given["compare"]:
        specs += [s for s in usual_specs(arms, ratio, given["n"]) if s not in specs]
    return specs, reason


def _print(judged: list[Judgement], n: int) -> None:
    """Print one line a procedure, then what to beware of."""
    click.echo()
    show.wrapped(f"Allocation of {n} people: what each procedure would do")
    head = ("", "guessed", "foreseen", "imbalance", "worst", "lost")
    body = [_properties(judgement) for judgement in judged]
    _table(head, body)
    tested = [judgement for judgement in judged if judgement.test is not None]
    if tested and tested[0].test is not None:
        test = tested[0].test
        click.echo()
        show.wrapped(
            f"Two-sided t test at {test.alpha:g}: error under a drift of {test.drift:g} SD from "
            f"first to last and under favouring by {test.favour:g} SD; power for "
            f"{test.effect:g} SD"
        )
        rows = [_tests(judgement) for judgement in tested]
        _table(("", "linear", "log", "step", "favoured", "power", "with drift"), rows)
    show.items("Read as", _READ)
    show.items("Warnings", [text for judgement in judged for text in judgement.warnings])
    if any(judgement.properties.how == "simulated" for judgement in judged):
        click.echo("\n* simulated; everything else in the first table is exact")


_READ = (
    "guessed: share of arms named right by somebody who always names the arm furthest behind",
    "foreseen: share of arms that are certain to somebody who knows procedure and past arms",
    "imbalance: expected at the end, in people; worst: the largest that can come at any time",
    "lost: people whom the imbalance at the end wastes, as if they had not been enrolled",
)


def _properties(judgement: Judgement) -> tuple[str, ...]:
    found = judgement.properties
    star = "*" if found.how == "simulated" else ""
    foreseen = "" if found.certain is None else f"{found.certain:.3f}"
    return (
        judgement.spec.describe() + star, f"{found.guess:.3f}", foreseen,
        f"{found.imbalance:.2f}", f"{found.worst:.4g}", f"{found.loss:.3f}",
    )  # fmt: skip


def _tests(judgement: Judgement) -> tuple[str, ...]:
    test = judgement.test
    if test is None:
        return ()
    errors = [f"{test.error_drift[kind]:.3f}" for kind in ("linear", "log", "step")]
    least = min(test.power_drift.values())
    return (
        judgement.spec.describe(), *errors, f"{test.error_favour:.3f}", f"{test.power:.3f}",
        f"{least:.3f}",
    )  # fmt: skip


def _table(head: tuple[str, ...], body: list[tuple[str, ...]]) -> None:
    widths = [max(len(line[k]) for line in (head, *body)) for k in range(len(head))]
    widths[0] = min(widths[0], 44)
    for line in (head, *body):
        first, *more = click.wrap_text(line[0], widths[0]).split("\n") or [""]
        cells = [cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)]
        click.echo("  " + "  ".join([first.ljust(widths[0]), *cells]).rstrip())
        for rest in more:
            click.echo(f"    {rest}")


def _draw(path: Path, judged: list[Judgement]) -> None:
    from equipoise.allocation.judgement import guessable_above, to_frame  # noqa: PLC0415
    from equipoise.plots import allocation_judgement  # noqa: PLC0415

    spec = judged[0].spec
    warn, blind = guessable_above(spec), float(max(spec.target))
    write_figure(allocation_judgement(to_frame(judged), warn=warn, blind=blind), path)


@click.command()
@click.option("--ratio", metavar="1:1", default="1:1", show_default=True, help="Only for it.")
def procedures(ratio: str) -> None:
    """List the procedures that can hold a ratio, with their sources.

    \b
    Examples:
      equipoise allocate procedures
      equipoise allocate procedures --ratio 2:1:1
    """
    from equipoise.allocation import spec_class, specs_for  # noqa: PLC0415

    parts = about_arms({"arms": None, "ratio": ratio})["ratio"]
    for name in specs_for(parts):
        found = spec_class(name)
        click.echo(f"  {name:<24}{found.kind:<20}{found.source}")
