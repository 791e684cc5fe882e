"""The effect had everybody guessed as chance would have it: regression on the blinding index.

y_i = b0 + b1 M_i + u_i + e_i with a b0 for each design class. Three answers side by side, since
none is the truth: the naive one takes the observed M_i as exact, the structural one and the
Bayesian one carry its sampling error. Where no trial is near M = 0, b0 is drawn from a line
beyond its points: the number stays, marked, and is refused as a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.blinding.chance_rows import (
    AT_CHANCE,
    SLOPE,
    bayesian_rows,
    label_of,
    naive_rows,
    structural_rows,
)
from equipoise.synthesis.blinding.gibbs import Priors
from equipoise.synthesis.blinding.indexed_trials import IndexedTrials, indexed
from equipoise.synthesis.blinding.rows import counted, fit_row
from equipoise.synthesis.effects import checked_effects
from equipoise.synthesis.pairwise import random_effects

if TYPE_CHECKING:
    from equipoise.synthesis.blinding.extrapolation import Reach
    from equipoise.synthesis.blinding.indices import TrialIndex
    from equipoise.synthesis.effects import Effects

FINDING = "finding-at-chance-guessing"


def chance_guessing(
    effects: Effects,
    index: TrialIndex,
    design: Sequence[str] | None = None,
    *,
    reference: str | None = None,
    correlation: float = 0.0,
    priors: Priors | None = None,
    draws: int = 4000,
    seed: int = 1,
    level: float = 0.95,
) -> Estimates:
    """Estimate the effect at chance guessing, three ways, and how far from the data it lies.

    Parameters
    ----------
    effects, index
        Of k trials; those without an index are counted and pooled apart.
    design : length k
        Design class of each trial; `reference` names the first of them.
    correlation
        See `indexed`.
    priors, draws, seed
        Of the Bayesian fit; draws of each of 4 chains.
    """
    trials = indexed(effects, index, design, reference=reference, correlation=correlation)
    found = _selection(effects, index, level)
    if len(trials.index) < len(trials.classes) + 3:
        reason = (
            f"{counted(len(trials.index))} with a blinding index cannot carry a slope with "
            f"{len(trials.classes)} design classes: it needs {len(trials.classes) + 3}."
        )
        return found + Estimates(refused=(Refusal(AT_CHANCE, reason),))
    naive = trials.naive()
    near = [trials.reach(i, naive.solution.w) for i in range(len(trials.classes))]
    found += naive_rows(trials, naive, level)
    found += _reliability(trials)
    found += _or_refusal("structural", lambda: structural_rows(trials, level))
    rng = np.random.default_rng(seed)
    chosen = priors or Priors()
    found += _or_refusal("Bayesian", lambda: bayesian_rows(trials, chosen, draws, rng, level))
    return _marked(found, trials, near) + _distance(trials, near)


def _selection(effects: Effects, index: TrialIndex, level: float) -> Estimates:
    """Pool the trials with and without an index: those that ask may differ from the rest."""
    found = Estimates()
    for label, rows in (("with a blinding index", index.known), ("without one", ~index.known)):
        k = int(rows.sum())
        about = f"Mean effect in the {counted(k)} {label}"
        found += Estimates((Estimate("studies", label, estimate=k, unit="studies"),))
        if k < 2:
            refusal = Refusal("pooled-effect", f"{counted(k)}: nothing to pool.", label=label)
            found += Estimates(refused=(refusal,))
            continue
        fit = random_effects(effects.take(rows))
        row = fit_row("pooled-effect", fit, level, label=label, unit=effects.scale, estimand=about)
        found += Estimates((row,))
    return found


def _reliability(trials: IndexedTrials) -> Estimates:
    """Say how much of the spread of observed indices is not sampling error."""
    if not (trials.index_variance > 0).all():
        return Estimates()
    seen = checked_effects(trials.index, trials.index_variance, trials.effects.study)
    fit = random_effects(seen, trials.X, test="z")
    typical = float(trials.index_variance.mean())
    row = Estimate(
        "index-reliability", estimate=fit.tau2 / (fit.tau2 + typical), unit="share of variance",
        estimand="Share of the spread of observed indices, within design classes, that is no "
        "sampling error: about this share of the slope is left in the naive one",
        method="tau2 of the indices by REML / (tau2 + their mean sampling variance)",
    )  # fmt: skip
    return Estimates((row,))


def _or_refusal(label: str, rows: Callable[[], Estimates]) -> Estimates:
    try:
        return rows()
    except NotIdentifiedError as error:
        return Estimates(refused=tuple(Refusal(n, str(error), label) for n in (AT_CHANCE, SLOPE)))


def _beyond(trials: IndexedTrials, near: Reach, of: str) -> str:
    """Say in one sentence how far index 0 lies from the trials."""
    which = "" if trials.classes == ("all",) else f" of class {of}"
    return (
        f"Extrapolated: the indices{which} run from {near.low:.2f} to {near.high:.2f}, the "
        f"nearest to chance is {trials.effects.study[near.nearest_row]}, and index 0 has "
        f"{near.leverage:.1f} times the leverage of any trial."
    )


def _marked(found: Estimates, trials: IndexedTrials, near: Sequence[Reach]) -> Estimates:
    """Put the extrapolation on every row it concerns, and refuse the sentence as a finding."""
    rows, refused = list(found.rows), list(found.refused)
    for of, one in zip(trials.classes, near, strict=True):
        if not one.extrapolates:
            continue
        text = _beyond(trials, one, of)
        labels = {label_of(method, trials, of) for method in ("naive", "structural", "Bayesian")}
        rows = [
            replace(row, warnings=(*row.warnings, text))
            if row.name == AT_CHANCE and row.label in labels
            else row
            for row in rows
        ]
        reason = f"{text} No sentence about blind trials can rest on these."
        refused.append(Refusal(FINDING, reason, None if of == "all" else of))
    return Estimates(tuple(rows), tuple(refused))


def _distance(trials: IndexedTrials, near: Sequence[Reach]) -> Estimates:
    rows = []
    for of, one in zip(trials.classes, near, strict=True):
        label = None if of == "all" else of
        study = trials.effects.study[one.nearest_row]
        rows += [
            Estimate(
                "distance-to-chance", label, estimate=one.nearest, unit="index",
                estimand=f"Smallest distance of a trial's index from 0: {study}",
            ),
            Estimate(
                "leverage-at-chance", label, estimate=one.leverage,
                unit="times the largest leverage among the trials",
                estimand="Above 1, or with 0 outside the range of indices, it is extrapolation",
            ),
        ]  # fmt: skip
    return Estimates(tuple(rows))
