"""The MMRM and reference-based imputation beside R's mmrm and rbmi: CPU seconds of one run.

R finds its packages through R_LIBS (which versions: docs/peers.md). A peer that is absent is
skipped, and said; with none the program ends with 1. Every figure is CPU of one thread; the best of
some rounds, the first call left out. `--quick` takes fewer trials.
"""

import os
import sys

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1")

import csv
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
from simulated_trials import design, simulate, write_long
from timing import best, row

HERE = Path(__file__).parent
QUICK = "--quick" in sys.argv
BATCHES = (40, 400) if QUICK else (40, 400, 2_000)
R_TRIALS = 10 if QUICK else 40
LAST = np.eye(12)[[9]]  # B - A at visit 5
STRATEGIES = ("MAR", "JR", "CR", "CIR", "LMCF")
FORMULA = "y ~ sex + baseline + arm * visit"
MEMORY = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
import numpy as np
from simulated_trials import design, simulate
from equipoise.analysis.mmrm import fit_many
def peak():  # not ru_maxrss, which starts at the parent's
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
few = simulate(20)
warm = fit_many(few.outcomes, few.covariates, design=design(), engine={engine!r})
start = peak()
outcomes = np.tile(few.outcomes, (500, 1, 1))
covariates = np.tile(few.covariates, (500, 1, 1))
data = (outcomes.nbytes + covariates.nbytes) / 2**20
fit_many(outcomes, covariates, design=design(), contrasts=np.eye(12)[[9]], engine={engine!r})
print(start, data, peak())
"""
FIRST = """
import time
import numpy as np, pandas as pd
import equipoise.analysis
frame = pd.read_csv({csv!r})
start = time.process_time()
from equipoise.analysis.mmrm import mmrm
mmrm(frame, {formula!r}, subject="person", visit="visit", df="kenward-roger")
print(time.process_time() - start)
"""


def cpu(function, rounds=5) -> float:
    """Return CPU seconds of a call."""
    return best(function, rounds=rounds, clock=time.process_time)


met: set[str] = set()  # peers that ran


def r(script: str, *arguments: object) -> list[list[str]] | None:
    """Return the comma-separated lines of bench/peers/<script>.R; None where the peer is absent."""
    if shutil.which("Rscript") is None:
        print(f"{script}: Rscript not found, skipped")
        return None
    command = ["Rscript", HERE / "peers" / f"{script}.R", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = [
            line for line in done.stderr.splitlines() if "rror" in line or "there is no" in line
        ]
        print(f"{script}: skipped, R said: {' '.join(said)}")
        return None
    met.add(script)
    return [line.rstrip(",").split(",") for line in done.stdout.splitlines() if "," in line]


def single(frame, csv_path: Path) -> None:
    """One fit with Kenward-Roger, summary included."""
    peer = r("mmrm_single", csv_path, 2 if QUICK else 5)
    theirs = {method: float(ms) / 1e3 for method, ms in peer} if peer else {}
    from equipoise.analysis.mmrm import fit_mmrm, mmrm  # noqa: PLC0415

    arrays, names = rows_of(simulate(1))
    for df, name in (("kenward-roger", "Kenward-Roger"), ("satterthwaite", "Satterthwaite")):

        def table(df=df):
            return mmrm(frame, FORMULA, subject="person", visit="visit", df=df)

        def kernel(df=df):
            return fit_mmrm(*arrays, **names, df=df).contrasts(np.eye(12))

        for what, function, key in (
            ("arrays to coefficients", kernel, "fit"),
            ("table to coefficients, LS means, contrasts", table, "means"),
        ):
            told = "R mmrm (+ emmeans):" if key == "means" else "R mmrm, summary:"
            known = theirs.get(f"{name} {key}")
            row(f"{what}, {name}", cpu(function), told if known else "R mmrm: skipped", known)


def rows_of(trials):
    """Return response, design, person and visit of the first trial's rows, and names."""
    outcomes, covariates = trials.outcomes[0], trials.covariates[0]
    person, visit = np.nonzero(~np.isnan(outcomes))
    rows = np.einsum("ic,icj->ij", covariates[person], design()[visit])
    names = {"columns": [f"x{j}" for j in range(12)], "visits": list("12345")}
    return (outcomes[person, visit], rows, person, visit), names


def batch(folder: Path, csv_path: Path) -> None:
    """Many trials: ours with each engine, R one by one."""
    found = folder / "found.csv"
    peer = r("mmrm_batch", csv_path, found)
    theirs = float(peer[0][1]) / 1e3 if peer else None
    from equipoise.analysis.mmrm import fit_many  # noqa: PLC0415

    trials = simulate(max(BATCHES))
    for engine in ("numpy", "fast"):
        for count in BATCHES:
            part = trials.outcomes[:count], trials.covariates[:count]
            try:
                seconds = cpu(
                    lambda part=part, engine=engine: fit_many(
                        *part, design=design(), engine=engine
                    ),
                    rounds=2,
                )
            except (ImportError, ValueError) as problem:
                print(f"engine {engine}: skipped: {problem}")
                break
            told = "R mmrm:" if theirs else "R mmrm: absent, skipped"
            row(f"{engine}, {count:,} trials, each", seconds / count, told, theirs)
    if peer:
        agreement(
            found,
            fit_many(
                trials.outcomes[:R_TRIALS],
                trials.covariates[:R_TRIALS],
                design=design(),
                contrasts=LAST,
            ),
        )


def agreement(found: Path, ours) -> None:
    """Print how far R's default fits are: R stops short of the optimum, so ours is never lower."""
    with found.open() as lines:
        theirs = list(csv.DictReader(lines))
    loglik = np.array([float(line["loglik"]) for line in theirs])
    estimate = np.array([float(line["estimate"]) for line in theirs])
    se = np.array([float(line["se"]) for line in theirs])
    mine, my_se = ours.estimate[:, 0], ours.se[:, 0]
    gain = np.asarray(ours.log_likelihood) - loglik
    print(
        f"agreement with R over {len(theirs)} trials: log-likelihood higher by {gain.min():.1e} to "
        f"{gain.max():.1e}; estimate within {np.abs((mine - estimate) / se).max():.1e} SE, "
        f"SE within {np.abs(my_se / se - 1).max():.1e}"
    )


def strategies() -> None:
    """Five reference-based strategies with the jackknife."""
    data = Path(os.environ.get("EQUIPOISE_DATA", ".")) / "antidepressant.csv"
    if not data.exists():
        print("imputation: skipped, EQUIPOISE_DATA has no antidepressant.csv")
        return
    peer = r("rbmi_strategies", data)
    theirs = float(peer[0][1]) if peer else None
    import pandas as pd  # noqa: PLC0415

    from equipoise.analysis.imputation import impute_and_analyse  # noqa: PLC0415

    trial = pd.read_csv(data)

    def all_five():
        return impute_and_analyse(
            trial,
            "CHANGE ~ BASVAL * VISIT + THERAPY * VISIT",
            subject="PATIENT",
            visit="VISIT",
            arm="THERAPY",
            reference="PLACEBO",
            strategy=STRATEGIES,
            ancova="CHANGE ~ THERAPY + BASVAL",
        )

    told = "R rbmi:" if theirs else "R rbmi: absent, skipped"
    row("five strategies with jackknife, 172 people", cpu(all_five, rounds=3), told, theirs)
    if peer:
        found = {line[1]: (float(line[2]), float(line[3])) for line in peer[1:]}
        mine = all_five().to_frame()
        mine = mine[(mine["name"] == "imputed-contrast") & (mine["visit"] == "7")]
        for (strategy, (estimate, se)), ours in zip(found.items(), mine.itertuples(), strict=True):
            off, ratio = abs(-ours.estimate - estimate) / se, ours.se / se - 1
            print(
                f"  {strategy:<5} estimate within {off:.1e} SE of rbmi, SE within {abs(ratio):.1e}"
            )


def cold(csv_path: Path) -> None:
    """The command from a cold start, and the first fit in Python."""
    program = Path(sys.executable).with_name("equipoise")
    command = [program, "mmrm", csv_path, "--formula", FORMULA, "--subject", "person"]
    command += ["--visit", "visit", "--covariance", "us", "--df", "kenward-roger", "--json"]
    spent = []
    for _ in range(3):
        before = _children()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        spent.append(_children() - before)
        if done.returncode:
            print(f"equipoise mmrm: skipped: {done.stderr.strip().splitlines()[-1:]}")
            break
    else:
        row("equipoise mmrm, cold start (bar 2500 ms)", min(spent))
    code = FIRST.format(csv=str(csv_path), formula=FORMULA)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ImportError(done.stderr.strip().splitlines()[-1])
    row("first fit after import equipoise.analysis (bar 300 ms)", float(done.stdout))


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def memory() -> None:
    """Peak memory over 10,000 trials of 200 people and 5 visits."""
    for engine in ("numpy", "fast"):
        code = MEMORY.format(here=str(HERE), engine=engine)
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"memory, {engine}: skipped: {done.stderr.strip().splitlines()[-1]}")
            continue
        start, data, most = map(float, done.stdout.split())
        print(
            f"memory, {engine}, 10,000 trials of 200 x 5: peak {most:.0f} MB (bar 300 MB): program "
            f"{start:.0f} MB, data {data:.0f} MB, work and answers {most - start - data:.0f} MB"
        )


def growth() -> None:
    """Cost against the number of people: one pass over the data, then flat."""
    from equipoise.analysis.mmrm import fit_many  # noqa: PLC0415

    for people in (200, 2_000, 20_000):
        one = simulate(1, people)
        seconds = cpu(
            lambda one=one: fit_many(one.outcomes, one.covariates, design=design()), rounds=3
        )
        row(f"one trial of {people:,} people", seconds)


def attempt(what: str, function, *arguments) -> None:
    """Run a part; say so where equipoise does not have it."""
    print(f"\n{what}")
    try:
        function(*arguments)
    except ImportError as problem:
        print(f"skipped: not in this equipoise ({problem})")


def main() -> None:
    """Print the timings."""
    import pandas as pd  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        csv_path, one_path = folder / "trials.csv", folder / "one.csv"
        write_long(simulate(R_TRIALS), csv_path)
        write_long(simulate(1), one_path)
        print(
            "n = 200, 5 visits, 12 coefficients, unstructured, REML, monotone dropout (5 patterns)"
        )
        attempt("Single fit", single, pd.read_csv(one_path), one_path)
        attempt("Batch", batch, folder, csv_path)
        attempt("Reference-based imputation", strategies)
        attempt("Cold start", cold, one_path)
        attempt("Memory", memory)
        attempt("Growth with the number of people", growth)
    if not met:
        sys.exit("no peer was found: set R_LIBS to a library with mmrm and rbmi (docs/peers.md)")


if __name__ == "__main__":
    main()
