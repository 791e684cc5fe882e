"""Type I error, coverage and bias of the MMRM's df methods in trials whose truth is known.

    python3 tasks.py validate                          writes docs/validation-mmrm.md, too
    python validation/mmrm_df.py --trials 500 --output /tmp/quick.md

A depression trial: baseline and four visits, two arms, unstructured covariance in truth and in
the analysis. Dropout is missing at random: the worse a score, the likelier the person is gone at
the next visit. Streams are keyed by (people, dropout, effect, block).
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):  # one worker, one core
    os.environ.setdefault(name, "1")

import numpy as np

from equipoise import __version__
from equipoise.analysis import fit_many, fit_mmrm
from equipoise.errors import NotIdentifiedError

PER_ARM = (20, 40, 100)
DROPOUT = (0.0, 0.2, 0.4)
EFFECTS = (0.0, -3.0)
VISITS = 4
SD = np.array([5.5, 6.5, 7.0, 7.5])
CORRELATION = 0.75 ** np.abs(np.subtract.outer(np.arange(VISITS), np.arange(VISITS)))
SIGMA = np.outer(SD, SD) * CORRELATION
MEANS = np.array([21.0, 18.0, 16.0, 15.0])
BLOCK = 500
MANY = ("satterthwaite", "kenward-roger", "kenward-roger-linear", "residual")
ONE_BY_ONE = {"between-within": None, "sandwich CR0": "CR0", "CR2": "CR2", "CR3": "CR3"}


@dataclass(frozen=True)
class Cell:
    """One method at one size, dropout and effect; numbers over its trials."""

    per_arm: int
    dropout: float
    effect: float
    method: str
    estimate: np.ndarray
    covered: np.ndarray
    refused: int

    @property
    def bias(self) -> tuple[float, float]:
        """Mean error and its Monte Carlo standard error."""
        n = len(self.estimate)
        return float(self.estimate.mean() - self.effect), float(self.estimate.std() / n**0.5)

    @property
    def coverage(self) -> tuple[float, float]:
        """Share of intervals with the truth, and its Monte Carlo standard error."""
        share = float(self.covered.mean())
        return share, float((share * (1 - share) / len(self.covered)) ** 0.5)


def draw(
    rng: np.random.Generator, trials: int, per_arm: int, dropout: float, effect: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes (trials, n, visits) with NaN, and facts (trials, n, 3)."""
    n = 2 * per_arm
    arm = np.repeat([0.0, 1.0], per_arm)
    baseline = rng.normal(24, 4, (trials, n))
    noise = rng.normal(size=(trials, n, VISITS)) @ np.linalg.cholesky(SIGMA).T
    growing = effect * np.arange(1, VISITS + 1) / VISITS
    full = MEANS + 0.6 * (baseline - 24)[:, :, None] + arm[None, :, None] * growing + noise
    y = full.copy()
    gone = np.zeros((trials, n), dtype=bool)
    hazard = 1 - (1 - dropout) ** (1 / (VISITS - 1))
    for visit in range(1, VISITS):
        worse = (full[:, :, visit - 1] - MEANS[visit - 1]) / SD[visit - 1]
        chance = np.clip(hazard * (1 + 0.8 * np.tanh(worse)), 0, 1)
        gone |= rng.random((trials, n)) < chance
        y[:, :, visit][gone] = np.nan
    facts = np.stack((np.ones((trials, n)), np.broadcast_to(arm, (trials, n)), baseline), axis=2)
    return y, facts


def cells_of(job: tuple[int, float, float, int]) -> list[Cell]:
    """Analyse all trials of one size, dropout and effect by every method."""
    per_arm, dropout, effect, trials = job
    contrast = np.zeros((1, 3 * VISITS))
    contrast[0, 3 * (VISITS - 1) + 1] = 1  # the arm at the last visit
    parts: dict[str, list[tuple[np.ndarray, np.ndarray, int]]] = {}
    for block in range(0, trials, BLOCK):
        key = (20261125, per_arm, round(100 * dropout), round(-10 * effect), block)
        y, facts = draw(
            np.random.default_rng(key), min(BLOCK, trials - block), per_arm, dropout, effect
        )
        for method in MANY:
            many = fit_many(y, facts, contrasts=contrast, df=method)
            estimate, ok = many.estimate[:, 0], many.fitted
            covered = np.abs(estimate - effect) <= quantile(many.df[:, 0]) * many.se[:, 0]
            parts.setdefault(method, []).append((estimate[ok], covered[ok], int((~ok).sum())))
        few = slice(0, len(y) // 5)
        for method, found in singly(y[few], facts[few], contrast, effect).items():
            parts.setdefault(method, []).append(found)
    cells = []
    for method, found in parts.items():
        estimates, covered, refused = zip(*found, strict=True)
        numbers = (np.concatenate(estimates), np.concatenate(covered), sum(refused))
        cells.append(Cell(per_arm, dropout, effect, method, *numbers))
    return cells


def singly(
    outcomes: np.ndarray, facts: np.ndarray, contrast: np.ndarray, effect: float
) -> dict[str, tuple[np.ndarray, np.ndarray, int]]:
    """Analyse trials one by one by the methods that need their rows."""
    found: dict[str, list[tuple[float, bool]]] = {method: [] for method in ONE_BY_ONE}
    refused = dict.fromkeys(ONE_BY_ONE, 0)
    for y, u in zip(outcomes, facts, strict=True):
        person, visit = np.nonzero(~np.isnan(y))
        X = np.zeros((len(person), 3 * VISITS))
        for column in range(3):
            X[np.arange(len(person)), 3 * visit + column] = u[person, column]
        for method, robust in ONE_BY_ONE.items():
            try:
                fit = fit_mmrm(
                    y[person, visit],
                    X,
                    person,
                    visit,
                    columns=[f"x{j}" for j in range(X.shape[1])],
                    visits=[str(v) for v in range(VISITS)],
                    df="between-within" if robust is None else "satterthwaite",
                    robust=robust,
                )
            except NotIdentifiedError:
                refused[method] += 1
                continue
            (estimate,), (se,), (df,) = fit.contrasts(contrast)
            found[method].append((estimate, abs(estimate - effect) <= quantile(df) * se))
    return {
        method: (np.array([e for e, _ in rows]), np.array([c for _, c in rows]), refused[method])
        for method, rows in found.items()
    }


def quantile(df: np.ndarray | float) -> np.ndarray:
    """Return the upper 2.5 % point of t."""
    from scipy.special import stdtrit  # noqa: PLC0415

    return np.asarray(stdtrit(df, 0.975))


def page(cells: list[Cell], trials: int) -> str:
    """Write the page."""
    parts = [
        "# Validation of the MMRM: degrees of freedom",
        f"Written by `python3 tasks.py validate` (equipoise {__version__}; {trials:,} trials a "
        "cell, a fifth of that for the methods marked †, which are fitted one by one). Two arms, a "
        "baseline covariate at every visit, four visits, unstructured covariance, REML. Dropout is "
        "missing at random and depends on the last score; the column says which share of people "
        "is gone at the last visit. The estimate is the effect at the last visit: 0, or -3 points "
        "(the sd is 7.5). Type I error is the share of two-sided p below .05 where the effect is "
        "0. Monte Carlo standard errors stand in brackets.",
        "**Outside 5 % by more than three Monte Carlo standard errors**, where the effect is 0:",
        "\n".join(f"- {line}" for line in departures(cells)) or "- none",
    ]
    for effect, title in (
        (0.0, "No effect: type I error"),
        (-3.0, "An effect of -3 points: coverage"),
    ):
        parts += [f"## {title}", table([c for c in cells if c.effect == effect], effect)]
    return "\n\n".join(parts) + "\n"


def departures(cells: list[Cell]) -> list[str]:
    """Name each method with a wrong type I error, and where."""
    lines: dict[str, list[str]] = {}
    for c in cells:
        covered, _ = c.coverage
        se = (0.05 * 0.95 / len(c.covered)) ** 0.5
        if c.effect == 0 and abs(1 - covered - 0.05) > 3 * se:
            where = f"{1 - covered:.3f} with {c.per_arm} per arm and {c.dropout:.0%} dropout"
            lines.setdefault(c.method, []).append(where)
    return [f"{method}: {'; '.join(places)}" for method, places in lines.items()]


def table(cells: list[Cell], effect: float) -> str:
    """Write a row for each size, dropout and method."""
    last = "type I error (MC se)" if effect == 0 else "coverage (MC se)"
    lines = [
        f"| per arm | dropout | method | trials | refused | bias (MC se) | {last} |",
        "|--:|--:|---|--:|--:|--:|--:|",
    ]
    for c in cells:
        (bias, bias_se), (covered, se) = c.bias, c.coverage
        share = 1 - covered if effect == 0 else covered
        mark = " †" if c.method in ONE_BY_ONE else ""
        lines.append(
            f"| {c.per_arm} | {c.dropout:.0%} | {c.method}{mark} | {len(c.estimate):,} "
            f"| {c.refused} | "
            f"{bias:+.3f} ({bias_se:.3f}) | {share:.3f} ({se:.3f}) |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run all jobs on all cores and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--output", type=Path, default=Path("docs/validation-mmrm.md"))
    options = parser.parse_args()
    jobs = [(*job, options.trials) for job in product(PER_ARM, DROPOUT, EFFECTS)]
    cells: list[Cell] = []
    with ProcessPoolExecutor(options.workers) as pool:
        for done, found in enumerate(pool.map(cells_of, jobs), start=1):
            cells += found
            print(f"[{done}/{len(jobs)}] {found[0].per_arm} per arm", file=sys.stderr, flush=True)
    options.output.write_text(page(cells, options.trials), encoding="utf-8")
    print(f"Wrote {options.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
