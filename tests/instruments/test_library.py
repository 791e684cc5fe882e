"""The library: every file is whole, every licence is kept, unknown names get help."""

import pytest
from pydantic import ValidationError

from equipoise.errors import DataError
from equipoise.instruments import Instrument, instrument, instruments

DOMAINS = {
    "depression",
    "anxiety",
    "mood",
    "energy and fatigue",
    "mental clarity",
    "concentration and productivity",
    "creativity",
    "emotional regulation",
    "well-being",
    "cognition",
}
# HL7 US Core, examples Observation-PHQ9-item-example-<code>, in the order of the form.
PHQ9 = {
    1: ("44250-9", "interest or pleasure"),
    2: ("44255-8", "depressed"),
    3: ("44259-0", "asleep"),
    4: ("44254-1", "tired"),
    5: ("44251-7", "appetite"),
    6: ("44258-2", "failure"),
    7: ("44252-5", "concentrating"),
    8: ("44253-3", "slowly"),
    9: ("44260-8", "better off dead"),
    10: ("69722-7", "difficult"),
}
# HL7 personal-health-record-format-ig, QuestionnaireResponse-ScoredAssessment-GAD7.
GAD7 = {
    1: ("69725-0", "nervous"),
    2: ("68509-9", "stop or control"),
    3: ("69733-4", "different things"),
    4: ("69734-2", "relaxing"),
    5: ("69735-9", "restless"),
    6: ("69689-8", "irritable"),
    7: ("69736-7", "afraid"),
}


@pytest.mark.parametrize("identifier", instruments())
def test_every_file_reads_and_is_named_as_its_instrument(identifier):
    assert instrument(identifier).id == identifier


@pytest.mark.parametrize("identifier", instruments())
def test_every_instrument_says_its_licence_and_source(identifier):
    scale = instrument(identifier)
    assert scale.licence
    assert scale.sources


@pytest.mark.parametrize("identifier", instruments())
def test_bands_tile_the_range_without_gap_or_overlap(identifier):
    scale = instrument(identifier)
    if scale.bands:
        assert scale.bands[0].low == scale.low
        assert scale.bands[-1].high == scale.high
        for below, above in zip(scale.bands, scale.bands[1:], strict=False):
            assert above.low == below.high + 1


def test_item_text_is_shipped_for_phq9_and_gad7_only():
    with_text = {i for i in instruments() if any(item.text for item in instrument(i).items)}
    assert with_text == {"PHQ-9", "GAD-7"}


def test_every_domain_asked_for_has_an_instrument():
    assert {instrument(i).domain for i in instruments()} >= DOMAINS


@pytest.mark.parametrize(("identifier", "expected"), [("PHQ-9", PHQ9), ("GAD-7", GAD7)])
def test_loinc_codes_stand_beside_their_own_question(identifier, expected):
    items = {item.number: item for item in instrument(identifier).items}
    assert set(items) == set(expected)
    for number, (code, words) in expected.items():
        assert items[number].loinc == code
        assert words in items[number].text


def test_phq9_flags_suicidality_and_does_not_score_difficulty():
    scale = instrument("PHQ-9")
    assert [i.number for i in scale.items if i.safety == "suicidality"] == [9]
    assert [i.number for i in scale.items if not i.scored] == [10]
    assert (scale.loinc.panel, scale.loinc.total) == ("44249-1", "44261-6")
    assert "Pfizer" in scale.notice


def test_answer_codes_are_those_of_loinc_list_ll358():
    codes = [(o.value, o.label, o.loinc) for o in instrument("GAD-7").options]
    assert codes == [
        (0, "Not at all", "LA6568-5"),
        (1, "Several days", "LA6569-3"),
        (2, "More than half the days", "LA6570-1"),
        (3, "Nearly every day", "LA6571-9"),
    ]


@pytest.mark.parametrize(
    ("total", "label"),
    [(0, "minimal"), (4, "minimal"), (5, "mild"), (14, "moderate"), (15, "moderately severe"),
     (27, "severe"), (28, None)],
)  # fmt: skip
def test_phq9_bands(total, label):
    assert instrument("PHQ-9").band(total) == label


def test_upper_and_lower_case_are_the_same():
    assert instrument("phq-9") is not None
    assert instrument("qids-sr16") == instrument("QIDS-SR16")


def test_unknown_instrument_names_its_neighbours():
    with pytest.raises(DataError, match=r"no instrument 'PHQ9'.*'PHQ-9'"):
        instrument("PHQ9")


@pytest.mark.parametrize("value", [-1, 27.5, 31])
def test_range_excludes_what_lies_outside(value):
    assert not instrument("QIDS-SR16").contains(value)


def test_an_unbounded_score_excludes_nothing():
    assert instrument("CPS").contains(-1e9)
    assert instrument("CPS").objective


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"low": 5, "high": 5}, "not below"),
        ({"items": [{"number": 1}], "options": []}, "options"),
        ({"items": [{"number": 1}, {"number": 1}], "options": [{"value": 0}]}, "repeat"),
        ({"items": [{"number": 1, "text": "x"}], "options": [{"value": 0}]}, "may_ship_item_text"),
        ({"colour": "red"}, "extra"),
        ({"domain": "luck"}, "depression"),
    ],
)
def test_a_wrong_definition_is_refused(change, message):
    right = {"id": "X", "name": "X", "domain": "other", "higher": "neither", "unit": "points"}
    Instrument.model_validate(right)
    with pytest.raises(ValidationError, match=message):
        Instrument.model_validate(right | change)


def test_an_instrument_is_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        instrument("PHQ-9").low = 3
