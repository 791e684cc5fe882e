"""Pooling beside R's metafor and Python's PyMARE: CPU seconds of one run.

R finds metafor through R_LIBS (which version: docs/peers.md); PyMARE is found where it is
installed. A peer that is absent is skipped, and said. R's permutations and bootstraps are timed on
fewer than ours and scaled up: each takes the same time. `--quick` takes fewer of R's still.
"""

import os
import sys

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from timing import best, row

from equipoise.synthesis import Effects, checked_effects
from equipoise.synthesis.pairwise import random_effects
from equipoise.synthesis.pairwise.bootstrap import bootstrap
from equipoise.synthesis.pairwise.influence import influence, leave_one_out
from equipoise.synthesis.pairwise.permutation import permutation_test

HERE = Path(__file__).parent
QUICK = "--quick" in sys.argv
DRAWS = 10_000
R_DRAWS = 50 if QUICK else 300


def cpu(function, rounds=5) -> float:
    """Return CPU seconds of a call."""
    return best(function, rounds=rounds, clock=time.process_time)


def made(k: int) -> Effects:
    """Draw k studies: mean -0.3, tau 0.3, standard errors of 0.1 to 0.5."""
    rng = np.random.default_rng(k)
    se = rng.uniform(0.1, 0.5, k)
    return checked_effects(rng.normal(-0.3, np.hypot(0.3, se)), se**2)


def metafor(studies: dict[int, Effects]) -> dict[str, float]:
    """Return R's CPU seconds by task; empty where R or metafor is absent."""
    if shutil.which("Rscript") is None:
        print("metafor: Rscript not found, skipped")
        return {}
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "effects.csv"
        rows = [
            f"{k},{float(y)!r},{float(v)!r}"
            for k, effects in studies.items()
            for y, v in zip(effects.y, effects.v, strict=True)
        ]
        csv.write_text("\n".join(["k,y,v", *rows]), encoding="utf-8")
        command = ["Rscript", HERE / "peers" / "pairwise.R", csv, str(R_DRAWS), str(R_DRAWS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"metafor: skipped, {done.stderr.strip().splitlines()[-1]}")
        return {}
    cells = [line.split(",") for line in done.stdout.splitlines()]
    return {name: float(ms) / 1000 for name, ms, *_ in cells}


def pymare(studies: dict[int, Effects]) -> dict[str, float]:
    """Return PyMARE's CPU seconds by task; empty where it is absent."""
    try:
        from pymare import Dataset  # noqa: PLC0415
        from pymare.estimators import (  # noqa: PLC0415
            DerSimonianLaird,
            VarianceBasedLikelihoodEstimator,
        )
    except ImportError as error:
        print(f"PyMARE: skipped, {error}")
        return {}
    found = {}
    for k, effects in studies.items():
        data = Dataset(y=effects.y[:, None], v=effects.v[:, None], X=None, add_intercept=True)
        for name, estimator in (
            ("reml", VarianceBasedLikelihoodEstimator(method="REML")),
            ("dl", DerSimonianLaird()),
        ):
            found[f"{name} {k}"] = cpu(lambda e=estimator, d=data: e.fit_dataset(d).summary())
    data = Dataset(y=studies[30].y[:, None], v=studies[30].v[:, None], X=None, add_intercept=True)
    summary = DerSimonianLaird().fit_dataset(data).summary()
    found["permutations"] = cpu(lambda: summary.permutation_test(DRAWS), rounds=3)
    return found


def main() -> None:
    warnings.simplefilter("ignore")  # PyMARE's
    studies = {k: made(k) for k in (30, 1000)}
    theirs = {"metafor": metafor(studies), "PyMARE": pymare(studies)}
    fits = {
        name: random_effects(studies[30], method=name.upper(), test="z") for name in ("dl", "reml")
    }
    ours: dict[str, tuple[str, float]] = {}
    for k, effects in studies.items():
        for name in ("reml", "dl"):
            spent = cpu(lambda e=effects, m=name: random_effects(e, method=m.upper()))
            ours[f"{name} {k}"] = (f"{name.upper()}, k = {k}", spent)
    rng = np.random.default_rng(1)
    ours["permutations"] = (
        f"{DRAWS:,} sign flips, DL, k = 30",
        cpu(lambda: permutation_test(fits["dl"], rng, DRAWS), rounds=3),
    )
    ours["bootstraps"] = (
        f"{DRAWS:,} bootstraps of REML, k = 30",
        cpu(lambda: bootstrap(fits["reml"], rng, DRAWS), rounds=3),
    )
    ours["leave one out"] = (
        "leave one out, REML, k = 30",
        cpu(lambda: leave_one_out(fits["reml"])),
    )
    ours["influence"] = ("influence, REML, k = 30", cpu(lambda: influence(fits["reml"])))
    scaled = {"permutations": DRAWS, "bootstraps": DRAWS}
    for task, (words, seconds) in ours.items():
        for peer, times in theirs.items():
            if task in times:
                per = scaled.get(task, 1) if peer == "metafor" else 1
                row(words, seconds, peer, per * times[task])


if __name__ == "__main__":
    main()
