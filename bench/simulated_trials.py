"""Trials to time the MMRM on: n people, 5 visits, 2 arms, 12 coefficients, monotone dropout."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

VISITS = 5
LAG = np.abs(np.subtract.outer(np.arange(VISITS), np.arange(VISITS)))
SD = 5 + 0.5 * np.arange(VISITS)
SIGMA = np.outer(SD, SD) * 0.7**LAG
STAYS = 0.93  # chance to stay from one visit to the next: about 25 % lost at the last


@dataclass(frozen=True, eq=False)
class Trials:
    """`outcomes` (trials, n, visits) with NaN after dropout; `covariates` (trials, n, 4)."""

    outcomes: np.ndarray
    covariates: np.ndarray  # intercept, arm B, baseline, male


def design() -> np.ndarray:
    """Return (visits, 4, 12): x[i, visit] = covariates[i] @ design[visit]."""
    loading = np.zeros((VISITS, 4, 2 * VISITS + 2))
    for visit in range(VISITS):
        loading[visit, 0, visit] = 1  # the mean of arm A
        loading[visit, 1, VISITS + visit] = 1  # B - A
    loading[:, 2, -2] = loading[:, 3, -1] = 1  # baseline and sex, alike at each visit
    return loading


def simulate(count: int, people: int = 200, seed: int = 1) -> Trials:
    """Return trials; the first k are the same whatever `count` is."""
    outcomes = np.empty((count, people, VISITS))
    covariates = np.empty((count, people, 4))
    root = np.linalg.cholesky(SIGMA)
    for trial in range(count):
        rng = np.random.default_rng([seed, trial])
        arm, male = np.arange(people) % 2, rng.random(people) < 0.5
        baseline = 4 * rng.standard_normal(people)
        covariates[trial] = np.column_stack([np.ones(people), arm, baseline, male])
        mean = (20 + 0.5 * baseline + male)[:, None] - np.outer(1 + 0.5 * arm, np.arange(VISITS))
        y = mean + rng.standard_normal((people, VISITS)) @ root.T
        gone = np.cumsum(rng.random((people, VISITS)) > STAYS, axis=1) > 0
        gone[:, 0] = False
        outcomes[trial] = np.where(gone, np.nan, y)
    return Trials(outcomes, covariates)


def write_long(trials: Trials, path: Path) -> None:
    """Write seen rows: trial, person, arm, sex, baseline, visit, y."""
    with path.open("w", encoding="ascii") as out:
        out.write("trial,person,arm,sex,baseline,visit,y\n")
        for trial, person, visit in np.argwhere(~np.isnan(trials.outcomes)):
            _, arm, baseline, male = trials.covariates[trial, person]
            out.write(
                f"{trial},p{person},{'AB'[int(arm)]},{'fm'[int(male)]},{float(baseline)!r},"
                f"{visit + 1},{float(trials.outcomes[trial, person, visit])!r}\n"
            )
