"""The account of an allocation on the page: every item of CONSORT 17 to 20, or what is missing."""

from dataclasses import replace

import pytest

from equipoise.errors import DataError
from equipoise.records import AllocationAccount
from equipoise.report.gathering import gathered
from equipoise.report.page import render
from equipoise.report.sections.allocation import section
from equipoise.simulation import SCENARIOS, demo_protocol, simulate

ACCOUNT = AllocationAccount(
    trial="T-1",
    generated_by="a statistician",
    method="HMAC of a key.",
    procedure="big stick with limit 5, 1:1",
    ratio="1 drug : 1 dummy",
    strata=("London", "Zürich <south>"),
    mechanism="Boxes.",
    implementation=None,
    blinded=("participant",),
    blinding="Capsules.",
    kits=20,
    allocated=6,
    code_broken=1,
    commitment="ab" * 32,
    committed="2026-11-25T09:00:00.000000Z",
    root="cd" * 32,
    locked="2027-03-01T10:00:00.000000Z",
    revealed=True,
    checked=("commitment", "codes of 20 kits"),
)


@pytest.fixture
def findings(make_findings):
    return make_findings()


def facts(found):
    return dict(found.blocks[1].items)


def test_every_item_is_told_or_asked_for(findings):
    told = facts(section(replace(findings, allocation=ACCOUNT)))
    assert told["17a Who generated the sequence"] == "a statistician"
    assert told["17b Type of randomisation"].startswith("big stick with limit 5, 1:1; 1 drug : 1")
    assert told["19 Implementation"] == "Not stated: needs the author."
    assert told["Code broken before the lock"] == "1"
    assert told["Committed, locked, unblinded"] == (
        "2026-11-25 09:00 UTC, 2027-03-01 10:00 UTC, not yet"
    )
    assert [name.split()[0] for name in told][:7] == ["17a", "17a", "17b", "18", "19", "20a", "20b"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "fits: commitment, codes of 20 kits"),
        ({"revealed": None}, "Nobody has derived the list again"),
        ({"revealed": False, "faults": ("stratum s1, slot 3: another arm",)}, "slot 3"),
    ],
)
def test_whether_the_list_fits_is_said_first(findings, changed, words):
    found = section(replace(findings, allocation=replace(ACCOUNT, **changed)))
    assert words in found.blocks[0].paragraphs[0]
    assert (found.blocks[0].lead == "") == (changed.get("revealed", True) is not False)


def test_without_an_account_there_is_no_section(findings):
    assert section(findings) is None


def test_it_stands_on_the_page_escaped(findings):
    page = render(replace(findings, allocation=ACCOUNT))
    assert "How allocation was generated and concealed" in page
    assert "Zürich &lt;south&gt;" in page
    assert "ab" * 32 in page


def test_the_account_of_another_trial_is_refused():
    trial = simulate(demo_protocol(), SCENARIOS["drug only"], seed=1)
    from equipoise.belief import assess  # noqa: PLC0415

    answers = {"PHQ-9": assess(trial, "PHQ-9", draws=100)}
    with pytest.raises(DataError, match="is of T-1; these records are of"):
        gathered(trial, answers, seed=1, draws=100, allocation=ACCOUNT)
