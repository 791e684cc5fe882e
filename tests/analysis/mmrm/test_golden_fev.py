"""R mmrm at its own optimum on fev_data: every number it prints.

tests/golden/mmrm_fev.csv, printed by tests/golden/mmrm_fev.R. Tolerances: estimates 2e-6 standard
errors, standard errors 1e-6, degrees of freedom 1e-5 (relative).
"""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis.mmrm import Mmrm, mmrm
from equipoise.errors import NotIdentifiedError

GOLDEN = pd.read_csv(Path(__file__).parents[2] / "golden" / "mmrm_fev.csv")
FORMULAS = {
    "full": "FEV1 ~ RACE + SEX + ARMCD * AVISIT",
    "arm": "FEV1 ~ ARMCD",
    "clda": "FEV1 ~ RACE + SEX + ARMCD * AVISIT",
}
ROBUST = {"sandwich-cr0": "CR0", "sandwich-cr2": "CR2", "sandwich-cr3": "CR3"}
# R's Kenward-Roger is that of its log-Cholesky parameters: a number that we do not offer
OURS = GOLDEN[(GOLDEN["method"] != "kenward-roger-r") & (GOLDEN["refined"] == "yes")]
KEYS = ["model", "structure", "estimation", "method"]
CASES = [tuple(key) for key in OURS[KEYS].drop_duplicates().to_numpy()]


def with_baseline_visit(fev: pd.DataFrame) -> pd.DataFrame:
    """Return the trial with its baseline as a visit VIS0 of its own."""
    first = fev.drop_duplicates("USUBJID")
    base = first.assign(FEV1=first["FEV1_BL"], AVISIT="VIS0")
    both = pd.concat((base, fev.assign(AVISIT=fev["AVISIT"].astype(str))))
    return both.reset_index(drop=True)


def fitted(fev: pd.DataFrame, model: str, structure: str, estimation: str, method: str) -> Mmrm:
    options = {}
    if model == "clda":
        options["common_baseline"] = "VIS0"
    if " by " in structure:
        options["group"] = structure.split(" by ")[1]
    if structure.endswith(" weighted"):
        options["weights"] = "WEIGHT"
    if places := re.search(r"\((.*)\)", structure):
        options["coordinates"] = places[1].split()
    return mmrm(
        with_baseline_visit(fev) if model == "clda" else fev,
        FORMULAS[model],
        subject="USUBJID",
        visit="AVISIT",
        arm="ARMCD" if model == "clda" else None,
        covariance=re.split(r"[ (]", structure)[0],
        df="satterthwaite" if method in ROBUST else method,
        robust=ROBUST.get(method),
        reml=estimation == "reml",
        **options,
    )


def ours(found: Mmrm, quantity: str) -> tuple[float, float | None, float | None]:
    """Return estimate, standard error and df of what R calls `quantity`."""
    kind, _, rest = quantity.partition(" ")
    if kind == "loglik":
        return found.fit.log_likelihood, None, None
    if kind == "covariance":
        return covariance(found, rest), None, None
    if kind == "coefficient":
        row = found.select(name="coefficient", label=our_name(rest, found)).rows[0]
    elif kind == "ls-mean":
        arm, visit = rest.split()
        row = found.select(name="ls-mean", arm=arm, visit=visit).rows[0]
    elif rest.endswith("average"):
        rows = contrast_weights(found)
        (estimate,), (se,), (df,) = found.fit.contrasts(rows.mean(axis=0))
        return estimate, se, df
    else:
        row = found.select(name="contrast", visit=rest.split()[1]).rows[0]
    return row.estimate, row.se, row.df


def our_name(name: str, found: Mmrm) -> str:
    """Turn R's RACEWhite into RACE[T.White]; T1 is the golden's name of the arm at VIS1."""
    if re.fullmatch(r"T\d", name):
        return f"ARMCD[T.TRT]:AVISIT[T.VIS{name[1:]}]"
    if name == "(Intercept)":
        return "Intercept"
    parts = [re.sub(r"^(RACE|SEX|ARMCD|AVISIT)", r"\1[T.", part) + "]" for part in name.split(":")]
    return ":".join(parts)


def covariance(found: Mmrm, rest: str) -> float:
    fit, group = found.fit, 0
    if fit.model.structure.spatial:
        variance, scale = fit.theta
        a, b = map(float, rest.split())
        return variance * np.exp(-abs(a - b) / scale)
    *names, one, two = rest.split()
    if names:
        group = fit.groups.index(names[0])
    a, b = fit.visits.index(one), fit.visits.index(two)
    return fit.sigma[group, a, b]


def contrast_weights(found: Mmrm) -> np.ndarray:
    """Return the weights of TRT - PBO at each visit."""
    names = list(found.fit.columns)
    L = np.zeros((4, len(names)))
    L[:, names.index("ARMCD[T.TRT]")] = 1
    for k in (1, 2, 3):
        L[k, names.index(f"ARMCD[T.TRT]:AVISIT[T.VIS{k + 1}]")] = 1
    return L


@pytest.mark.parametrize(("model", "structure", "estimation", "method"), CASES)
def test_every_number_of_r_at_its_optimum(fev, model, structure, estimation, method):
    found = fitted(fev, model, structure, estimation, method)
    assert found.fit.score_norm < 1e-7
    key = dict(zip(KEYS, (model, structure, estimation, method), strict=True))
    rows = OURS[np.logical_and.reduce([OURS[name] == value for name, value in key.items()])]
    tests = rows["quantity"].str.contains("^type3|^joint")
    for row in rows[~tests].itertuples():
        estimate, se, df = ours(found, row.quantity)
        size = abs(row.estimate) if se is None else row.se
        assert abs(estimate - row.estimate) <= 2e-6 * size, row
        if se is not None:
            assert_allclose(se, row.se, rtol=1e-6, err_msg=str(row))
            assert_allclose(df, row.df, rtol=1e-5, err_msg=str(row))
    check_tests(found, rows[tests], method)


def check_tests(found: Mmrm, rows: pd.DataFrame, method: str) -> None:
    """Compare F tests: of each term, of RACE, and of the arm at every visit."""
    terms = {row.label: row for row in found.type3()} if len(rows) else {}
    names = list(found.fit.columns)
    for row in rows.itertuples():
        kind, _, name = row.quantity.partition(" ")
        if kind == "type3":
            f, df, p = terms[name].estimate, terms[name].df, terms[name].p
        else:
            part = {"RACE": "RACE", "TRT": "ARMCD"}[name]
            test = found.test(np.eye(len(names))[[n.startswith(part) for n in names]])
            assert test.numerator_df == row.df_num
            f, df, p = test.statistic, test.denominator_df, test.p
        assert_allclose(f, row.estimate, rtol=2e-6, err_msg=str(row))
        assert_allclose(df, row.df, rtol=1e-5, err_msg=str(row))
        assert_allclose(p, row.p, rtol=1e-4, err_msg=str(row))


@cache
def boundary_cases() -> pd.DataFrame:
    return GOLDEN[GOLDEN["refined"] == "boundary"]


@pytest.mark.parametrize("reml", [True, False])
def test_a_likelihood_without_a_maximum_is_refused(fev, reml):
    """Of sp_exp(VISITN2) R can only print the supremum, at correlation 0."""
    assert len(boundary_cases()) == 2
    with pytest.raises(NotIdentifiedError, match="edge"):
        mmrm(
            fev,
            FORMULAS["full"],
            subject="USUBJID",
            visit="AVISIT",
            covariance="sp_exp",
            coordinates=["VISITN2"],
            reml=reml,
        )
