"""Scoring: golden totals from R, and the laws every scored instrument obeys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.instruments import Instrument, instrument, instruments, score_items

SCORED = [i for i in instruments() if instrument(i).scoring]
PLAIN_SUMS = ["PHQ-9", "GAD-7", "WEMWBS", "MADRS"]


def allowed(scale):
    return [[option.value for option in scale.options_of(item)] for item in scale.scored_items]


@st.composite
def forms(draw, identifiers=SCORED):
    scale = instrument(draw(st.sampled_from(identifiers)))
    return scale, [draw(st.sampled_from(values)) for values in allowed(scale)]


@pytest.mark.parametrize(
    ("identifier", "answers", "total"),
    [
        # totals printed by tests/golden/item_scores.R (R 4.2.2, base arithmetic)
        ("PHQ-9", [1, 2, 0, 3, 0, 1, 1, 0, 2], 10),
        ("GAD-7", [3, 2, 2, 1, 0, 1, 3], 12),
        ("QIDS-SR16", [1, 3, 0, 2, 2, 0, 1, 3, 0, 1, 2, 0, 3, 1, 2, 1], 17),
        ("STAI-S", [1, 2, 3, 4] * 5, 46),
        ("DASS-21-D", [0, 1, 2, 3, 3, 1, 0], 20),
    ],
)
def test_totals_agree_with_r(identifier, answers, total):
    assert score_items(instrument(identifier), answers) == total


@pytest.mark.parametrize("identifier", SCORED)
def test_best_and_worst_answers_reach_the_ends_of_the_range(identifier):
    scale = instrument(identifier)
    ends = [(min(v), max(v)) for v in allowed(scale)]
    turned = [e[::-1] if i.reversed else e for i, e in zip(scale.scored_items, ends, strict=True)]
    low, high = zip(*turned, strict=True)
    assert score_items(scale, low) == scale.low
    assert score_items(scale, high) == scale.high


@given(forms(PLAIN_SUMS), st.randoms())
def test_exchangeable_items_may_be_permuted(form, random):
    scale, answers = form
    shuffled = random.sample(answers, len(answers))
    assert score_items(scale, shuffled) == score_items(scale, answers)


@given(forms())
def test_totals_stay_in_range_and_whole(form):
    scale, answers = form
    total = float(score_items(scale, answers))
    assert scale.contains(total)
    assert total == round(total)


@given(forms(), st.data())
def test_a_worse_answer_never_lowers_the_total_of_an_unreversed_item(form, data):
    scale, answers = form
    position = data.draw(st.integers(0, len(answers) - 1))
    item = scale.scored_items[position]
    values = [o.value for o in scale.options_of(item) if o.value >= answers[position]]
    changed = answers.copy()
    changed[position] = data.draw(st.sampled_from(values))
    difference = score_items(scale, changed) - score_items(scale, answers)
    assert difference <= 0 if item.reversed else difference >= 0


@given(forms(), st.data())
def test_one_missing_answer_makes_the_total_missing(form, data):
    scale, answers = form
    answers[data.draw(st.integers(0, len(answers) - 1))] = None
    assert np.isnan(score_items(scale, answers))


def test_many_forms_at_once_are_scored_one_by_one():
    rng = np.random.default_rng(1)
    scale = instrument("QIDS-SR16")
    table = rng.integers(0, 4, size=(50, 16)).astype(float)
    table[3, 2] = np.nan
    together = score_items(scale, table)
    assert together.shape == (50,)
    np.testing.assert_array_equal(together, [score_items(scale, row) for row in table])


def test_a_mapping_by_item_number_may_hold_the_unscored_item():
    by_number = dict(enumerate([1, 2, 0, 3, 0, 1, 1, 0, 2, 3], start=1))
    assert score_items(instrument("PHQ-9"), by_number) == 10
    columns = {number: [value, value] for number, value in by_number.items()}
    assert score_items(instrument("PHQ-9"), columns).tolist() == [10, 10]
    del by_number[4]
    assert np.isnan(score_items(instrument("PHQ-9"), by_number))


PRORATED = Instrument.model_validate(
    {
        "id": "P", "name": "P", "domain": "other", "higher": "worse", "unit": "points",
        "items": [{"number": n} for n in range(1, 6)],
        "options": [{"value": v} for v in range(4)],
        "scoring": {"rule": "sum", "missing_allowed": 1, "missing_rule": "mean of the others"},
    }
)  # fmt: skip


def test_prorating_replaces_the_missing_by_the_mean_of_the_others():
    assert score_items(PRORATED, [1, 1, 3, 3, None]) == 10  # 8 + mean(1, 1, 3, 3)
    assert np.isnan(score_items(PRORATED, [1, 1, 3, None, None]))


@pytest.mark.parametrize(
    ("identifier", "answers", "message"),
    [
        ("PHQ-9", [1, 2, 0, 4, 0, 1, 1, 0, 2], r"item 4: found 4; allowed: 0, 1, 2, 3"),
        ("PHQ-9", [0.5] + [0] * 8, r"item 1: found 0.5"),
        ("PHQ-9", [0] * 8, r"9 scored items; got answers of shape \(8,\)"),
        ("PHQ-9", 3, r"shape \(\)"),
        ("PHQ-9", ["often"] + [0] * 8, "not all numbers"),
        ("PHQ-9", {11: 0}, r"no item 11; its items are 1, 2"),
        ("PHQ-9", {10: 4}, r"item 10: found 4"),
        ("PANAS", [1], "Give the total instead"),
    ],
)
def test_wrong_answers_are_refused(identifier, answers, message):
    with pytest.raises(DataError, match=message):
        score_items(instrument(identifier), answers)
