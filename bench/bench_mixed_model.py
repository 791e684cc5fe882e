"""The random-intercept model with Satterthwaite df: equipoise, R's lmerTest, statsmodels."""

import importlib.util
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from timing import best, row

from equipoise.analysis import random_intercept_fit

R = """
suppressMessages(library(lmerTest))
d <- read.csv("{csv}")
f <- function() coef(summary(lmer(y ~ arm + x + (1 | person), d)))
invisible(f()); t <- system.time(for (i in 1:20) f())[["elapsed"]] / 20
cat(t)
"""


def lmer_test(csv: Path) -> float | None:
    """Return seconds a fit in R, or None without lmerTest."""
    if shutil.which("Rscript") is None:
        return None
    done = subprocess.run(
        ["Rscript", "-e", R.format(csv=csv)], capture_output=True, text=True, check=False
    )
    return float(done.stdout) if done.returncode == 0 else None


def stats_models(y, design, person) -> float | None:
    """Return seconds a fit in statsmodels (which has no Satterthwaite df), or None without it."""
    if importlib.util.find_spec("statsmodels") is None:
        return None
    from statsmodels.regression.mixed_linear_model import MixedLM  # noqa: PLC0415

    return best(lambda: MixedLM(y, design, groups=person).fit(reml=True), rounds=3)


def main() -> None:
    """Print the timings."""
    rng = np.random.default_rng(1)
    person = np.repeat(np.arange(239), 4)[:847]
    arm, x = rng.integers(0, 2, 847), rng.standard_normal(847)
    y = arm + x + 2 * rng.standard_normal(240)[person] + 2 * rng.standard_normal(847)
    design = np.column_stack([np.ones(847), arm, x])
    ours = best(lambda: random_intercept_fit(y, design, person).contrast([0, 1, 0]))
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "trial.csv"
        np.savetxt(
            csv, np.column_stack([y, arm, x, person]), "%.17g", ",", header="y,arm,x,person",
            comments="",
        )  # fmt: skip
        peers = {"lmerTest": lmer_test(csv), "statsmodels": stats_models(y, design, person)}
    for peer, seconds in peers.items():
        missing = f"{peer}: not installed, skipped"
        told = f"{peer}:" if seconds else missing
        row("mixed model, 847 rows of 239 people, df included", ours, told, seconds)


if __name__ == "__main__":
    main()
