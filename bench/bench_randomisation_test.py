"""The randomisation test, 200 people in 4 strata and blocks of 4: equipoise and R's coin."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from timing import best, row

from equipoise.allocation import minimisation, permuted_blocks, random_allocation_rule
from equipoise.analysis import randomisation_test

DRAWS = 1_000_000
R = """
suppressMessages(library(coin))
d <- read.csv("{csv}"); d$arm <- factor(d$arm); d$block <- factor(d$block)
seconds <- function(f, rounds) min(replicate(rounds, system.time(f())[["elapsed"]]))
mc <- approximate(nresample = {draws})
p <- function(formula, how) as.numeric(pvalue(independence_test(formula, d, distribution = how)))
cat(p(score ~ arm | block, "exact"), p(real ~ arm | block, mc), p(score ~ arm, "exact"), "\n")
cat(seconds(function() p(score ~ arm | block, "exact"), 10),
    seconds(function() p(real ~ arm | block, mc), 3),
    seconds(function() p(score ~ arm, "exact"), 5))
"""


def coin(csv: Path) -> tuple[list[float], list[float]] | None:
    """Return p values and seconds: exact in blocks, drawn in blocks, exact and free; or None."""
    if shutil.which("Rscript") is None:
        return None
    script = R.format(csv=csv, draws=f"{DRAWS:.0f}")
    done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    values = [float(word) for word in done.stdout.split()]
    return values[:3], values[3:]


def main() -> None:
    """Print the timings, and both programs' p values: a fast wrong answer is no answer."""
    rng = np.random.default_rng(1)
    n = 200
    # every block is filled: in an unfilled one coin takes the arms' numbers as given, we do not
    site = rng.permutation(np.repeat(np.arange(4), [52, 52, 48, 48]))
    blocks = permuted_blocks(n, stratum=site)
    arm = blocks.redraw(rng, 1)[0]
    score = rng.integers(0, 28, n) + arm
    real = rng.standard_normal(n) + 0.1 * arm
    block = np.empty(n, dtype=int)
    for number, members in enumerate(who for group in blocks.groups for who in group.members):
        block[members] = number
    free = random_allocation_rule(n, totals=(int((arm == 0).sum()), int(arm.sum())))
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "trial.csv"
        np.savetxt(
            csv, np.column_stack([score, real, arm, block]), "%.17g", ",",
            header="score,real,arm,block", comments="",
        )  # fmt: skip
        peer = coin(csv)

    def drawn(**ask: float) -> float:
        return randomisation_test(
            real, arm, blocks, exact=False, draws=DRAWS, rng=np.random.default_rng(2), **ask
        ).p

    def exact() -> float:
        return randomisation_test(score, arm, blocks, exact=True).p

    def freely() -> float:
        return randomisation_test(score, arm, free, exact=True).p

    p, seconds = peer or ([None] * 3, [None] * 3)
    told = "coin" if peer else "R's coin: not installed, skipped"
    ours = {"exact, blocks": exact, f"{DRAWS:,} redraws, blocks": drawn, "exact, free": freely}
    times = [best(function, rounds=3) for function in ours.values()]
    for name, time, theirs in zip(ours, times, seconds, strict=True):
        row(f"randomisation test, {name}", time, f"{told} the same", theirs)
    if peer:
        row("exact against coin's 1,000,000 redraws", times[0], "coin", seconds[1])
        for (name, function), theirs in zip(ours.items(), p, strict=True):
            print(f"  p, {name:<28}{function():.9f}   coin {theirs:.9f}")
    level = {"level": 0.95}
    row(
        "exact with its exact interval",
        best(lambda: randomisation_test(score, arm, blocks, exact=True, **level), rounds=3),
    )
    row(f"{DRAWS:,} redraws with interval", best(lambda: drawn(**level), rounds=2))
    factors = {"site": site, "sex": rng.integers(0, 2, n), "age": rng.integers(0, 3, n)}
    replayed = minimisation(factors)
    own = replayed.redraw(rng, 1)[0]
    row(
        "minimisation of 3 factors, 100,000 replays",
        best(lambda: randomisation_test(real, own, replayed, draws=100_000, rng=rng), rounds=1),
    )
    if not peer:
        sys.exit("No peer was there to compare with: install R with the package coin.")


if __name__ == "__main__":
    main()
