"""Score intervals against the R package ratesci: harms_score.R printed its numbers."""

from pathlib import Path

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis.harms import (
    koopman,
    miettinen_nurminen,
    rate_difference,
    stratified_miettinen_nurminen,
)

TABLE = pd.read_csv(Path(__file__).parents[2] / "golden" / "harms_score.csv")
METHODS = {
    "difference": miettinen_nurminen,
    "ratio": koopman,
    "rate difference": rate_difference,
}


@pytest.mark.parametrize("what", METHODS)
def test_limits_agree_with_ratesci(what):
    for row in TABLE[TABLE["what"] == what].itertuples():
        *table, side = row.term.split()
        got = getattr(METHODS[what](*map(float, table)), side)
        assert_allclose(got, row.value, rtol=1e-7, atol=1e-9, err_msg=row.term)


def test_strata_agree_with_ratesci():
    expected = TABLE[TABLE["what"] == "strata"]["value"]
    got = stratified_miettinen_nurminen([6, 1, 10], [20, 8, 40], [2, 0, 7], [19, 9, 38])
    assert_allclose(list(got), expected, rtol=1e-7)
