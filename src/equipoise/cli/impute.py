"""equipoise impute: what a trial says under other assumptions about its missing scores."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from equipoise.cli.impute_options import amounts, arm_pairs, impute_options
from equipoise.cli.options import write_figure
from equipoise.cli.table_file import file_options, print_found, read_table

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.analysis.imputation import TippingMap
    from equipoise.analysis.imputation.events import StrategyChoice
    from equipoise.analysis.imputation.retrieved_dropout import Shift
    from equipoise.estimates import Estimates


@click.command()
@impute_options
@file_options
def command(
    file: Path,
    strategies: tuple[str, ...],
    events: Path | None,
    deltas: tuple[str, ...],
    lag: str | None,
    tipping: tuple[float, float, float] | None,
    plot: Path | None,
    retrieved: str | None,
    seed: int,
    as_json: bool,
    delimiter: str | None,
    decimal: str,
    missing: tuple[str, ...],
    **options: Any,
) -> None:
    """Impute missing scores of FILE, one row a person and visit, and compare the arms.

    A missing row is a missing score. An intercurrent event is where the run of missing scores
    that lasts to the end begins, or what --events says; gaps before are missing at random (MAR).

    \b
    Examples:
      equipoise impute trial.csv --formula "HAMD ~ base * week + arm * week" \\
          --subject id --visit week --arm arm --reference placebo \\
          --strategy MAR --strategy JR --strategy CR --strategy CIR
      equipoise impute trial.csv --formula "HAMD ~ base * week + arm * week" \\
          --subject id --visit week --arm arm --reference placebo \\
          --strategy JR --delta drug=2 --ancova "HAMD ~ arm + base" --json
      equipoise impute trial.csv --formula "HAMD ~ base * week + arm * week" \\
          --subject id --visit week --arm arm --reference placebo \\
          --tipping 0 10 0.5 --plot tipping.svg
    """
    if plot is not None and tipping is None:
        raise click.UsageError("--plot draws the tipping map: add --tipping LOW HIGH STEP.")
    if retrieved is not None and (events is None or strategies or tipping is not None):
        raise click.UsageError(
            "--retrieved imputes by what was seen after the event: it needs --events, and takes "
            "neither --strategy nor --tipping."
        )
    read = partial(read_table, delimiter=delimiter, decimal=decimal, missing=missing)
    frame, source = read(file)
    if events is not None:
        options["events"] = read(events).frame
    added = amounts(deltas)
    options["lag"] = None if lag is None else amounts((f"lag={lag}",))["lag"]
    found: Estimates
    if retrieved is not None:
        found = _retrieved(frame, retrieved, added, seed, options)
    elif tipping is not None:
        found = _tipping(frame, strategies, tipping, added, seed, options)
        if plot is not None:
            write_figure(found.plot(), plot)
    else:
        found = _imputed(frame, strategies, added, seed, options)
    _show(found.with_source(source), options["formula"], as_json=as_json)


def _imputed(
    frame: pd.DataFrame,
    strategies: tuple[str, ...],
    added: dict[str, Any],
    seed: int,
    options: dict[str, Any],
) -> Estimates:
    import numpy as np  # noqa: PLC0415  (--help must be instant)

    from equipoise.analysis.imputation import impute_and_analyse  # noqa: PLC0415

    options.pop("active")
    return impute_and_analyse(
        frame,
        strategy=_choices(strategies),
        delta=added or None,
        rng=np.random.default_rng(seed),
        **options,
    )


def _tipping(
    frame: pd.DataFrame,
    strategies: tuple[str, ...],
    tipping: tuple[float, float, float],
    added: dict[str, Any],
    seed: int,
    options: dict[str, Any],
) -> TippingMap:
    import numpy as np  # noqa: PLC0415

    from equipoise.analysis.imputation import tipping_map  # noqa: PLC0415

    choices = _choices(strategies)
    if added or len(choices) > 1:
        raise click.UsageError("--tipping varies the deltas itself, of one --strategy.")
    if options.pop("analysis") != "ancova":
        raise click.UsageError("--tipping needs --analysis ancova.")
    low, high, step = tipping
    if not (low < high and 0 < step <= high - low):
        raise click.BadParameter("--tipping needs LOW below HIGH and a STEP between them.")
    grid = np.linspace(low, low + step * round((high - low) / step), round((high - low) / step) + 1)
    return tipping_map(
        frame,
        strategy=choices[0],
        deltas=grid.tolist(),
        rng=np.random.default_rng(seed),
        **options,
    )


def _retrieved(
    frame: pd.DataFrame,
    shift: str,
    added: dict[str, Any],
    seed: int,
    options: dict[str, Any],
) -> Estimates:
    import numpy as np  # noqa: PLC0415

    from equipoise.analysis.imputation import retrieved_dropout  # noqa: PLC0415

    options.pop("active")
    reference, control = options.pop("reference"), options.pop("control")
    return retrieved_dropout(
        frame,
        shift=cast("Shift", shift),
        control=control or reference,
        delta=added or None,
        rng=np.random.default_rng(seed),
        **options,
    )


def _choices(strategies: tuple[str, ...]) -> list[StrategyChoice]:
    """Read --strategy: JR for all arms, ARM=JR for one; both together: the arm's own prevails."""
    plain = [text for text in strategies if "=" not in text]
    own = arm_pairs(tuple(text for text in strategies if "=" in text))
    if not own:
        return list(plain) or ["MAR"]
    if len(plain) > 1 or plain not in ([], ["MAR"]):
        raise click.UsageError(
            "Give --strategy either for all arms (JR), or for each (DRUG=JR; other arms are MAR)."
        )
    return [own]


def _show(found: Estimates, formula: str, *, as_json: bool) -> None:
    from equipoise.estimates import Estimates  # noqa: PLC0415

    if not as_json:  # the map is for programs and for the figure
        rows = tuple(row for row in found if row.name != "tipping-map")
        found = Estimates(rows, found.refused, found.source)
    print_found(found, f"Imputation of missing scores: {formula}", as_json=as_json)
