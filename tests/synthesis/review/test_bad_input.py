"""What must not happen: wrong files are told with line, value and remedy."""

import pytest
import yaml

from equipoise.errors import DataError
from equipoise.synthesis.review import new_review, read_review, study_from_text, synthesise

from .conftest import CHECKED, analysis, study


def text_of(**changes):
    return yaml.safe_dump(study("smith2020", **changes), sort_keys=False)


def arms(drug, placebo=None):
    row = study("smith2020")["outcomes"][0]
    second = {**CHECKED, **row["arms"][1], **(placebo or {})}
    return [{**row, "arms": [{**CHECKED, **row["arms"][0], **drug}, second]}]


@pytest.mark.parametrize(
    ("drug", "told"),
    [
        ({"sd": 0}, "found 0; input should be greater than 0"),
        ({"sd": -1.5}, "found -1.5; input should be greater than 0"),
        ({"n": 0}, "found 0; input should be greater than or equal to 1"),
        ({"n": 12.5}, "found 12.5"),
        ({"mean": "14,1"}, 'found "14,1"; that is a decimal comma, which YAML reads as text: '
                           "write 14.1"),
        ({"mean": "NA"}, 'found "NA"; expected a number without quotes'),
        ({"mean": True}, "found yes; expected a number"),
        ({"events": 12, "total": 10}, "12 people with the event of 10: impossible"),
        ({"events": 12}, "12 events without `total`"),
        ({"se": 9.0}, "the standard error 9 is not below the SD 7.9: are they exchanged?"),
        ({"q1": 5, "median": 3, "q3": 9}, "q1, median, q3 must rise"),
        ({"arm": "druk"}, 'found "druk"; allowed arms of this study: "drug", "placebo"; '
                          'did you mean "drug"?'),
        ({"checked_by": None}, "verified: true without `checked_by`"),
        ({"source": None}, "verified: true without `source`"),
        ({"origin": "memory"}, "a fact from memory is not verified"),
        ({"sdd": 3}, 'there is no such field; allowed fields: "source"'),
    ],
)  # fmt: skip
def test_impossible_numbers_are_told_with_their_place(drug, told):
    with pytest.raises(DataError) as error:
        study_from_text(text_of(outcomes=arms(drug)), "smith2020.yaml")
    assert told in str(error.value)
    assert "smith2020.yaml:" in str(error.value)
    assert "outcomes[0].arms[0]" in str(error.value)


def test_the_line_is_that_of_the_number():
    text = text_of()
    line = 1 + text.splitlines().index("    mean: 14.1")
    with pytest.raises(DataError, match=rf"smith2020.yaml:{line}: .*found \"14,1\""):
        study_from_text(text.replace("mean: 14.1", "mean: 14,1"), "smith2020.yaml")


def test_a_decimal_comma_within_braces_is_named_as_one():
    text = text_of().partition("outcomes:")[0] + (
        "outcomes:\n- {outcome: depression, higher: worse, visit: w4, arms: "
        "[{arm: drug, n: 9, mean: 14,1, sd: 2}]}\n"
    )
    with pytest.raises(DataError, match=r"is that a decimal comma\? Write a point: N.1, not"):
        study_from_text(text)


@pytest.mark.parametrize(
    ("effect", "told"),
    [
        ({"estimate": 2.0}, "lies outside its interval -6.9 to 1.5: was a sign lost?"),
        ({"low": 3.0}, "low 3 is not below high 1.5"),
        ({"high": None}, "gives one confidence limit"),
        ({"positive_favours": "nobody"}, 'found "nobody"; allowed: "drug", "placebo"'),
        ({"contrast": ["drug", "drug"]}, "compares drug with itself"),
        ({"contrast": ["drug", "wait list"], "positive_favours": "drug"},
         'found "wait list"; allowed arms of this study'),
        ({"measure": "OR", "estimate": -0.5}, "a ratio (OR) is above 0"),
        ({"measure": "COR", "estimate": 1.4, "low": None, "high": None}, "between -1 and 1"),
        ({"level": 95}, "found 95"),
    ],
)  # fmt: skip
def test_impossible_effects_are_told(effect, told):
    row = study("smith2020")["outcomes"][0]
    given = {"measure": "MD", "contrast": ["drug", "placebo"], "estimate": -2.7, "low": -6.9,
             "high": 1.5, "positive_favours": "placebo", **CHECKED, **effect}  # fmt: skip
    with pytest.raises(DataError) as error:
        study_from_text(text_of(outcomes=[{**row, "effects": [given]}]))
    assert told in str(error.value)


def test_numbers_without_a_direction_are_refused():
    row = study("smith2020")["outcomes"][0]
    with pytest.raises(DataError, match="Directions are declared, never guessed"):
        study_from_text(text_of(outcomes=[{**row, "higher": None}]))


def test_more_guesses_than_people_are_refused():
    guesses = [{"arm": "drug", "right": 20, "wrong": 11}]
    with pytest.raises(DataError, match="31 guesses in drug, which has 30 people"):
        study_from_text(text_of(blinding={"guesses": guesses}))
    repeated = [{**guesses[0], "repeated": True}]
    assert study_from_text(text_of(blinding={"guesses": repeated})).blinding.guesses[0].right == 20


def test_every_mistake_is_told_at_once():
    with pytest.raises(DataError, match="2 mistakes in the study"):
        study_from_text(text_of(outcomes=arms({"sd": 0}, {"n": 0})))


def test_a_file_is_named_as_its_study(made, tmp_path):
    made([study("smith2020")])
    folder = tmp_path / "review" / "studies"
    (folder / "smith2020.yaml").rename(folder / "smyth2020.yaml")
    with pytest.raises(DataError, match=r"the id is 'smith2020' but the file is smyth2020.yaml"):
        read_review(tmp_path / "review")


@pytest.mark.parametrize(
    ("same", "what"),
    [({"doi": "10.1000/one"}, "DOI 10.1000/one"), ({"pmid": 12345}, "PMID 12345"),
     ({"registration": ["NCT00000001"]}, "registration NCT00000001")],
)  # fmt: skip
def test_one_study_in_two_files_is_refused(made, same, what):
    with pytest.raises(DataError, match=f"a2020.yaml and b2020.yaml have the same {what}"):
        made([study("a2020", **same), study("b2020", **same)])


def test_two_reports_of_one_trial_may_be_kept_but_not_pooled(made):
    number = {"registration": ["NCT00000001"]}
    two = [study("a2020", **number), study("b2020", **number, same_trial_as=["a2020"])]
    folder = made(two)
    with pytest.raises(DataError, match="report one trial: in primary its people would count"):
        synthesise(folder)
    folder = made(two, analyses=[analysis(leave_out={"b2020": "the earlier report is whole"})])
    assert [r.study.id for r in synthesise(folder).selections["primary"].rows] == ["a2020"]


def test_an_instrument_with_two_directions_is_refused(made):
    other = study("b2020")
    other["outcomes"][0]["higher"] = "better"
    with pytest.raises(DataError, match="directions are mixed within depression: higher MADRS is "
                                        "worse in a2020 and better in b2020"):  # fmt: skip
        made([study("a2020"), other])


def test_a_direction_against_the_review_is_refused(made):
    other = study("b2020")
    other["outcomes"][0] |= {"higher": "better", "instrument": "WEMWBS"}
    folder = made([study("a2020"), other])
    with pytest.raises(DataError, match="in b2020 a higher WEMWBS is better"):
        synthesise(folder)


def test_turned_scales_change_sign_only_where_that_makes_sense(made):
    other = study("b2020")
    other["outcomes"][0] |= {"higher": "better", "instrument": "WEMWBS"}
    outcome = {"depression": {"label": "Symptoms", "higher": "worse", "instruments": ["MADRS"],
                              "turned": ["WEMWBS"]}}  # fmt: skip
    rows = synthesise(made([study("a2020"), other], outcomes=outcome)).selections["primary"].rows
    assert rows[0].effect.y == -rows[1].effect.y
    assert rows[0].effect.v == rows[1].effect.v
    folder = made([study("a2020"), other], outcomes=outcome, analyses=[analysis(measure="MD")])
    with pytest.raises(DataError, match="cannot be turned round"):
        synthesise(folder)


def test_several_effects_of_one_study_are_for_a_person_to_choose(made):
    two = study("a2020")
    two["outcomes"].append({**two["outcomes"][0], "visit": "week 8", "days": 56})
    with pytest.raises(DataError, match="a2020 offers 2 effects for the analysis primary"):
        synthesise(made([two]))
    last = synthesise(made([two], analyses=[analysis(visit="last")]))
    assert last.selections["primary"].rows[0].outcome.visit == "week 8"
    near = synthesise(made([two], analyses=[analysis(visit="nearest", days=30)]))
    assert near.selections["primary"].rows[0].outcome.visit == "week 4"


def test_changes_from_baseline_are_not_planned_with_comparisons(made):
    with pytest.raises(DataError, match="never pooled with comparisons of arms"):
        made([study("a2020")], analyses=[analysis(comparators=["inert-placebo", "baseline"])])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"studies": ["a2021"]}, 'found "a2021"; allowed studies: "a2020"'),
        ({"analyses": [analysis(outcome="sleep")]}, 'found "sleep"; allowed outcomes'),
        ({"analyses": [analysis(), analysis()]}, '"primary" names 2 analyses'),
        ({"analyses": [analysis(visit="nearest")]}, "`visit: nearest` and `days` go together"),
        ({"analyses": [analysis(method="REMLL")]}, 'did you mean "REML"?'),
        ({"studies": ["a2020"], "excluded": {"a2020": "why"}}, "is also among `studies`"),
    ],
)
def test_a_plan_that_contradicts_itself_is_refused(made, changes, told):
    with pytest.raises(DataError) as error:
        made([study("a2020")], **changes)
    assert told in str(error.value)


def test_a_folder_without_a_review_says_how_to_start_one(tmp_path):
    with pytest.raises(DataError, match="equipoise review new"):
        read_review(tmp_path)


def test_a_new_review_never_writes_over_anything(tmp_path):
    folder = new_review(tmp_path / "mine")
    assert read_review(folder).review.identifier == "mine"
    with pytest.raises(DataError, match="not empty"):
        new_review(folder)


@pytest.mark.parametrize("name", ["My review", "2026", "Überblick"])
def test_a_folder_whose_name_is_no_identifier_gets_the_example_s(tmp_path, name):
    assert read_review(new_review(tmp_path / name)).review.identifier == "my-review"
