"""Comparators by kind: inert, active, low dose, waiting list, care as usual; and when joined.

Whoever can tell a comparator from the drug breaks transitivity: a placebo that everybody sees
through is another treatment than one that nobody does. So nodes are split by kind, and what would
have come of joining them is reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates
from equipoise.synthesis.network.fit import NetworkFit
from equipoise.synthesis.network.network import Network, find_treatment, make_network
from equipoise.synthesis.network.p_scores import SmallValues, p_scores
from equipoise.synthesis.network.study_blocks import StudyBlock

UNKNOWN = "kind unknown"
JOINED = "any comparator"
SHIFT = "P-scores among the treatments that both networks have; comparators joined less split"


@dataclass(frozen=True, slots=True, eq=False)
class ByKind:
    """The network with comparators split by kind, the one with them joined, and the names.

    `kinds` gives the kind of every split comparator, `joined_name` the node they become.
    """

    split: Network
    joined: Network
    kinds: dict[str, str]
    joined_name: str


def by_kind(
    network: Network,
    kinds: Mapping[tuple[str | None, str], str],
    *,
    joined_name: str | None = None,
) -> ByKind:
    """Split and join comparators.

    Parameters
    ----------
    kinds
        Kind by (study, treatment), or by (None, treatment) in all studies. A treatment that is of
        one kind keeps its name; one of several becomes "Placebo (inert)", "Placebo (active)", ...
    joined_name
        Of the node that all of them are joined to; the comparator's own name where it is one.

    Raises
    ------
    DataError
        When a treatment or study is not in the network.
    """
    placed = _placed(network, kinds)
    several = {
        t for t in {t for _, t in placed} if len({k for (_, o), k in placed.items() if o == t}) > 1
    }
    comparators = {t for _, t in placed}
    name = joined_name or (comparators.copy().pop() if len(comparators) == 1 else JOINED)
    if name in set(network.treatments) - comparators:
        raise DataError(f"{name!r} is a treatment already: give the joined node another name.")
    split, joined, of = [], [], {}
    for block in network.blocks:
        own = []
        for t in block.treatments:
            kind = placed.get((block.name, t))
            node = f"{t} ({kind})" if t in several else t
            own.append(node)
            if kind is not None:
                of[node] = kind
        split.append(block.renamed(tuple(own)))
        joined.append(
            block.renamed(tuple(name if t in comparators else t for t in block.treatments))
        )
    kept, lost = _apart(joined)
    notes = (f"Joined, these compare nothing: {', '.join(lost)}.",) if lost else ()
    scale, ratio = network.scale, network.ratio
    return ByKind(
        make_network(split, scale=scale, ratio=ratio, notes=network.notes),
        make_network(kept, scale=scale, ratio=ratio, notes=notes),
        of,
        name,
    )


def _placed(
    network: Network, kinds: Mapping[tuple[str | None, str], str]
) -> dict[tuple[str, str], str]:
    """Return the kind of every comparator's arm, by study and treatment."""
    studies = {block.name for block in network.blocks}
    by_place: dict[tuple[str | None, str], str] = {}
    for (study, treatment), kind in kinds.items():
        if study is not None and study not in studies:
            continue  # a study that was left out
        by_place[study, find_treatment(network.treatments, treatment)] = kind.strip()
    comparators = {treatment for _, treatment in by_place}
    return {
        (block.name, t): by_place.get((block.name, t)) or by_place.get((None, t)) or UNKNOWN
        for block in network.blocks
        for t in block.treatments
        if t in comparators
    }


def _apart(blocks: list[StudyBlock]) -> tuple[list[StudyBlock], list[str]]:
    kept = [block for block in blocks if len(set(block.treatments)) > 1]
    return kept, [block.name for block in blocks if len(set(block.treatments)) < 2]


def rank_shift_rows(
    kinds: ByKind,
    split: NetworkFit,
    joined: NetworkFit,
    *,
    small_values: SmallValues | None = None,
) -> Estimates:
    """Return how P-scores, ranks and effects move when comparators are joined.

    Returns
    -------
    Estimates
        `p-score-split`, `p-score-joined`, `p-score-shift` and `rank-shift` (label a treatment;
        below 0 it moves up), `joined-effect` ("A vs any comparator") and `effect-shift`
        ("A vs Placebo (inert)": joined less split).
    """
    shared = [t for t in kinds.split.treatments if t in kinds.joined.treatments]
    shared = [t for t in shared if t not in kinds.kinds and t != kinds.joined_name]
    scores = [
        _scores(network, fit, shared, small_values)
        for network, fit in ((kinds.split, split), (kinds.joined, joined))
    ]
    told = () if small_values else (
        "Nobody said whether small values are good or bad (--small-values): ranks here are for "
        "large values good.",
    )  # fmt: skip
    rows = []
    if len(shared) > 1:
        ranks = [_ranks(score) for score in scores]
        unit = "certainty of being better, mean over rivals"
        for name, values, of in (
            ("p-score-split", scores[0], unit),
            ("p-score-joined", scores[1], unit),
            ("p-score-shift", scores[1] - scores[0], "P-score joined less split"),
            ("rank-shift", ranks[1] - ranks[0], "ranks; below 0 it moves up when joined"),
        ):
            rows += [
                Estimate(name, label=t, estimate=float(v), unit=of, method=SHIFT, warnings=told)
                for t, v in zip(shared, values, strict=True)
            ]
    rows += _effects(kinds, split, joined, shared)
    if rows and kinds.joined.notes:
        rows[0] = replace(rows[0], warnings=(*rows[0].warnings, *kinds.joined.notes))
    return Estimates(tuple(rows))


def _scores(
    network: Network, fit: NetworkFit, shared: list[str], small_values: SmallValues | None
) -> np.ndarray:
    if len(shared) < 2:
        return np.zeros(0)
    at = np.array([network.treatments.index(t) for t in shared])
    inside = np.ix_(at, at)
    return p_scores(fit.differences[inside], fit.se[inside], small_values=small_values or "bad")


def _ranks(score: np.ndarray) -> np.ndarray:
    """Return ranks, 1 the highest score; equal scores share the best."""
    ahead: np.ndarray = (score[None, :] > score[:, None] + 1e-12).sum(axis=1)
    return 1.0 + ahead


def _effects(
    kinds: ByKind, split: NetworkFit, joined: NetworkFit, shared: list[str]
) -> list[Estimate]:
    rows, shifts = [], []
    unit = kinds.split.scale or "effect"
    one, two = kinds.split.treatments.index, kinds.joined.treatments.index
    for t in shared:
        whole = float(joined.differences[two(t), two(kinds.joined_name)])
        rows.append(
            Estimate(
                "joined-effect", label=f"{t} vs {kinds.joined_name}", estimate=whole, unit=unit,
                se=float(joined.se[two(t), two(kinds.joined_name)]), method="Comparators joined",
            )
        )  # fmt: skip
        shifts += [
            Estimate(
                "effect-shift", label=f"{t} vs {node}", unit=unit, method="Joined less split",
                estimate=whole - float(split.differences[one(t), one(node)]),
            )
            for node in sorted(kinds.kinds)
        ]  # fmt: skip
    return rows + shifts
