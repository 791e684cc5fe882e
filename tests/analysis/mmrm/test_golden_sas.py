"""SAS's own listings of fev_data: Kenward-Roger in its natural parameters, likelihoods, LS means.

tests/golden/mmrm_sas_kr.csv and mmrm_sas_logs.csv, extracted by tests/golden/mmrm_sas.py from the
listings that R mmrm's authors publish. SAS stops 1e-5 to 1e-4 short of the optimum.
"""

import re
from pathlib import Path

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis.mmrm import mmrm

FOLDER = Path(__file__).parents[2] / "golden"
KR = pd.read_csv(FOLDER / "mmrm_sas_kr.csv")
LOGS = pd.read_csv(FOLDER / "mmrm_sas_logs.csv")
LIKELIHOODS = LOGS[LOGS["quantity"] == "loglik"]


def fitted(fev, formula, structure, **options):
    if places := re.search(r"\((.*)\)", structure):
        options["coordinates"] = places[1].split()
    if " by " in structure:
        options["group"] = structure.split(" by ")[1]
    if structure.endswith("weighted"):
        options["weights"] = "WEIGHT"
    covariance = re.split(r"[ (]", structure)[0]
    return mmrm(fev, formula, subject="USUBJID", visit="AVISIT", covariance=covariance, **options)


@pytest.mark.parametrize("row", list(KR.itertuples()), ids=lambda r: f"{r.structure}-{r.method}")
def test_kenward_roger_of_sas(fev, row):
    found = fitted(fev, "FEV1 ~ ARMCD", row.structure, df=row.method)
    arm = found.select(name="coefficient", label="ARMCD[T.TRT]").rows[0]
    assert abs(arm.estimate - row.estimate) <= 3e-4 * row.se
    assert_allclose(arm.se, row.se, rtol=3e-4)
    assert_allclose(arm.df, row.df, rtol=1e-3)
    assert_allclose(found.fit.log_likelihood, row.loglik, atol=2e-6)


@pytest.mark.parametrize("row", list(LIKELIHOODS.itertuples()), ids=lambda r: r.source)
def test_likelihoods_of_sas(fev, row):
    """Ours is never lower, and by no more than SAS stops short."""
    found = fitted(fev, row.model, row.structure, reml=row.estimation == "reml", df="residual")
    ahead = found.fit.log_likelihood - row.estimate
    assert -1e-8 <= ahead <= 2e-5
