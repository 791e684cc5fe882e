"""A network of 22 treatments and 93 studies beside R's netmeta: CPU seconds of one run.

Arms to league and ranks, Q by designs, and node split of every comparison; the network is made from
a seed. R finds its packages through R_LIBS; a peer that is absent is skipped, and said; with none
the program ends with 1. Numbers of both are compared before their times are. netmeta takes minutes.
"""

import os
import sys

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from timing import best, row

from equipoise.synthesis.network import (
    arms_of_table,
    fit_network,
    network_meta_analysis,
    network_of_arms,
    node_split,
    p_scores,
    q_split,
)

HERE = Path(__file__).parent
TREATMENTS, STUDIES = 22, 93


def made(seed: int = 22) -> pd.DataFrame:
    """Arms of 93 studies, 13 of three and 5 of four arms, each drug at least once with placebo."""
    rng = np.random.default_rng(seed)
    names = ["placebo", *(f"drug{k:02d}" for k in range(1, TREATMENTS))]
    truth = np.concatenate([[0.0], rng.normal(0.4, 0.3, TREATMENTS - 1)])
    chance = np.r_[6.0, np.ones(TREATMENTS - 1)] / (TREATMENTS + 5)
    rows = []
    for study in range(STUDIES):
        size = 2 if study < 75 else 3 if study < 88 else 4
        chosen = rng.choice(TREATMENTS, size, replace=False, p=chance)
        if study < TREATMENTS - 1:
            chosen = np.array([0, study + 1])
        base = rng.normal(-0.6, 0.4)
        for t in chosen:
            n = int(rng.integers(15, 160))
            p = 1 / (1 + np.exp(-(base + truth[t] + rng.normal(0, 0.2))))
            rows.append((study + 1, names[t], int(rng.binomial(n, p)), n))
    return pd.DataFrame(rows, columns=["study", "treatment", "events", "n"])


def peer(file: Path) -> dict[str, tuple[float, float]] | None:
    """Return netmeta's seconds and a number of each part; None where it is absent."""
    if shutil.which("Rscript") is None:
        print("netmeta: Rscript not found, skipped")
        return None
    command = ["Rscript", HERE / "peers" / "network.R", file]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if "rror" in line or "no package" in line]
        print(f"netmeta: skipped, R said: {' '.join(said)}")
        return None
    lines = [line.split(",") for line in done.stdout.splitlines() if line.count(",") == 2]
    return {what: (float(seconds), float(check)) for what, seconds, check in lines}


def main() -> int:
    table = made()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "arms.csv"
        table.to_csv(file, index=False)
        theirs = peer(file)

    def league():
        network = network_of_arms(arms_of_table(table))
        models = fit_network(network)
        for fit in (models.common, models.random):
            p_scores(fit.differences, fit.se)
        return network, models

    network, models = league()
    split = node_split(network, models.random)
    drug, placebo = network.index("drug01"), network.index("placebo")
    numbers = {
        "league": models.random.differences[drug, placebo],
        "q": q_split(network).between.q,
        "split": np.nansum(split.difference**2),
    }
    if theirs:
        for what, (_, check) in theirs.items():
            if not np.isclose(numbers[what], check, rtol=1e-7):
                print(f"{what}: ours {numbers[what]:.10g}, netmeta's {check:.10g}: not the same")
                return 1
    clock = time.process_time

    def splits():
        return [node_split(network, fit) for fit in (models.common, models.random)]

    parts = {
        "league": ("arms to league and ranks, both models", league),
        "q": ("Q within and between designs, each detached", lambda: q_split(network)),
        "split": ("node split of every comparison, both models", splits),
    }
    spent = {what: best(function, clock=clock) for what, (_, function) in parts.items()}
    for what, (told, _) in parts.items():
        row(told, spent[what], "netmeta:" if theirs else "netmeta: skipped",
            theirs[what][0] if theirs else None)  # fmt: skip
    whole = sum(seconds for seconds, _ in theirs.values()) if theirs else None
    told = "netmeta:" if theirs else "netmeta: skipped"
    row("all three", sum(spent.values()), told, whole)

    def rows():
        return network_meta_analysis(network_of_arms(arms_of_table(table)), contribution=None)

    row("the same as documented rows (Estimates)", best(rows, clock=clock), told, whole)
    return 0 if theirs else 1


if __name__ == "__main__":
    sys.exit(main())
