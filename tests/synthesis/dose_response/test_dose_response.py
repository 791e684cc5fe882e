"""The rows: what is given, what is refused, what is warned of."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.dose_response import (
    DoseResponseOptions,
    DoseStudies,
    ReportedOptions,
    arm_points,
    curve_frame,
    dose_region,
    dose_response,
    dose_study,
    studies_from_contrasts,
    studies_from_counts,
    studies_from_means,
)

from .conftest import made_studies

COLUMNS = {"study": "study", "dose": "dose", "events": "r", "total": "n"}
MADE = DoseStudies(made_studies(), "log odds ratio")


def test_rows_of_a_spline(studies):
    asked = DoseResponseOptions("spline", (10, 20, 50), at=(20, 150, 250), method="fixed")
    found = dose_response(studies("ssri-or"), asked).estimates
    names = {row.name for row in found}
    assert {"dose-coefficient", "dose-response-test", "nonlinearity-test", "q-test"} <= names
    assert [row.label for row in found.select(name="dose-effect")] == ["20 vs 0"]
    assert [r.label for r in found.refused] == ["150 vs 0", "250 vs 0"]
    ratio = found["dose-effect-ratio"]
    effect = found["dose-effect"]
    assert_allclose(np.log([ratio.low, ratio.high]), [effect.low, effect.high])
    json.loads(found.to_json())


def test_effects_turn_their_sign_with_the_reference():
    there = dose_response(MADE, DoseResponseOptions("quadratic", at=(40,))).estimates
    back = dose_response(MADE, DoseResponseOptions("quadratic", at=(0,), reference=40)).estimates
    assert there["dose-effect"].label == "40 vs 0"
    assert back["dose-effect"].label == "0 vs 40"
    assert_allclose(back["dose-effect"].estimate, -there["dose-effect"].estimate)
    assert_allclose(back["dose-effect"].se, there["dose-effect"].se)


def test_a_reference_in_empty_space_refuses_every_effect():
    found = dose_response(MADE, DoseResponseOptions(reference=35, gap=0.2)).estimates
    assert not len(found.select(name="dose-effect"))
    assert len(found.refused) >= 3


def test_the_curve_has_holes_where_no_arm_is():
    studies = made_studies(doses=(0.0, 10.0, 20.0, 100.0))
    result = dose_response(DoseStudies(studies, "MD"), DoseResponseOptions())
    curve = curve_frame(result)
    hole = (curve["dose"] > 20) & (curve["dose"] < 100)
    assert curve.loc[hole, "estimate"].isna().all()
    assert curve.loc[~hole, "estimate"].notna().all()
    assert len(arm_points(result)) == 3 * len(studies)


def test_shares_of_regions_count_arms_above_dose_0():
    regions = tuple(dose_region(t) for t in ("micro:0-10", "low:10-30", "full:30-"))
    found = dose_response(MADE, DoseResponseOptions(regions=regions)).estimates
    shares = {row.label: row.estimate for row in found.select(name="dose-region-share")}
    assert shares["micro, arms"] == 0
    assert_allclose(shares["low, arms"], 2 / 3)
    assert shares["low, studies"] == shares["full, studies"] == 1
    assert_allclose(sum(v for k, v in shares.items() if k.endswith("people")), 1)


def test_two_stages_leave_out_studies_with_too_few_doses_and_count_them(studies):
    asked = DoseResponseOptions("quadratic", one_stage=False, method="fixed")
    found = dose_response(studies("ssri-or"), asked)
    assert any("43 studies have too few doses" in w for w in found.estimates.warnings)
    assert len(found.data) == 17
    two = DoseStudies(made_studies(doses=(0.0, 10.0)), "MD")
    with pytest.raises(NotIdentifiedError, match="0 of 12 studies"):
        dose_response(two, DoseResponseOptions("quadratic", one_stage=False))


def test_too_few_doses_for_the_terms_are_refused():
    two = DoseStudies(made_studies(doses=(0.0, 10.0)), "MD")
    with pytest.raises(NotIdentifiedError, match="simpler shape"):
        dose_response(two, DoseResponseOptions("quadratic"))


def test_an_emax_curve_needs_a_plateau():
    dose, S = np.array([0.0, 10, 20, 40]), 0.01 * (np.eye(3) + 1)
    convex = tuple(dose_study(f"{i}", dose, 0.001 * dose[1:] ** 2, S) for i in range(5))
    with pytest.raises(NotIdentifiedError, match="no plateau"):
        dose_response(DoseStudies(convex, "MD"), DoseResponseOptions("emax"))
    flat = tuple(dose_study(f"{i}", dose, [1.0, 1.0, 1.0], S) for i in range(5))
    with pytest.raises(NotIdentifiedError, match="no rise"):
        dose_response(DoseStudies(flat, "MD"), DoseResponseOptions("emax"))


def test_an_ed50_above_every_dose_is_warned_of():
    straight = DoseStudies(made_studies(k=30, sd=0.0), "MD")
    found = dose_response(straight, DoseResponseOptions("emax", method="fixed")).estimates
    assert any("above the highest dose" in w for w in found.warnings)


def test_low_dose_comparators_are_contrasts_of_dose():
    """1 mg is not placebo: against 25 mg it is a contrast of 24 mg."""
    table = pd.DataFrame(
        {"study": ["a", "a", "b", "b"], "dose": [1, 25, 0, 25], "mean": [20, 14, 20, 14.0],
         "sd": 5.0, "n": 40}
    )  # fmt: skip
    columns = {"study": "study", "dose": "dose", "mean": "mean", "sd": "sd", "n": "n"}
    data = studies_from_means(table, **columns)
    assert [s.dose[0] for s in data.studies] == [1, 0]
    fit = dose_response(data, DoseResponseOptions(method="fixed"))
    # both contrasts have the same variance, so the slope is the least-squares one
    assert_allclose(fit.curve.fit.beta, [-6 * (24 + 25) / (24**2 + 25**2)])


def test_missing_and_single_arms_are_counted():
    table = pd.DataFrame(
        {"study": [1, 1, 2, 3, 3, 4, 4], "dose": [0, 10, 0, 5, 5, 0, 20],
         "r": [5, 8, 4, 5, 6, 3, None], "n": 20.0}
    )  # fmt: skip
    data = studies_from_counts(table, **COLUMNS)
    assert [s.name for s in data.studies] == ["1"]
    assert len(data.notes) == 3
    assert "1 of 7 rows lack a number" in data.notes[0]
    assert "2, 4" in data.notes[1]
    assert "equal doses" in data.notes[2]


def test_empty_cells_get_half_a_person_and_say_so():
    table = pd.DataFrame(
        {"study": ["a", "a", "b", "b"], "dose": [0, 10, 0, 10], "r": [0, 4, 3, 5], "n": 20.0}
    )
    data = studies_from_counts(table, **COLUMNS)
    assert "0.5 was added to the cells of 1 studies with an empty one: a." in data.notes
    odds = np.log(4.5 / 16.5) - np.log(0.5 / 20.5)
    assert_allclose(data.studies[0].y, [odds])


def test_reported_contrasts_need_a_referent_row_or_a_named_dose():
    table = pd.DataFrame(
        {"study": ["a"] * 3, "dose": [0, 10, 20], "y": [0, 0.2, 0.5], "se": [np.nan, 0.1, 0.2],
         "cases": [30, 40, 60], "n": [100, 100, 100], "type": "cc"}
    )  # fmt: skip
    columns = {"study": "study", "dose": "dose", "effect": "y", "se": "se"}
    counts = ReportedOptions(events="cases", total="n", design="type")
    data = studies_from_contrasts(table, **columns, options=counts)
    assert_allclose(np.diag(data.studies[0].covariance), [0.01, 0.04])
    with pytest.raises(DataError, match=r"--correlation 0\.5"):
        studies_from_contrasts(table, **columns, options=ReportedOptions())
    assumed = studies_from_contrasts(table, **columns, options=ReportedOptions(correlation=0.5))
    assert_allclose(assumed.studies[0].covariance[0, 1], 0.01)
    with pytest.raises(DataError, match="one row of its referent"):
        studies_from_contrasts(table[1:], **columns, options=counts)
    named = table[1:].assign(against=0.0)
    again = studies_from_contrasts(
        named, **columns, options=ReportedOptions(correlation=0.5, reference_dose="against")
    )
    assert_allclose(again.studies[0].covariance, assumed.studies[0].covariance)


def test_errors_name_the_study():
    table = pd.DataFrame({"study": ["Alpha", "Alpha"], "dose": [0, 10], "r": [5, 30], "n": 20.0})
    with pytest.raises(DataError, match="Alpha: Events"):
        studies_from_counts(table, **COLUMNS)
    with pytest.raises(DataError, match="doses are numbers from 0 up"):
        studies_from_counts(table.assign(dose=[-1, 10], r=[5, 6]), **COLUMNS)
    with pytest.raises(DataError, match="must be numbers"):
        studies_from_counts(table.assign(r=["five", "6"]), **COLUMNS)


def test_equivalents_put_drugs_on_one_scale(studies):
    data = studies("ssri-or", drug="agent")
    worth = {"citalopram": 20, "escitalopram": 9, "fluoxetine": 20, "paroxetine": 17}
    with pytest.raises(DataError, match="no equivalent for 'sertraline'"):
        dose_response(data, DoseResponseOptions(equivalents=worth, unit=20))
    worth["sertraline"] = 50
    found = dose_response(data, DoseResponseOptions(equivalents=worth, unit=20)).estimates
    test = found["equivalence-test"]
    assert test.df == 4
    assert len(found.select(name="drug-slope")) == 5
    with pytest.raises(DataError, match="above 0"):
        dose_response(data, DoseResponseOptions(equivalents=worth | {"sertraline": 0}))
