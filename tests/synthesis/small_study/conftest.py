"""The sets of effects of tests/golden/small_study.R, as that script makes them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammaln

from equipoise.synthesis import Effects, checked_effects


def log_ratio(kind: str, a: pd.Series, n: pd.Series, c: pd.Series, m: pd.Series) -> pd.DataFrame:
    """Half an event more in studies with an empty cell."""
    half = np.where(np.minimum.reduce([a, c, n - a, m - c]) == 0, 0.5, 0)
    a, b, c, d = a + half, n - a + half, c + half, m - c + half
    if kind == "OR":
        return pd.DataFrame({"y": np.log(a * d / (b * c)), "v": 1 / a + 1 / b + 1 / c + 1 / d})
    ratio = np.log(a / (a + b) / (c / (c + d)))
    return pd.DataFrame({"y": ratio, "v": 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)})


def hedges_g(f: pd.DataFrame) -> pd.DataFrame:
    df = f.Ne + f.Nc - 2
    pooled = np.sqrt(((f.Ne - 1) * f.Se**2 + (f.Nc - 1) * f.Sc**2) / df)
    factor = np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2)
    g = factor * (f.Me - f.Mc) / pooled
    return pd.DataFrame({"y": g, "v": 1 / f.Ne + 1 / f.Nc + g**2 / (2 * (f.Ne + f.Nc))})


@pytest.fixture(scope="session")
def r_says(golden: Path) -> dict[str, dict[str, np.ndarray]]:
    """Return R's numbers by set and what they are."""
    table = pd.read_csv(golden / "small_study.csv", comment="#")
    table["what"] = table["what"].str.replace(r":\d+$", "", regex=True)
    return {
        name: {what: own["value"].to_numpy() for what, own in rows.groupby("what")}
        for name, rows in table.groupby("set")
    }


@pytest.fixture(scope="session")
def linde(evidence: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    return evidence("linde2005").dropna(subset=["ai"]).reset_index(drop=True)


@pytest.fixture(scope="session")
def sets(
    evidence: Callable[[str], pd.DataFrame],
    linde: pd.DataFrame,
    r_says: dict[str, dict[str, np.ndarray]],
) -> dict[str, pd.DataFrame]:
    """Return y, v, n of each set."""
    p, b, f = evidence("psilocybin_main12"), evidence("bcg"), evidence("furukawa2003")
    arms = (linde.ai, linde.n1i, linde.ci, linde.n2i)
    vaccinated, controls = b.tpos + b.tneg, b.cpos + b.cneg
    made = {column: r_says["made"][column] for column in ("y", "v", "n")}
    return {
        "psilocybin": pd.DataFrame({"y": p.g, "v": p.g_se**2, "n": p.n_arm1 + p.n_arm2}),
        "lindeRR": log_ratio("RR", *arms).assign(n=linde.n1i + linde.n2i),
        "lindeOR": log_ratio("OR", *arms).assign(n=linde.n1i + linde.n2i),
        "bcg": log_ratio("RR", b.tpos, vaccinated, b.cpos, controls).assign(
            n=vaccinated + controls
        ),
        "furukawa": hedges_g(f).assign(n=f.Ne + f.Nc),
        "made": pd.DataFrame(made),
    }


@pytest.fixture(scope="session")
def effects(sets: dict[str, pd.DataFrame]) -> dict[str, Effects]:
    return {name: checked_effects(table.y, table.v) for name, table in sets.items()}
