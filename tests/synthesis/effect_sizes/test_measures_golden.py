"""Every measure against metafor 5.0-1: tests/golden/effect_sizes.R prints the numbers."""

import csv
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.synthesis.effect_sizes import HALF, MEASURES, NOTHING, ZeroCells
from equipoise.synthesis.effect_sizes.ratio_of_means import log_ratio_of_means

GOLDEN = Path(__file__).parents[2] / "golden" / "effect_sizes.csv"

MEANS = {
    "mean1": [6.33, 8.5, 19.9, 12, 101.5], "sd1": [6.72, 5.7, 10.5391240875912, 13, 3.25],
    "n1": [15, 13, 79, 20, 4],
    "mean2": [19.07, 23.5, 27.3, 16, 99], "sd2": [10.34, 6, 10.2275, 8, 17.5],
    "n2": [15, 11, 81, 10, 3],
}  # fmt: skip
EVENTS1, EVENTS2 = [3, 0, 5, 0, 120, 4, 1, 0, 12], [5, 4, 5, 0, 90, 11, 0, 9, 0]
TOTAL1, TOTAL2 = [20, 15, 5, 8, 400, 123, 300, 12, 12], [22, 30, 7, 9, 380, 139, 295, 9, 14]
TIME1, TIME2 = [20.5, 15, 5, 8, 400, 123, 300, 12, 12], [22, 30.25, 7, 9, 380, 139, 295, 9, 14]
DATA = MEANS | {
    "n": [15, 13, 79, 20, 4], "r": [0.5, 0.3, 0.81, -0.2, 0],
    "mean": MEANS["mean1"], "sd": MEANS["sd1"],
    "events1": EVENTS1, "events2": EVENTS2, "total1": TOTAL1, "total2": TOTAL2,
    "time1": TIME1, "time2": TIME2,
    "events": EVENTS1, "total": TOTAL1, "time": TIME1,
}  # fmt: skip
CORRELATIONS = {
    "r": [0.3, -0.7, 0, 0.95, -0.05, 0.2, 0.999, -0.4],
    "n": [10, 40, 25, 6, 1000, 24, 28, 5],
}
RULES = {
    "default": {},
    "all": {"zero": ZeroCells(to="all")},
    "if0all": {"zero": ZeroCells(to="if0all")},
    "none": {"zero": NOTHING},
    "drop00": {"zero": ZeroCells(drop00=True)},
    "add0.1": {"zero": ZeroCells(add=0.1)},
}
UNCORRECTED_ZEROS = {"AS", "IRSD"}  # metafor adds nothing here unless `add` is given


def _number(text: str) -> float:
    return float("nan") if text == "NA" else float(text)


def golden() -> dict[tuple[str, str], np.ndarray]:
    found: dict[tuple[str, str], list[list[float]]] = {}
    with GOLDEN.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            pair = [_number(row["yi"]), _number(row["vi"])]
            found.setdefault((row["measure"], row["option"]), []).append(pair)
    return {key: np.array(rows).T for key, rows in found.items()}


EXPECTED = golden()
DIRECT = sorted(
    key for key in EXPECTED if key[0] in MEASURES and key[1] not in {"uncorrected", "t", "p", "d"}
)


@pytest.mark.parametrize(("code", "option"), DIRECT)
def test_measure_equals_metafor(code, option):
    measure = MEASURES[code]
    data = CORRELATIONS if code in {"COR", "UCOR", "ZCOR"} else DATA
    options = {}
    if option in {"ST", "CS"}:
        options = {"sampling": option}
    elif option in RULES:
        options = dict(RULES[option])
        if code in UNCORRECTED_ZEROS and options and option != "add0.1":
            options = {"zero": ZeroCells(0.0, "none", drop00=option == "drop00")}
    elif option:
        options = {"variance": option}
    got = measure.compute(*(data[name] for name in measure.needs), **options)
    y, v = EXPECTED[code, option]
    assert_allclose(got.y, y, rtol=1e-12, atol=1e-13)
    assert_allclose(got.v, v, rtol=1e-12, atol=1e-13)


def test_the_uncorrected_forms_equal_metafor():
    d = MEASURES["SMDU"].compute(*MEANS.values())
    assert_allclose([d.y, d.v], EXPECTED["SMD", "uncorrected"], rtol=1e-12)
    ratio = log_ratio_of_means(*MEANS.values(), corrected=False)
    assert_allclose([ratio.y, ratio.v], EXPECTED["ROM", "uncorrected"], rtol=1e-12, atol=1e-13)


def test_every_measure_that_metafor_has_is_compared():
    assert set(MEASURES) - {code for code, _ in DIRECT} == {"SMDU", "HR"}  # tested elsewhere


def test_half_is_the_default_rule():
    got = MEASURES["OR"].compute(EVENTS1, TOTAL1, EVENTS2, TOTAL2, zero=HALF)
    assert_allclose(got.y, EXPECTED["OR", "default"][0], rtol=1e-12, atol=1e-13)
