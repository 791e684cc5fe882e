"""The rows of tests/golden/dependent.R, and its numbers."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from equipoise.synthesis import Effects, checked_effects


@pytest.fixture(scope="session")
def rows(evidence: Callable[[str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
    time = evidence("psilocybin_time")
    depression = evidence("psilocybin_depression")
    depression = depression[depression.g.notna() & depression.g_se.notna()]
    depression = depression[depression.time_days >= 0]
    gad = evidence("psychotherapy_gad")
    gad = gad[gad.g.notna() & gad.g_se.notna() & gad.n_arm1.notna()]
    return {
        "time": time.assign(days=time.time_days / 30),
        "dep": depression.assign(days=depression.time_days / 30),
        "gad": gad.assign(days=gad.n_arm1 / 30),
    }


@pytest.fixture(scope="session")
def effects(rows: dict[str, pd.DataFrame]) -> dict[str, Effects]:
    return {n: checked_effects(t.g, t.g_se**2, list(t.study)) for n, t in rows.items()}


@pytest.fixture(scope="session")
def numbers(golden: Path) -> dict[tuple[str, str, str], float]:
    table = pd.read_csv(golden / "dependent.csv")
    return {(r.data, r.model, r.name): r.value for r in table.itertuples(index=False)}
