"""CINeMA: six domains of each comparison of a network, and the confidence that they leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.estimates import Estimate, Estimates
from equipoise.synthesis.judgement.cinema.by_contribution import Rule, level_by_contribution
from equipoise.synthesis.judgement.cinema.by_interval import (
    heterogeneity_levels,
    imprecision_levels,
    incoherence_of_mixed,
    incoherence_of_one_kind,
)
from equipoise.synthesis.judgement.cinema.concerns import CONCERNS, SOURCE
from equipoise.synthesis.judgement.cinema.network import EFFECTS, SPLIT, Network
from equipoise.synthesis.judgement.grade.certainty import UNIT, WORDS
from equipoise.synthesis.judgement.record import Judgement

IntArray = NDArray[np.intp]
THRESHOLDS = {
    "within-study-bias": "level by contribution: 1 none, 2 some, 3 major",
    "reporting-bias": "judged by people",
    "indirectness": "level by contribution: 1 none, 2 some, 3 major",
    "imprecision": "beyond no effect: some; beyond the opposite margin: major",
    "heterogeneity": "areas that the prediction interval adds: 1 some, 2 major",
    "incoherence": "p above 0.10: none; else areas that one of direct and indirect reaches alone",
}
DOMAINS = tuple(THRESHOLDS)


def cinema(
    network: Network, *, bias_rule: Rule = "average", indirect_rule: Rule = "average"
) -> dict[str, tuple[Judgement, ...]]:
    """Judge the six domains of every comparison.

    Returns
    -------
    dict
        Comparison to six records whose decision is no, some or major concerns. Change one with
        `record.decided` before `confidence`.
    """
    levels = _levels(network, bias_rule, indirect_rule)
    rules = {"within-study-bias": bias_rule, "indirectness": indirect_rule}
    return {
        name: tuple(
            Judgement(
                f"cinema-{domain}",
                name,
                _inputs(network, domain, k) | ({"rule": rules[domain]} if domain in rules else {}),
                THRESHOLDS[domain],
                CONCERNS[levels[domain][k]],
                reason=THRESHOLDS[domain],
            )
            for domain in DOMAINS
        )
        for k, name in enumerate(network.comparisons)
    }


def confidence(judged: Mapping[str, Sequence[Judgement]]) -> Estimates:
    """Return rows named ``certainty``, a comparison each.

    From high, one level less for each domain with some concerns, two for major. The authors warn
    that imprecision, heterogeneity and incoherence overlap: a person may decide that they count
    together, by deciding one of them otherwise.
    """
    return Estimates(tuple(_row(name, judgements) for name, judgements in judged.items()))


def _row(name: str, judgements: Sequence[Judgement]) -> Estimate:
    lost = {
        one.rule.removeprefix("cinema-"): CONCERNS.index(str(one.decision)) for one in judgements
    }
    level = max(4 - sum(lost.values()), 1)
    overlap = sum(lost[domain] > 0 for domain in ("imprecision", "heterogeneity", "incoherence"))
    warning = "imprecision, heterogeneity and incoherence overlap: look whether they count together"
    return Estimate(
        "certainty",
        label=name,
        estimate=level,
        unit=UNIT,
        estimand=f"confidence in the network estimate: {WORDS[level]}",
        method=SOURCE,
        assumptions=tuple(
            f"{one.rule.removeprefix('cinema-').replace('-', ' ')}: {one.decision}"
            + (f" ({one.author}: {one.reason})" if one.overridden else "")
            for one in judgements
        ),
        warnings=(warning,) if overlap > 1 else (),
    )


def _levels(network: Network, bias_rule: Rule, indirect_rule: Rule) -> dict[str, IntArray]:
    estimate, low, high, prediction_low, prediction_high = (network.effects[k] for k in EFFECTS)
    share, margin = network.contributions, network.margin
    return {
        "within-study-bias": level_by_contribution(share, network.bias, bias_rule) - 1,
        "reporting-bias": np.array([CONCERNS.index(one) for one in network.reporting]),
        "indirectness": level_by_contribution(share, network.indirect, indirect_rule) - 1,
        "imprecision": imprecision_levels(estimate, (low, high), margin),
        "heterogeneity": heterogeneity_levels(
            (low, high), (prediction_low, prediction_high), margin
        ),
        "incoherence": _incoherence(network),
    }


def _incoherence(network: Network) -> IntArray:
    mixed = np.isfinite(network.split["p"])
    levels = np.zeros(len(mixed), dtype=np.intp)
    if mixed.any():
        p, *limits = (network.split[name][mixed] for name in SPLIT)
        direct, indirect = (limits[0], limits[1]), (limits[2], limits[3])
        levels[mixed] = incoherence_of_mixed(p, direct, indirect, network.margin)
    if not mixed.all():
        levels[~mixed] = incoherence_of_one_kind(network.global_p)
    return levels


def _inputs(network: Network, domain: str, k: int) -> dict[str, Any]:
    """Return what a domain's rule read of comparison k."""
    if domain in ("within-study-bias", "indirectness"):
        levels = network.bias if domain == "within-study-bias" else network.indirect
        share = [float(network.contributions[k, levels == level].sum()) for level in (1, 2, 3)]
        return {"share_low_moderate_high": [round(one, 9) for one in share]}
    if domain == "reporting-bias":
        return {"judged": network.reporting[k]}
    columns = network.split if domain == "incoherence" else network.effects
    read = {name: float(values[k]) for name, values in columns.items()}
    extra = {"global_p": network.global_p} if domain == "incoherence" else {}
    return read | extra | {"margin": network.margin}
