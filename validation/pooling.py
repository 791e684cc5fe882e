"""Type I error, coverage and bias of pooling where the truth is known.

    python3 tasks.py validate                          writes docs/validation-pooling.md, too
    python validation/pooling.py --trials 1000 --output quick.md

Two worlds. In the first, effects and random effects are normal and variances known, as the
methods suppose. In the second each study is a trial of two small arms whose Hedges' g and its
variance are estimated from normal scores, so that g and its variance go together. Studies differ
in size as published trials do: variances lie between 0.01 and 0.6, the larger ones rarer
(Brockwell & Gordon 2001, Stat Med 20:825-840, simulate with such variances).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import sqrt
from pathlib import Path

import numpy as np
from scipy.special import chdtri, gammaln, ndtri, stdtrit

from equipoise import __version__
from equipoise.synthesis.pairwise.tau2 import METHODS
from equipoise.synthesis.pairwise.tau2.generalised_q import where_q_equals
from equipoise.synthesis.pairwise.weighted import at_tau2

STUDIES = (3, 5, 10, 30)
TAU2 = (0.0, 0.05, 0.2)
WORLDS = ("known variances", "Hedges' g of small trials")
SIZES = (10, 60)
"""People an arm, in the second world: uniform between these."""
TAU2_METHODS = ("DL", "REML", "PM", "SJ")
LEVEL = 0.95
INTERVALS = ("z", "t", "hartung-knapp", "hartung-knapp-adhoc")


@dataclass(frozen=True)
class Cell:
    """Shares over the worlds of one cell."""

    world: str
    k: int
    tau2: float
    method: str
    bias_tau2: float
    type_1: dict[str, float]


def draw(
    rng: np.random.Generator, world: str, trials: int, k: int, tau2: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return effects and variances, shape (trials, k); the mean true effect is 0."""
    true = rng.normal(0, sqrt(tau2), (trials, k))
    if world == WORLDS[0]:
        v = np.empty((trials, k))
        todo = np.ones((trials, k), dtype=bool)
        while todo.any():  # a quarter of chi-square with 1 df, cut at 0.01 and 0.6
            v[todo] = 0.25 * rng.chisquare(1, int(todo.sum()))
            todo = (v < 0.01) | (v > 0.6)
        return rng.normal(true, np.sqrt(v)), v
    n = rng.integers(SIZES[0], SIZES[1] + 1, (trials, k))
    df = 2 * n - 2
    raw = rng.normal(true, np.sqrt(2 / n)) / np.sqrt(rng.chisquare(df) / df)
    exact = np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2)
    g = exact * raw
    return g, 2 / n + g**2 / (4 * n)


def cells(trials: int, seed: int = 20261125) -> Iterator[Cell]:
    """Simulate every cell."""
    z = float(ndtri((1 + LEVEL) / 2))
    for number, (world, k, tau2) in enumerate(product(WORLDS, STUDIES, TAU2)):
        y, v = draw(np.random.default_rng((seed, number)), world, trials, k, tau2)
        x, t = np.ones((k, 1)), float(stdtrit(k - 1, (1 + LEVEL) / 2))
        for method in TAU2_METHODS:
            estimate = METHODS[method].estimate(y, v, x)
            fit = at_tau2(y, v, x, estimate)
            mean, se = fit.beta[:, 0], np.sqrt(fit.inverse[:, 0, 0])
            factor = np.sqrt(fit.ypy / (k - 1))
            beyond = {
                "z": np.abs(mean) > z * se,
                "t": np.abs(mean) > t * se,
                "hartung-knapp": np.abs(mean) > t * se * factor,
                "hartung-knapp-adhoc": np.abs(mean) > t * se * np.maximum(factor, 1),
            }
            shares = {name: float(b.mean()) for name, b in beyond.items()}
            yield Cell(world, k, tau2, method, float(estimate.mean() - tau2), shares)


def profile(trials: int, seed: int = 20261125) -> Iterator[tuple[str, int, float, float, float]]:
    """Give the coverage of tau2 by the Q profile, and how often its interval is empty."""
    for number, (world, k, tau2) in enumerate(product(WORLDS, STUDIES, TAU2)):
        y, v = draw(np.random.default_rng((seed, number)), world, trials, k, tau2)
        q = at_tau2(y, v, np.ones((k, 1)), np.full(trials, tau2)).ypy
        low, high = (float(chdtri(k - 1, tail)) for tail in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
        # tau2 lies within where Q at it lies between the quantiles: below `low` it is at its edge
        covered = (q <= low) & (q >= high)
        top = where_q_equals(y, v, np.ones((k, 1)), high)
        yield world, k, tau2, float(covered.mean()), float((top == 0).mean())


def report(trials: int) -> str:
    """Write the page."""
    error = sqrt(0.05 * 0.95 / trials)
    found = list(cells(trials))
    lines = [
        "# Validation of pooling",
        "",
        f"Written by `python3 tasks.py validate` (equipoise {__version__}; {trials:,} "
        "meta-analyses a cell). The true mean is 0. Type I error is the share of two-sided p "
        "below .05, so coverage is 1 less it; its Monte Carlo standard error is "
        f"{error:.4f} at .05. Two worlds: effects with known variances (0.01 to 0.6, most of "
        "them small), and Hedges' g of trials with 10 to 60 people an arm, whose variance is "
        "estimated from the same scores.",
        "",
        _outside(found, error),
        "",
        "## Type I error of the mean",
    ]
    for world in WORLDS:
        lines += ["", f"### {world[0].upper()}{world[1:]}", "", _head(), _rule()]
        lines += [_line(cell, error) for cell in found if cell.world == world]
    lines += ["", "## Coverage of tau2 by the Q profile", ""]
    lines += ["| world | studies | tau2 | coverage | interval empty |", "|---|--:|--:|--:|--:|"]
    lines += [
        f"| {world} | {k} | {tau2:g} | {share:.3f} | {empty:.3f} |"
        for world, k, tau2, share, empty in profile(trials)
    ]
    return "\n".join(lines) + "\n"


def _outside(found: list[Cell], error: float) -> str:
    worst = {}
    for name in INTERVALS:
        shares = [(c.type_1[name], c) for c in found if c.method == "REML"]
        low, high = min(shares, key=lambda s: s[0]), max(shares, key=lambda s: s[0])
        off = sum(abs(s - 0.05) > 3 * error for s, _ in shares)
        worst[name] = (low, high, off, len(shares))
    told = [
        f"- {name}: {low[0]:.3f} (k = {low[1].k}, tau2 = {low[1].tau2:g}) to {high[0]:.3f} "
        f"(k = {high[1].k}, tau2 = {high[1].tau2:g}); {off} of {n} cells lie outside"
        for name, (low, high, off, n) in worst.items()
    ]
    return "\n".join(
        [
            "**With REML, from lowest to highest type I error**; outside means by more than three "
            "Monte Carlo standard errors:",
            "",
            *told,
        ]
    )


def _head() -> str:
    return "| studies | tau2 | method | bias of tau2 | " + " | ".join(INTERVALS) + " |"


def _rule() -> str:
    return "|--:|--:|---|--:|" + "--:|" * len(INTERVALS)


def _line(cell: Cell, error: float) -> str:
    shares = [
        f"**{s:.3f}**" if abs(s - 0.05) > 3 * error else f"{s:.3f}"
        for s in (cell.type_1[name] for name in INTERVALS)
    ]
    start = f"| {cell.k} | {cell.tau2:g} | {cell.method} | {cell.bias_tau2:+.3f} | "
    return start + " | ".join(shares) + " |"


def main() -> None:
    """Read the options, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    default = Path(__file__).parents[1] / "docs" / "validation-pooling.md"
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--output", type=Path, default=default)
    asked = parser.parse_args()
    asked.output.write_text(report(asked.trials), encoding="utf-8")
    print(f"Wrote {asked.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
