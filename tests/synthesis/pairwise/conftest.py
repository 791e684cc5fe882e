"""The four data sets of tests/golden/pairwise.R, as that script makes them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from equipoise.synthesis import Effects, checked_effects


def log_risk_ratio(a: pd.Series, n: pd.Series, c: pd.Series, m: pd.Series) -> pd.DataFrame:
    """Half an event more in studies with none, as in the script."""
    half = np.where(np.minimum.reduce([a, c, n - a, m - c]) == 0, 0.5, 0)
    a, n, c, m = a + half, n + 2 * half, c + half, m + 2 * half
    return pd.DataFrame({"y": np.log(a / n / (c / m)), "v": 1 / a - 1 / n + 1 / c - 1 / m})


@pytest.fixture(scope="session")
def studies(evidence: Callable[[str], pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return y, v, x1, x2, w and g of each data set."""
    psil, bcg, furu = evidence("psilocybin_main12"), evidence("bcg"), evidence("furukawa2003")
    linde = evidence("linde2005").dropna(subset=["ai", "n1i", "ci", "n2i"]).reset_index(drop=True)
    return {
        "psilocybin": pd.DataFrame({"y": psil.g, "v": psil.g_se**2}).assign(
            x1=psil.time_weeks, x2=psil.year, w=psil.n_arm1 + psil.n_arm2, g=psil.blinding
        ),
        "bcg": log_risk_ratio(bcg.tpos, bcg.tpos + bcg.tneg, bcg.cpos, bcg.cpos + bcg.cneg).assign(
            x1=bcg.ablat,
            x2=bcg.year,
            w=bcg[["tpos", "tneg", "cpos", "cneg"]].sum(axis=1),
            g=bcg.alloc,
        ),
        "linde": log_risk_ratio(linde.ai, linde.n1i, linde.ci, linde.n2i).assign(
            x1=linde.year, x2=linde.duration, w=linde.n1i + linde.n2i, g=linde.major.astype(str)
        ),
        "furukawa": pd.DataFrame(
            {"y": furu.Me - furu.Mc, "v": furu.Se**2 / furu.Ne + furu.Sc**2 / furu.Nc}
        ).assign(x1=furu.Ne, x2=furu.Nc, w=furu.Ne + furu.Nc, g=furu.measure),
    }


@pytest.fixture(scope="session")
def effects(studies: dict[str, pd.DataFrame]) -> dict[str, Effects]:
    return {name: checked_effects(table["y"], table["v"]) for name, table in studies.items()}


@pytest.fixture(scope="session")
def complete(studies: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the rows with all moderators."""
    return {name: table.dropna().reset_index(drop=True) for name, table in studies.items()}


@pytest.fixture(scope="session")
def r_says(golden: Path) -> Callable[[str, str], dict[str, np.ndarray]]:
    """Return R's quantities of one model on one data set."""
    table = pd.read_csv(golden / "pairwise.csv")
    groups = dict(tuple(table.groupby(["data", "model"])))

    def quantities(data: str, model: str) -> dict[str, np.ndarray]:
        rows = groups[data, model]
        return {q: own["value"].to_numpy() for q, own in rows.groupby("quantity")}

    return quantities
