"""The correct-guess-rate curve: closed form beside the resampling algorithm it replaces.

The original program (AGPL, Python driving R) took 756 s of wall time for 11 scales at one point
with 96 resamples. It is not run here; its published algorithm is written out in NumPy below,
without the overhead of R, as the fairest peer that needs no other program.
"""

import numpy as np
from timing import best, row

from equipoise.belief.guess_rate_curve import GRID, curve, curve_effect
from equipoise.belief.resamples import resample
from equipoise.belief.stratum_means import stratum_means

SCALES, PEOPLE, DRAWS = 20, 233, 2_000


def resampled(y, arm, guess, rate, resamples, rng):  # noqa: PLR0917
    """Emulate the original: kernel density of each stratum, draw, round, least squares."""
    n = len(y)
    cells = {(a, g): y[(arm == a) & (guess == g)] for a in (0, 1) for g in (0, 1)}
    right, wrong = [(1, 1), (0, 0)], [(1, 0), (0, 1)]
    estimates = []
    for _ in range(resamples):
        scores, arms = [], []
        for pair, total in ((right, round(rate * n)), (wrong, n - round(rate * n))):
            share = round(len(cells[pair[0]]) / sum(len(cells[c]) for c in pair), 2)
            sizes = (round(share * total), total - round(share * total))
            for key, size in zip(pair, sizes, strict=True):
                kernel = rng.choice(cells[key], size) + rng.standard_normal(size)
                scores.append(np.round(kernel))
                arms.append(np.full(size, key[0]))
        design = np.column_stack([np.ones(n), np.concatenate(arms)])
        estimates.append(np.linalg.lstsq(design, np.concatenate(scores), rcond=None)[0][1])
    return np.mean(estimates)


def main() -> None:
    """Print the timings."""
    rng = np.random.default_rng(1)
    arm = rng.integers(0, 2, PEOPLE)
    guess = (rng.random(PEOPLE) < np.where(arm == 1, 0.52, 0.28)).astype(int)
    scales = 15 + 10 * rng.standard_normal((SCALES, PEOPLE)) + 7 * guess
    people = np.arange(PEOPLE)
    y = scales[0]
    strata = stratum_means(y, arm, guess)

    def everything() -> None:
        for scale in scales:
            draws = resample(scale, arm, guess, people, draws=DRAWS, rng=np.random.default_rng(2))
            curve(stratum_means(scale, arm, guess), draws)

    one_point = best(lambda: resampled(y, arm, guess, 0.5, 96, np.random.default_rng(3)), rounds=3)
    row("curve of 13 points from stratum means", best(lambda: curve_effect(strata)))
    row(
        "stratum means, then the curve of 13 points",
        best(lambda: curve_effect(stratum_means(y, arm, guess), GRID)),
        "resampling, 96 resamples at 13 points:",
        13 * one_point,
    )
    row(
        f"curve and bands, {SCALES} scales x 13 points x {DRAWS:,} resamples",
        best(everything, rounds=3),
        f"resampling without any interval, {SCALES} scales x 13 points:",
        SCALES * 13 * one_point,
    )


if __name__ == "__main__":
    main()
