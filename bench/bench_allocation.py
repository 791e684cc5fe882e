"""Allocation: one minimisation in the simulator, and exact properties for 200 people."""

import shutil
import subprocess
import sys
import time
from functools import partial
from importlib.util import find_spec

import numpy as np
from timing import best as best_by
from timing import row

from equipoise.allocation import (
    BiasedCoinSpec,
    BigStickSpec,
    BlockUrnSpec,
    BrickTunnelSpec,
    ChenSpec,
    CompleteSpec,
    DOptimalSpec,
    GeneratorDraws,
    HuHuSpec,
    MaximalSpec,
    MinimisationSpec,
    PermutedBlocksSpec,
    RandomAllocationRuleSpec,
    RandomBlocksSpec,
    TruncatedBinomialSpec,
    UrnSpec,
    allocate_sequence,
)
from equipoise.allocation.judgement import (
    exact_properties,
    judge_all,
    minimised,
    random_people,
    simulated_arms,
    usual_specs,
)

best = partial(best_by, clock=time.process_time)  # one thread: other programs do not count
N = 200
TRIALS = 10_000
FACTORS = {"a": "01", "b": "0123", "c": "01"}
THREE = {"arms": ("A", "B", "C")}


def exact() -> None:
    """Time the exact properties of every procedure that has them."""
    specs = [
        CompleteSpec(), UrnSpec(), TruncatedBinomialSpec(people=N),
        RandomAllocationRuleSpec(people=N), BigStickSpec(limit=5), BiasedCoinSpec(), ChenSpec(),
        MaximalSpec(people=N), PermutedBlocksSpec(), RandomBlocksSpec(sizes=(2, 4, 6)),
        BlockUrnSpec(sets=3), BlockUrnSpec(ratio=(2, 1), sets=3), BrickTunnelSpec(ratio=(2, 1)),
        PermutedBlocksSpec(**THREE, size=6), BlockUrnSpec(**THREE, sets=3),
    ]  # fmt: skip
    for spec in specs:
        found = exact_properties(spec, N)
        how = "exact" if found is not None else "too many states: simulated"
        row(f"{how}, {N} people: {spec.describe()}", best(lambda s=spec: exact_properties(s, N)))


def smallerize() -> float | None:
    """Return smallerize's seconds an allocation, from an environment that has it, or None."""
    script = (
        "import time, random\n"
        "from smallerize import Arm, Factor, Minimizer\n"
        "f = [Factor('a', '01'), Factor('b', '0123'), Factor('c', '01')]\n"
        "m = Minimizer(f, [Arm('A'), Arm('B')], d_imbalance_method='range',"
        " probability_method='best_only', preferred_p=0.8)\n"
        "who = [{'a': random.choice('01'), 'b': random.choice('0123'), 'c': random.choice('01')}"
        " for _ in range(2000)]\n"
        "start = time.process_time()\n"
        "for k, person in enumerate(who):\n"
        "    if k % 100 == 0: m.reset_counts_to_zero()\n"
        "    m.assign_participant(person)\n"
        "print((time.process_time() - start) / 2000)\n"
    )
    python = sys.argv[1] if len(sys.argv) > 1 else sys.executable
    if shutil.which(python) is None:
        return None
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


def minimisations() -> None:
    """Time one allocation of minimisation, many trials at once and one person at a time."""
    rng = np.random.default_rng(1)
    peer = smallerize()
    told = "smallerize" if peer else "smallerize: not installed, skipped"
    fast = "fast" if find_spec("numba") else "NumPy: the extra fast is not installed"
    cases = {
        "two arms": MinimisationSpec(factors=FACTORS),
        "two arms, variance, weights": MinimisationSpec(
            factors=tuple(
                {"name": n, "levels": v, "weight": w}
                for (n, v), w in zip(FACTORS.items(), (1, 2, 3), strict=True)
            ),
            measure="variance",
        ),
        "three arms": MinimisationSpec(**THREE, factors=FACTORS),
        "2:1 by shares": MinimisationSpec(ratio=(2, 1), factors=FACTORS),
    }
    for name, spec in cases.items():
        people = random_people(spec, 100, TRIALS, rng)
        seconds = best(lambda s=spec, p=people: minimised(s, p, rng), rounds=3) / (100 * TRIALS)
        print(f"minimisation, {name}, {fast}: {seconds * 1e6:.3f} us an allocation", end="")
        print(
            f"   {told} {peer * 1e6:.1f} us: {peer / seconds:,.0f} times" if peer else f"   {told}"
        )
    spec = cases["two arms"]
    people = random_people(spec, 100, 1000, rng)
    seconds = best(lambda: simulated_arms(spec, people, rng), rounds=3) / 1e5
    print(f"minimisation, two arms, NumPy, 1,000 trials: {seconds * 1e6:.3f} us an allocation")
    one = [tuple(person) for person in people[0].tolist()]
    draws = GeneratorDraws(rng)
    seconds = best(lambda: allocate_sequence(spec, 100, draws, one), rounds=3) / 100
    print(f"minimisation, two arms, exact fractions, one by one: {seconds * 1e6:.1f} us")
    for other in (HuHuSpec(factors=FACTORS), DOptimalSpec(factors=FACTORS)):
        seconds = best(lambda s=other: simulated_arms(s, people, rng), rounds=2) / 1e5
        print(f"{other.name}, NumPy, 1,000 trials: {seconds * 1e6:.3f} us an allocation")


def main() -> None:
    """Print all of it. An argument names a Python that has smallerize."""
    exact()
    minimisations()
    specs = usual_specs(("A", "B"), (1, 1), 80)
    rng = np.random.default_rng(1)
    seconds = best(lambda: judge_all(specs, 80, rng=rng), rounds=1)
    row(f"judge {len(specs)} procedures, 80 people, 5,000 allocations each", seconds)


if __name__ == "__main__":
    main()
