"""Pools are stated alone, doses are asked for, an effect that will not do leaves the arms."""

import pytest
from numpy.testing import assert_allclose

from equipoise.errors import DataError
from equipoise.synthesis.review import synthesise

from .conftest import CHECKED, analysis, study

POOL = {"kind": "meta-analysis", "randomised": True}
ANY = {"designs": ["parallel", "meta-analysis"]}
SIZES = {"small": 0.2, "moderate": 0.5, "large": 0.8}
OUTCOMES = {"depression": {"label": "Depressive symptoms", "higher": "worse", "thresholds": SIZES}}


def effect(measure, estimate, **changes):
    return {
        "measure": measure, "contrast": ["drug", "placebo"], "estimate": estimate,
        "positive_favours": "placebo", **CHECKED, **changes,
    }  # fmt: skip


def with_effects(name, *effects, **changes):
    made = study(name, **changes)
    made["outcomes"][0]["effects"] = list(effects)
    return made


def rows(done, name="primary"):
    return done.selections[name].rows


def test_a_pool_is_not_eligible_unless_the_review_asks_for_pools(made):
    done = synthesise(made([study("a2020"), study("pool2020", design=POOL)]))
    assert [row.study.id for row in rows(done)] == ["a2020"]
    assert done.selections["primary"].left_out[0].reason == (
        "its design (meta-analysis) is not eligible"
    )


def test_a_pool_beside_a_trial_is_refused(made):
    folder = made([study("a2020"), study("pool2020", design=POOL)], eligibility=ANY)
    with pytest.raises(DataError, match=r"would pool pool2020 with other studies.*count twice"):
        synthesise(folder)


def test_a_pool_by_itself_is_shown_and_its_spread_counts_as_unread(made):
    changes = {"outcomes": OUTCOMES, "grade": {"information_size": 10}}
    pool = synthesise(made([study("pool2020", design=POOL)], eligibility=ANY, **changes))
    trial = synthesise(made([study("a2020")], eligibility=ANY, **changes))
    assert_allclose(rows(pool)[0].effect.y, rows(trial)[0].effect.y)
    before, after = (done.estimates["certainty"] for done in (trial, pool))
    assert after.estimate == max(before.estimate - 1, 1)
    assert "how far the trials differ in pool2020" in "; ".join(after.assumptions)


def test_an_analysis_may_ask_for_a_class_of_doses(made):
    full = study("b2020", 12.0)
    full["arms"][0]["dose"]["class"] = "full"
    both = [analysis("micro", dose_classes=["micro"]), analysis("full", dose_classes=["full"])]
    done = synthesise(made([study("a2020"), full], analyses=both))
    assert [row.study.id for row in rows(done, "micro")] == ["a2020"]
    assert [row.study.id for row in rows(done, "full")] == ["b2020"]


def test_the_measure_of_the_analysis_goes_before_one_to_convert(made):
    told = (effect("MD", -3.0, se=1.0), effect("SMD", -0.4, se=0.1))
    done = synthesise(
        made(
            [with_effects("a2020", *told)], analyses=[analysis(), analysis("points", measure="MD")]
        )
    )
    assert rows(done)[0].effect.y == -0.4
    assert rows(done, "points")[0].effect.y == -3.0


def test_an_effect_without_its_error_leaves_the_arms(made):
    alone = synthesise(made([study("a2020")]))
    done = synthesise(made([with_effects("a2020", effect("MD", -2.7))]))
    assert rows(done)[0].effect == rows(alone)[0].effect


def test_where_neither_will_do_both_reasons_are_told(made):
    lame = with_effects("a2020", effect("MD", -2.7))
    for arm in lame["outcomes"][0]["arms"]:
        del arm["sd"]
    (out,) = synthesise(made([lame])).selections["primary"].left_out
    assert "without standard error, interval or group sizes" in out.reason
    assert "no mean, SD and n of drug and placebo" in out.reason


def test_the_arms_are_not_taken_where_people_were_observed_repeatedly(made):
    lame = with_effects("a2020", effect("MD", -2.7))
    lame["outcomes"][0]["repeated"] = True
    (out,) = synthesise(made([lame])).selections["primary"].left_out
    assert "observations repeated within people" in out.reason
