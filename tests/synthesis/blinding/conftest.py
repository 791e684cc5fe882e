"""R's numbers, the made trials behind them, and the published ones."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise.synthesis import Effects, checked_effects
from equipoise.synthesis.blinding import TrialIndex, index_of_counts

GOLDEN = Path(__file__).parents[2] / "golden"
COUNTS = ["right1", "wrong1", "unsure1", "right2", "wrong2", "unsure2"]


@pytest.fixture(scope="session")
def golden() -> Callable[[str], pd.Series]:
    """Return R's numbers of one kind by term: blinding_synthesis.R printed them."""
    table = pd.read_csv(GOLDEN / "blinding_synthesis.csv")
    return lambda what: table[table["what"] == what].set_index("term")["value"]


@pytest.fixture(scope="session")
def made_file() -> Path:
    return GOLDEN / "blinding_synthesis_trials.csv"


@pytest.fixture(scope="session")
def made(made_file) -> pd.DataFrame:
    """Sixteen made trials with guesses, in two design classes."""
    return pd.read_csv(made_file)


@pytest.fixture(scope="session")
def effects(made) -> Effects:
    return checked_effects(made["effect"], made["se"] ** 2, made["study"])


@pytest.fixture(scope="session")
def index(made) -> TrialIndex:
    return index_of_counts(made[COUNTS].to_numpy(float).reshape(-1, 2, 3))


@pytest.fixture(scope="session")
def evidence(trial_data) -> Path:
    """Return the folder of published study rows, or skip."""
    folder = trial_data / "evidence"
    if not folder.is_dir():
        pytest.skip("published study rows not found below EQUIPOISE_DATA")
    return folder


@pytest.fixture(scope="session")
def main12(evidence) -> pd.DataFrame:
    return pd.read_csv(evidence / "psilocybin_main12.csv")


@pytest.fixture(scope="session")
def psilocybin(main12) -> Effects:
    return checked_effects(main12["g"], main12["g_se"] ** 2, main12["study"], scale="g")


def row(found, name, label=None, arm=None):
    """Return the one row of a slug, label and arm."""
    rows = [r for r in found if (r.name, r.label, r.arm) == (name, label, arm)]
    assert len(rows) == 1, [(r.name, r.label, r.arm) for r in found]
    return rows[0]


def simulated(rng, k, *, slope=0.6, b0=0.2, tau=0.1, index_sd=0.2, reps=1):
    """Draw trials whose effect depends on their true index: (effects, v, index, w), (reps, k)."""
    true = rng.normal(0.35, index_sd, (reps, k))
    w = rng.uniform(0.015, 0.035, (reps, k))
    v = rng.uniform(0.02, 0.08, (reps, k))
    effect = b0 + slope * true + rng.normal(0, tau, (reps, k)) + rng.normal(0, np.sqrt(v))
    return effect, v, true + rng.normal(0, np.sqrt(w)), w
