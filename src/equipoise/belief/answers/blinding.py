"""How well the trial was blind: correct guesses, blinding indices, information leak."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from equipoise.belief.answers.wording import DESCRIPTIVE, ROWS_NOT_INDEPENDENT
from equipoise.belief.bang_index import bang_index, certainty_weighted_bang
from equipoise.belief.guess_rates import correct_guess_rate, difference_index, fisher_exact
from equipoise.belief.index_intervals import Index, clustered_se
from equipoise.belief.information_leak import information_leak_estimates
from equipoise.belief.james_index import james_gradient, james_index
from equipoise.estimates import Estimate, Estimates

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.belief.comparison import Comparison
    from equipoise.belief.guesses import Guesses

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]

METHODS = {
    "correct-guess-rate": "Share of right guesses among all answers",
    "bang-index": "Bang, Ni & Davis 2004, Control Clin Trials 25:143",
    "james-index": "James et al. 1996, Stat Med 15:1421",
    "belief-difference-index": (
        "P(guess active | active) - P(guess active | control), Petroff et al. 2024"
    ),
}
INTERVALS = {  # the default one of a row without a label
    "correct-guess-rate": "Wilson (1927) interval",
    "bang-index": "score interval",
    "james-index": "Dirichlet (Jeffreys) interval",
    "belief-difference-index": "Newcombe (1998) interval",
}
WEIGHTED = "certainty-weighted"
UNITS = {
    "correct-guess-rate": "share of answers (0.5 is chance with two arms)",
    "bang-index": "unitless (1 all right, 0 chance, -1 all wrong)",
    "james-index": "unitless (1 all don't know, 0.5 chance, 0 all right)",
    "belief-difference-index": "difference of shares (0 blind, 1 all right)",
}
SEVERAL_ARMS = {
    "correct-guess-rate": "share of answers (chance is 1 over the number of arms)",
    "bang-index": "unitless (1 all right, -1 all wrong; chance is below 0 with several arms)",
}


def answer(c: Comparison) -> Estimates:
    """Return every blinding index of the rows that have a guess, over all arms."""
    guesses = c.all_guesses.take(c.all_guesses.answered)
    rows = (
        *_correct_rates(c, guesses),
        *_bang(c, guesses),
        *_james(c, guesses),
        *_difference(c, guesses),
        *_certainty_weighted(c, guesses),
    )
    leak = information_leak_estimates(
        guesses.arm,
        guesses.guess,
        rng=c.rng("information leak"),
        cluster=guesses.person if guesses.repeated else None,
        draws=min(c.draws, 2_000),
        level=c.level,
    )
    return Estimates(rows) + leak


def _method(c: Comparison, name: str, label: str | None) -> str:
    """Say how a row was estimated, and which interval it has."""
    if label == WEIGHTED:
        return f"{METHODS[name]}, guesses weighted by certainty; interval on Fisher's z scale"
    clustered = ", errors summed within people" if label else ""
    if c.interval == "wald":
        interval = "normal interval"
    else:
        interval = "interval on Fisher's z scale" if label else INTERVALS[name]
    return f"{METHODS[name]}{clustered}; {interval}"


def _row(
    c: Comparison,
    name: str,
    index: Index,
    *,
    repeated: bool,
    arm: str | None = None,
    label: str | None = None,
    warnings: tuple[str, ...] = (),
) -> Estimate:
    naive = (ROWS_NOT_INDEPENDENT,) if repeated and label is None else ()
    return Estimate(
        name,
        label,
        arm=arm,
        estimate=float(index.estimate),
        se=float(index.se),
        low=float(index.low),
        high=float(index.high),
        level=c.level,
        unit=(UNITS | SEVERAL_ARMS if len(c.every_arm) > 2 else UNITS)[name],
        estimand="Blinding of the participants' guesses",
        method=_method(c, name, label),
        assumptions=DESCRIPTIVE,
        warnings=warnings + naive,
    )


def _clustered(c: Comparison, estimate: float, residual: FloatArray, person: IntArray) -> Index:
    """Sum residuals within people; interval on Fisher's z scale where it must stay in [-1, 1]."""
    se = float(clustered_se(residual, person))
    z = ndtri((1 + c.level) / 2)
    if c.interval == "wald" or abs(estimate) >= 1:
        return Index(*map(np.asarray, (estimate, se, estimate - z * se, estimate + z * se)))
    half = z * se / (1 - estimate**2)
    centre = np.arctanh(estimate)
    return Index(*map(np.asarray, (estimate, se, np.tanh(centre - half), np.tanh(centre + half))))


def _correct_rates(c: Comparison, guesses: Guesses) -> tuple[Estimate, ...]:
    table = guesses.table()
    right = np.append(np.trace(table[:-1]), np.diagonal(table))
    n = np.append(table.sum(), table.sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        index = correct_guess_rate(right, n, interval=c.interval, level=c.level)
    arms = (None, *guesses.arms)
    rows = []
    for k, arm in enumerate(arms):
        if not n[k]:
            continue
        one = Index(*(v[k] for v in index))
        rows.append(_row(c, "correct-guess-rate", one, repeated=guesses.repeated, arm=arm))
        if guesses.repeated:
            members = np.ones_like(guesses.arm, dtype=bool) if arm is None else guesses.arm == k - 1
            hit = 2.0 * (guesses.guess == guesses.arm)[members] - 1  # the rate on [-1, 1]
            twice = _clustered(c, hit.mean(), hit - hit.mean(), guesses.person[members])
            rate = Index((1 + twice[0]) / 2, twice[1] / 2, *((1 + v) / 2 for v in twice[2:]))
            rows.append(
                _row(
                    c, "correct-guess-rate", rate, repeated=True, arm=arm, label="person-clustered"
                )
            )
    return tuple(rows)


def _signed(guesses: Guesses) -> FloatArray:
    """+1 right, -1 wrong, 0 don't know."""
    unsure = guesses.guess == len(guesses.arms)
    return np.where(unsure, 0.0, np.where(guesses.guess == guesses.arm, 1.0, -1.0))


def _bang(c: Comparison, guesses: Guesses) -> tuple[Estimate, ...]:
    table = guesses.table()
    right, unsure, n = np.diagonal(table), table[-1], table.sum(axis=0)
    present = np.flatnonzero(n)
    counts = np.stack([right, n - right - unsure, unsure], axis=1)[present]
    index = bang_index(counts, interval=c.interval, level=c.level)
    several = (
        f"One arm against the rest of {len(guesses.arms)}: chance is below 0 here, "
        "since a random guess is wrong more often than right.",
    )
    warnings = several if len(guesses.arms) > 2 else ()
    signed = _signed(guesses)
    rows = []
    for place, k in enumerate(present):
        arm = guesses.arms[k]
        one = Index(*(v[place] for v in index))
        repeated = guesses.repeated
        rows.append(_row(c, "bang-index", one, repeated=repeated, arm=arm, warnings=warnings))
        if repeated:
            members = guesses.arm == k
            residual = signed[members] - one.estimate
            clustered = _clustered(c, float(one.estimate), residual, guesses.person[members])
            rows.append(
                _row(
                    c,
                    "bang-index",
                    clustered,
                    repeated=True,
                    arm=arm,
                    label="person-clustered",
                    warnings=warnings,
                )
            )
    return tuple(rows)


def _james(c: Comparison, guesses: Guesses) -> tuple[Estimate, ...]:
    table = guesses.table()
    if not table.any(axis=0).all():
        return ()
    warning = (
        "One number for the whole trial: opposite biases of two arms cancel in it; read Bang's "
        "index of each arm.",
    )
    index = james_index(table, interval=c.interval, level=c.level, rng=c.rng("james"))
    rows = [_row(c, "james-index", index, repeated=guesses.repeated, warnings=warning)]
    if guesses.repeated:
        gradient = james_gradient(table / table.sum())[guesses.guess, guesses.arm]
        residual = 2 * (gradient - gradient.mean())  # James' index on [-1, 1], as Fisher's z wants
        twice = _clustered(c, 2 * float(index.estimate) - 1, residual, guesses.person)
        clustered = Index((1 + twice[0]) / 2, twice[1] / 2, *((1 + v) / 2 for v in twice[2:]))
        rows.append(
            _row(
                c,
                "james-index",
                clustered,
                repeated=True,
                label="person-clustered",
                warnings=warning,
            )
        )
    return tuple(rows)


def _difference(c: Comparison, guesses: Guesses) -> tuple[Estimate, ...]:
    table = guesses.table()
    n = table.sum(axis=0)[[1, 0]]
    if not n.all():
        return ()
    said = table[1, [1, 0]]
    index = difference_index(said, n, interval=c.interval, level=c.level)
    first = _row(c, "belief-difference-index", index, repeated=guesses.repeated)
    if not guesses.repeated:
        exact = "; p Fisher's exact test of guess by arm"
        first = replace(first, p=fisher_exact(said, n), method=f"{first.method}{exact}")
    rows = [first]
    if guesses.repeated:
        two = guesses.arm < 2
        active = guesses.arm[two] == 1
        hit = (guesses.guess[two] == 1).astype(np.float64)
        mean = np.where(active, said[0] / n[0], said[1] / n[1])
        sign = np.where(active, 1 / n[0], -1 / n[1]) * len(hit)
        clustered = _clustered(c, float(index.estimate), sign * (hit - mean), guesses.person[two])
        rows.append(
            _row(c, "belief-difference-index", clustered, repeated=True, label="person-clustered")
        )
    return tuple(rows)


def _certainty_weighted(c: Comparison, guesses: Guesses) -> tuple[Estimate, ...]:
    unsure = guesses.guess == len(guesses.arms)  # stays in the denominator, asked or not
    certainty = np.where(unsure, 0.0, guesses.certainty)
    if not np.isfinite(guesses.certainty).any():
        return ()
    asked = np.isfinite(certainty)
    rows = []
    for k, arm in enumerate(guesses.arms):
        members = asked & (guesses.arm == k)
        if members.sum() < 2:
            continue
        index = certainty_weighted_bang(
            _signed(guesses)[members],
            certainty[members],
            guesses.person[members] if guesses.repeated else None,
            c.level,
        )
        rows.append(
            _row(
                c,
                "bang-index",
                index,
                repeated=guesses.repeated,
                arm=arm,
                label=WEIGHTED,
            )
        )
    return tuple(rows)
