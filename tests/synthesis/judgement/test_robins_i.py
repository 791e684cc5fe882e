"""ROBINS-I: levels by people with reasons, the overall rule."""

from itertools import product

import pytest

from equipoise.errors import DataError
from equipoise.synthesis.judgement.robins_i import assess_robins_i, overall_robins_i
from equipoise.synthesis.judgement.robins_i_domains import DOMAINS

LOW = dict.fromkeys(DOMAINS, "low")
WHY = dict.fromkeys(DOMAINS, "read in the paper")
CONFOUNDED = "low except for concerns about uncontrolled confounding"


def test_overall_is_the_worst_domain_in_every_combination():
    levels = ("low", "moderate", "serious", "critical")
    for chosen in product(levels, repeat=6):
        found = overall_robins_i(dict(zip(DOMAINS, chosen, strict=True)))[0]
        worst = max(chosen, key=levels.index)
        assert found == (CONFOUNDED if worst == "low" else worst)


def test_low_is_never_plainly_low():
    assert assess_robins_i(LOW, WHY).overall == CONFOUNDED
    assert assess_robins_i(LOW | {"D1": CONFOUNDED}, WHY).overall == CONFOUNDED


def test_no_information_hides_nothing_worse():
    assert assess_robins_i(LOW | {"D4": "NI"}, WHY).overall == "no information"
    assert assess_robins_i(LOW | {"D4": "NI", "D5": "serious"}, WHY).overall == "serious"
    assert "form of 2016" in assess_robins_i(LOW | {"D4": "NI"}, WHY).warnings[0]


def test_a_fatal_flaw_is_critical():
    found = assess_robins_i(LOW, WHY, fatal="no confounder was controlled")
    assert found.overall == "critical"
    assert "no confounder" in found.because


def test_adding_up_is_left_to_people_and_said():
    found = assess_robins_i(LOW | {"D2": "moderate", "D3": "moderate"}, WHY)
    assert found.overall == "moderate"
    assert "may call the whole serious" in found.warnings[0]


@pytest.mark.parametrize(
    ("levels", "reasons", "says"),
    [
        ({"D1": "low"}, WHY, "lacks the domains D2"),
        (LOW | {"D7": "low"}, WHY, "no domain 'D7'"),
        (LOW | {"D2": CONFOUNDED}, WHY, "a level of D1"),
        (LOW | {"D2": "high"}, WHY, "no level of ROBINS-I"),
        (LOW, WHY | {"D3": " "}, "D3 came without a reason"),
    ],
)
def test_bad_input_is_named(levels, reasons, says):
    with pytest.raises(DataError, match=says):
        assess_robins_i(levels, reasons, about="B 2021")
