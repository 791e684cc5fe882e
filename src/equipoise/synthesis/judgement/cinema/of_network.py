"""CINeMA on a network that was analysed here: nothing is copied by hand between programs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates
from equipoise.synthesis.judgement.cinema.by_contribution import Rule
from equipoise.synthesis.judgement.cinema.concerns import CONCERNS
from equipoise.synthesis.judgement.cinema.confidence import cinema, confidence
from equipoise.synthesis.judgement.cinema.network import checked_network
from equipoise.synthesis.network.contributions import Method, contributions
from equipoise.synthesis.network.inconsistency import q_split

if TYPE_CHECKING:
    from equipoise.synthesis.network import Network, NetworkFit

FloatArray = NDArray[np.float64]
LEVELS = {
    "1": 1, "low": 1, "direct": 1, "no concerns": 1,
    "2": 2, "some concerns": 2, "some": 2, "moderate": 2, "unclear": 2,
    "3": 3, "high": 3, "serious": 3, "critical": 3, "indirect": 3, "major concerns": 3,
}  # fmt: skip
REPORTING = CONCERNS[1]
"""Until somebody has judged it: that nothing is hidden is not known."""
UNJUDGED = "Reporting bias is taken as some concerns in all comparisons: nobody has judged it"


def network_confidence(
    network: Network,
    fit: NetworkFit,
    found: Estimates,
    *,
    bias: Mapping[str, str],
    indirect: Mapping[str, str],
    margin: float,
    reporting: Mapping[str, str] | None = None,
    bias_rule: Rule = "average",
    indirect_rule: Rule = "average",
    contribution: Method = "shortest-path",
) -> Estimates:
    """Rate the confidence in every network estimate.

    Parameters
    ----------
    network, fit, found
        The network, its random-effects fit, and the rows of `network_meta_analysis`.
    bias, indirect
        Study to level: low, some concerns, high (or 1, 2, 3); direct, some, indirect.
    margin
        The smallest effect that matters, on the scale of analysis; above 0.
    reporting
        "A vs B" to no, some or major concerns; some concerns where nobody has judged.

    Returns
    -------
    Estimates
        Rows `certainty`, a comparison each.

    Raises
    ------
    DataError
        When a study has no level, or a word that is none.
    """
    shared = contributions(network, fit, contribution)
    last = (found.rows[0].label or "").partition(" vs ")[2] if found.rows else ""
    names = [_name(network, a, b, last) for a, b in shared.pairs]
    studies, share = _by_study(network, fit, shared.edges, shared.share)
    told = [(reporting or {}).get(name, REPORTING) for name in names]
    checked = checked_network(
        names,
        _effects(found, names),
        share,
        bias=_levels(bias, studies, "risk of bias"),
        indirect=_levels(indirect, studies, "indirectness"),
        reporting=told,
        split=_split(found, names),
        global_p=q_split(network).interaction.p,
        margin=margin,
    )
    rated = confidence(cinema(checked, bias_rule=bias_rule, indirect_rule=indirect_rule))
    if reporting:
        return rated
    rows = (replace(row, warnings=(*row.warnings, UNJUDGED)) for row in rated)
    return Estimates(tuple(rows))


def _name(network: Network, a: int, b: int, last: str) -> str:
    """Name a comparison as the rows do; the reference, of which the first row is, comes last."""
    one, two = network.treatments[a], network.treatments[b]
    return f"{two} vs {one}" if one == last else f"{one} vs {two}"


def _by_study(
    network: Network, fit: NetworkFit, edges: NDArray[np.intp], share: FloatArray
) -> tuple[list[str], FloatArray]:
    """Divide what a direct comparison contributes among its studies, by inverse variance."""
    direct = network.direct
    low, high = np.minimum(direct.first, direct.second), np.maximum(direct.first, direct.second)
    ends = np.sort(edges, axis=1)
    weight = np.zeros((len(edges), len(network.blocks)))
    for e, (a, b) in enumerate(ends):
        own = (low == a) & (high == b)
        np.add.at(weight[e], direct.study[own], 1 / (direct.v[own] + fit.tau2))
    weight /= weight.sum(axis=1, keepdims=True)
    return [block.name for block in network.blocks], share @ weight


def _levels(told: Mapping[str, str], studies: Sequence[str], what: str) -> NDArray[np.intp]:
    found = []
    for study in studies:
        word = str(told.get(study, "")).strip().casefold()
        if word not in LEVELS:
            came = f"{told[study]!r}" if study in told else "nothing"
            raise DataError(
                f"The {what} of {study} is {came}: say low, some concerns or high (1, 2, 3)."
            )
        found.append(LEVELS[word])
    return np.array(found)


def _effects(found: Estimates, names: Sequence[str]) -> dict[str, list[float]]:
    effects, ahead = _rows(found, "network-effect"), _rows(found, "prediction-interval")
    return {
        "estimate": [_value(effects, name, "estimate") for name in names],
        "low": [_value(effects, name, "low") for name in names],
        "high": [_value(effects, name, "high") for name in names],
        "prediction_low": [_value(ahead, name, "low") for name in names],
        "prediction_high": [_value(ahead, name, "high") for name in names],
    }


def _split(found: Estimates, names: Sequence[str]) -> dict[str, list[float]]:
    split = _rows(found, "node-split")
    columns = {"p": [_value(split, name, "p") for name in names]}
    for kind in ("direct", "indirect"):
        rows = _rows(found, f"{kind}-effect")
        for side in ("low", "high"):
            columns[f"{kind}_{side}"] = [_value(rows, name, side) for name in names]
    return columns


def _rows(found: Estimates, name: str) -> dict[str, Estimate]:
    return {row.label: row for row in found.select(name=name) if row.label is not None}


def _value(rows: Mapping[str, Estimate], name: str, field: str) -> float:
    row = rows.get(name)
    value = None if row is None else getattr(row, field)
    return math.nan if value is None else float(value)
