"""equipoise allocate list: a list for a rehearsal."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.allocation_options import allocation_options, spec_from_options
from equipoise.cli.options import output_option, seed_option
from equipoise.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from equipoise.allocation import Spec

LOUD = (
    "REHEARSAL LIST, NOT FOR A TRIAL. It was drawn from a small seed that anybody can try, it is "
    "not sealed and nobody has committed to it. A trial's list is drawn and sealed by "
    "`equipoise seal`."
)


@click.command("list")
@allocation_options
@click.option(
    "--people", type=click.Path(path_type=Path), help="CSV with everyone's factors, in order."
)
@seed_option
@output_option(help="Write a CSV file; to the terminal by default.")
def list_(output: Path | None, seed: int, people: Path | None, **given: Any) -> None:
    """Draw a list for a rehearsal: in each stratum, or for the people of a file.

    \b
    Examples:
      equipoise allocate list --procedure permuted-blocks --n 12 --seed 7
      equipoise allocate list --procedure big-stick --stratum site=north,south --n 20 -o list.csv
      equipoise allocate list --procedure minimisation --factor sex=f,m --people people.csv
    """
    spec = spec_from_options(given)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    for row in _rows(spec, given["n"], people, seed):
        out.writerow(row)
    click.echo(LOUD, err=True)
    if output is None:
        click.echo(f"# {LOUD}\n{text.getvalue()}", nl=False)
    else:
        output.write_text(f"# {LOUD}\n{text.getvalue()}", encoding="utf-8")
        click.echo(f"Wrote {output}", err=True)


def _rows(spec: Spec, n: int | None, people: Path | None, seed: int) -> Iterator[list[str]]:
    """Return a header, then one line a person: place, factors, arm, chances of the arms."""
    import numpy as np  # noqa: PLC0415

    from equipoise.allocation import GeneratorDraws, allocate_sequence  # noqa: PLC0415

    factors = getattr(spec, "factors", ())
    everyone = _people(spec, n, people)
    draws = GeneratorDraws(np.random.default_rng(seed))
    drawn = allocate_sequence(spec, len(everyone), draws, everyone)
    chances = [f"chance of {arm}" for arm in spec.arms]
    yield ["place", *(factor.name for factor in factors), "arm", *chances]
    for place, (arm, chance) in enumerate(zip(drawn.arms, drawn.probabilities, strict=True)):
        levels = [f.levels[k] for f, k in zip(factors, everyone[place], strict=True)]
        yield [str(place + 1), *levels, spec.arms[arm], *map(str, chance)]


def _people(spec: Spec, n: int | None, file: Path | None) -> list[tuple[int, ...]]:
    from itertools import product  # noqa: PLC0415

    factors = getattr(spec, "factors", ())
    if file is not None:
        return _people_of(spec, file)
    if n is None:
        raise click.UsageError("Say how many people: --n (in each stratum), or --people FILE.")
    if spec.kind == "covariate-adaptive":
        raise click.UsageError(f"--procedure {spec.name} goes by who comes: give --people FILE.")
    strata = list(product(*(range(len(factor.levels)) for factor in factors)))
    return [stratum for stratum in strata for _ in range(n)]


def _people_of(spec: Spec, file: Path) -> list[tuple[int, ...]]:
    from equipoise.allocation.factors import person_of  # noqa: PLC0415
    from equipoise.records.csv_file import read_csv  # noqa: PLC0415

    factors = getattr(spec, "factors", ())
    if not factors:
        raise click.UsageError(f"{spec.describe()} does not look at people; give --n.")
    if not file.exists():
        raise DataError(f"There is no file {file}. Look at its name and its folder.")
    read = read_csv(file, [factor.name for factor in factors]).columns
    rows = zip(*(read[factor.name] for factor in factors), strict=True)
    names = [factor.name for factor in factors]
    return [person_of(factors, dict(zip(names, row, strict=True))) for row in rows]
