"""equipoise network: many treatments at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.network_options import (
    ARMS,
    CONTRASTS,
    check_options,
    column_options,
    kinds_told,
    model_options,
)
from equipoise.cli.table_file import file_options, print_found, read_table

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.estimates import Estimate, Estimates
    from equipoise.synthesis.network import Network
    from equipoise.synthesis.network.kinds import ByKind

AGAINST_REFERENCE = (
    "network-effect", "network-ratio", "prediction-interval", "additive-effect",
    "adjusted-network-effect",
)  # fmt: skip
LEFT_TO_ALL = (
    "inconsistency-part",
    "direct-effect",
    "indirect-effect",
    "direct-share",
    "contribution",
)


@click.command()
@column_options
@model_options
@file_options
def command(file: Path, as_json: bool, **options: Any) -> None:
    """Pool a network of treatments: all effects, ranks, heterogeneity and inconsistency.

    FILE holds a row a comparison (--effect, --se, --study, --treat1, --treat2), or with --arms the
    counts or means of arms, a row an arm or a row a study (treatment1, n1, ...); their columns are
    looked for, and what was taken is said. "A vs B" is A less B.

    \b
    Examples:
      equipoise network file.csv --effect TE --se seTE --study id \\
        --treat1 treat1 --treat2 treat2 --reference placebo
      equipoise network arms.csv --arms --small-values bad --plot network.svg
      equipoise network arms.csv --arms --events remission --method REML --json
      equipoise network arms.csv --arms --covariate year --covariate severity
      equipoise network arms.csv --arms --kinds kinds.csv --small-values bad
      equipoise network arms.csv --arms --components --inactive "care as usual"
    """
    check_options(options)
    look = {name: options[name] for name in ("delimiter", "decimal", "missing")}
    read = read_table(file, **look)
    network, study = _network(read.frame, options)
    kinds = _kinds(network, options)
    network = kinds.split if kinds else network
    found = _analysed(network, kinds, options)
    if options["covariate"]:
        found += _regression(read.frame, study, network, options)
    if options["rob"] or options["indirectness"] or options["important"]:
        found += _confidence(read.frame, study, network, found, options)
    found = found.with_source(read.source)
    _draw(found, network, kinds, options)
    shown = found if as_json or options["every"] else _short(found, network, options)
    k, T = len(network.blocks), len(network.treatments)
    print_found(shown, f"Network of {T} treatments in {k} studies · {file.name}", as_json=as_json)


def _network(frame: pd.DataFrame, options: dict[str, Any]) -> tuple[Network, str | None]:
    """Return the network, and the column that names studies."""
    from equipoise.synthesis.network import (  # noqa: PLC0415  (--help must be instant)
        arms_of_table,
        network_of_arms,
        network_of_contrast_table,
    )

    whole = not options["components"] and not options["kind"] and options["kinds"] is None
    if options["arms"]:
        told = {
            name: options[name] for name in ("study", *ARMS) if name not in ("arm_se", "measure")
        }
        arms = arms_of_table(frame, told | {"se": options["arm_se"]})
        click.echo(f"note: {arms.found}", err=True)
        how = {"pool_same": options["pool_same"], "connected": whole}
        return network_of_arms(arms, options["measure"], **how), arms.study_column
    columns = {name: options[name] for name in (*CONTRASTS, "study")}
    how = {"scale": options["scale"], "mend": options["mend"], "connected": whole}
    return network_of_contrast_table(frame, **columns, **how), options["study"]


def _kinds(network: Network, options: dict[str, Any]) -> ByKind | None:
    from equipoise.synthesis.network.kinds import by_kind  # noqa: PLC0415

    told = kinds_told(options)
    if not told:
        return None
    return by_kind(network, told, joined_name=options["joined"])


def _reference(network: Network, options: dict[str, Any]) -> str:
    from equipoise.synthesis.network.network_meta_analysis import (  # noqa: PLC0415
        default_reference,
    )

    asked = options["reference"] or options["inactive"] or default_reference(network)
    return network.treatments[network.index(asked)]


def _analysed(network: Network, kinds: ByKind | None, options: dict[str, Any]) -> Estimates:
    from equipoise.estimates import Estimates  # noqa: PLC0415
    from equipoise.synthesis.network import fit_network, network_meta_analysis  # noqa: PLC0415
    from equipoise.synthesis.network.components import component_rows  # noqa: PLC0415
    from equipoise.synthesis.network.kinds import rank_shift_rows  # noqa: PLC0415
    from equipoise.synthesis.network.network import parts_of  # noqa: PLC0415

    way, found = options["contribution"], Estimates()
    about = {"reference": _reference(network, options), "level": options["level"]}
    method = options["method"]
    joined_up = len(parts_of(network.designs)) == 1
    if joined_up or not options["components"]:
        found += network_meta_analysis(
            network,
            method=method,
            tau2=options["tau2"],
            small_values=options["small_values"],
            contribution=None if way == "none" else way,
            contribution_common=options["every"],
            **about,
        )
    if options["components"]:
        parts = {"separator": options["separator"], "inactive": options["inactive"]}
        found += component_rows(network, method=method, tau2=options["tau2"], **parts, **about)
    if kinds:
        split = fit_network(kinds.split, method, options["tau2"]).random
        joined = fit_network(kinds.joined, method, options["tau2"]).random
        found += rank_shift_rows(kinds, split, joined, small_values=options["small_values"])
    return found


def _regression(
    frame: pd.DataFrame, study: str | None, network: Network, options: dict[str, Any]
) -> Estimates:
    from equipoise.synthesis.network.regression_rows import (  # noqa: PLC0415
        covariates_of,
        regression_rows,
    )

    return regression_rows(
        network,
        covariates_of(frame, study, options["covariate"]),
        reference=_reference(network, options),
        coefficients=options["coefficients"],
        method=options["method"],
        level=options["level"],
    )


def _confidence(
    frame: pd.DataFrame,
    study: str | None,
    network: Network,
    found: Estimates,
    options: dict[str, Any],
) -> Estimates:
    from equipoise.synthesis.judgement.cinema import network_confidence  # noqa: PLC0415
    from equipoise.synthesis.network import fit_network  # noqa: PLC0415
    from equipoise.synthesis.network.contrasts import text_of  # noqa: PLC0415

    if not (options["rob"] and options["important"]) or study is None:
        raise click.UsageError("CINeMA needs --rob, --important and a column of studies.")
    names = ("rob", "indirectness")
    if lacking := [options[n] for n in names if options[n] and options[n] not in frame]:
        raise click.UsageError(f"There is no column {lacking[0]!r}: {list(frame.columns)}.")
    about = [text_of(name) for name in frame[study]]
    told = {
        name: dict(zip(about, map(text_of, frame[options[name]]), strict=True))
        if options[name]
        else dict.fromkeys(about, "direct")
        for name in names
    }
    way = options["contribution"]
    return network_confidence(
        network,
        fit_network(network, options["method"], options["tau2"]).random,
        found,
        bias=told["rob"],
        indirect=told["indirectness"],
        margin=options["important"],
        contribution="shortest-path" if way == "none" else way,
    )


def _draw(
    found: Estimates, network: Network, kinds: ByKind | None, options: dict[str, Any]
) -> None:
    if any(options[name] is not None for name in ("plot", "plot_league", "plot_ranks")):
        from equipoise.cli.network_figures import draw  # noqa: PLC0415  (matplotlib is heavy)

        draw(found, network, kinds.kinds if kinds else {}, options)


def _short(found: Estimates, network: Network, options: dict[str, Any]) -> Estimates:
    """Keep what a person reads first: against the reference, ranks, tests, splits one way."""
    at = _reference(network, options)
    place = {name: k for k, name in enumerate(network.treatments)}

    def shown(row: Estimate) -> bool:
        one, _, two = (row.label or "").partition(" vs ")
        if row.name in AGAINST_REFERENCE:
            return two == at
        if row.name == "certainty":
            return at in (one, two)
        if row.name == "node-split":
            return two == at or (one != at and place.get(one, 0) < place.get(two, 0))
        if row.name == "q-test":
            return (
                not (row.label or "").startswith(("within ", "between, "))
                or one == "within designs"
            )
        return row.name not in LEFT_TO_ALL and not row.name.endswith("-common")

    kept = tuple(_with_concerns(row) for row in found if shown(row))
    refused = tuple(r for r in found.refused if not r.name.endswith("-common"))
    return replace(found, rows=kept, refused=refused)


def _with_concerns(row: Estimate) -> Estimate:
    """Write the domains with concerns beside a certainty, instead of among all assumptions."""
    if row.name != "certainty":
        return row
    odd = [part for part in row.assumptions if not part.endswith(": no concerns")]
    label = f"{row.label} ({'; '.join(odd) or 'no concerns'})"
    return replace(row, label=label, assumptions=())
