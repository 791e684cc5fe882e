"""Figures of `equipoise network`: frames out of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from equipoise.cli.options import write_figure
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.estimates import Estimates
    from equipoise.synthesis.network import Network


def draw(
    found: Estimates, network: Network, kinds: dict[str, str], options: dict[str, Any]
) -> None:
    """Write the figures that were asked for."""
    asked = [f for f in ("plot_league", "plot_ranks") if options[f] is not None]
    if asked and not found.select(name="network-effect").rows:
        raise DataError(
            "A network in parts that only components join has no league and no ranks of its own: "
            f"leave out {' and '.join('--' + name.replace('_', '-') for name in asked)}."
        )
    if options["plot"] is not None:
        _graph(network, kinds, options)
    if options["plot_league"] is not None:
        _league(found, network, options)
    if options["plot_ranks"] is not None:
        _ranks(found, network, options)


def _graph(network: Network, kinds: dict[str, str], options: dict[str, Any]) -> None:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from equipoise import plots  # noqa: PLC0415
    from equipoise.synthesis.network.summary_rows import total_people  # noqa: PLC0415

    people = total_people(network)
    nodes = pd.DataFrame({"label": list(people), "people": list(people.values())})
    if kinds:
        nodes["kind"] = [kinds.get(label, "treatment") for label in people]
    direct, names = network.direct, network.treatments
    pairs = np.sort(np.stack([direct.first, direct.second], axis=1), axis=1)
    unique, counts = np.unique(pairs, axis=0, return_counts=True)
    edges = pd.DataFrame(
        {
            "first": [names[i] for i in unique[:, 0]],
            "second": [names[j] for j in unique[:, 1]],
            "studies": counts,
        }
    )
    write_figure(plots.network_graph(nodes, edges), options["plot"])


def _scores(found: Estimates, network: Network) -> dict[str, float]:
    rows = found.select(name="p-score").rows
    scores = {row.label: row.estimate or 0.0 for row in rows if row.label in network.treatments}
    return {str(label): score for label, score in scores.items()}


def _league(found: Estimates, network: Network, options: dict[str, Any]) -> None:
    import pandas as pd  # noqa: PLC0415

    from equipoise import plots  # noqa: PLC0415
    from equipoise.synthesis.network.league import label_of  # noqa: PLC0415

    scores = _scores(found, network)
    order = sorted(scores, key=lambda name: -scores[name])
    count = range(len(network.treatments))
    names = {label_of(network, i, j): (i, j) for i in count for j in count if i != j}
    rows = found.select(name="network-effect").rows
    frame = pd.DataFrame(
        [
            (
                *(network.treatments[k] for k in names[row.label or ""]),
                row.estimate,
                row.low,
                row.high,
            )
            for row in rows
        ],
        columns=["first", "second", "estimate", "low", "high"],
    )
    ratios = found.select(name="network-ratio").rows
    ax = plots.league_heat(
        frame,
        order=order,
        scale=(ratios[0].unit if ratios else network.scale) or "effect",
        exponentiate=bool(ratios),
    )
    write_figure(ax, options["plot_league"])


def _ranks(found: Estimates, network: Network, options: dict[str, Any]) -> None:
    import pandas as pd  # noqa: PLC0415

    from equipoise import plots  # noqa: PLC0415

    good = {"good": "small values are good", "bad": "small values are bad"}
    direction = good.get(options["small_values"], "if large values are good")
    split = found.select(name="p-score-split").rows
    if split:
        joined = {row.label: row.estimate for row in found.select(name="p-score-joined")}
        frame = pd.DataFrame(
            [(row.label, row.estimate, joined[row.label]) for row in split],
            columns=["label", "score", "other"],
        )
        ax = plots.rank(frame, other="comparators joined", direction=direction)
    else:
        scores = _scores(found, network)
        frame = pd.DataFrame({"label": list(scores), "score": list(scores.values())})
        ax = plots.rank(frame, direction=direction)
    write_figure(ax, options["plot_ranks"])
