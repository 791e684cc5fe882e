"""equipoise ask: the graded answer, in the terminal and as one object."""

import json

import pytest

from equipoise.synthesis.evidence import find_review

from .test_json import KEYS


def flat(result):
    return " ".join(result.stdout.split())


def test_the_answer_is_graded_and_opens_to_what_it_stands_on(run):
    result = run("ask", "microdosing", "--for", "depression")
    assert result.exit_code == 0, result.stderr
    said = flat(result)
    for part in ("How sure, and why:", "Risk of bias", "The numbers, one step below",
                 "How much may be belief", "What is not known", "Studies in the answer on",
                 "Studies not in it:", "microdosing-depression, version",
                 "That does not show that there are none.", "doi 10.7554/eLife.62878"):  # fmt: skip
        assert part in said, part


@pytest.mark.parametrize(
    "words",
    [
        ("microdosing", "--for", "anxiety"),
        ("microdose", "--for", "anxious"),
        ("Does LSD microdosing help with anxiety?",),
        ("microdosing-anxiety",),
    ],
)
def test_a_review_is_found_by_the_words_that_people_use(run, words):
    found = json.loads(run("ask", *words, "--json").stdout)
    assert "microdosing-anxiety" in found["source"]["name"]
    assert {row["outcome"] for row in found["estimates"]} == {"anxiety"}


def test_json_is_one_object_with_the_keys_of_every_verb_and_sentences(run):
    result = run("ask", "microdosing", "--for", "depression", "--json")
    found = json.loads(result.stdout)
    assert list(found) == ["equipoise", "source", "estimates", "refused", "sentences", "harms"]
    assert all(list(row) == KEYS for row in found["estimates"])
    for one in found["sentences"]:
        assert list(one) == ["id", "template", "text", "outcome", "certainty", "size", "estimates",
                             "studies", "version", "opens"]  # fmt: skip
        assert one["version"] == found["source"]["sha256"]
    assert found["sentences"][0]["id"].endswith(":headline")
    assert run("ask", "microdosing", "--for", "depression", "--json").stdout == result.stdout


def test_several_reviews_answer_in_short(run):
    result = run("ask", "microdosing")
    assert result.exit_code == 0, result.stderr
    assert "equipoise ask microdosing-anxiety" in flat(result)
    assert "equipoise ask microdosing-depression" in flat(result)
    assert "The numbers" not in result.stdout
    found = json.loads(run("ask", "microdosing", "--json").stdout)
    assert len(found["source"]["sha256"]) == 64
    assert len({one["version"] for one in found["sentences"]}) > 1


@pytest.mark.parametrize("words", [("aspirin",), ("microdosing", "--for", "toothache")])
def test_what_nobody_answers_names_what_can_be_asked(run, words):
    result = run("ask", *words)
    assert result.exit_code == 1
    assert "No review here answers" in result.stderr
    assert "That does not show that it works, or that it does not." in result.stderr
    assert "microdosing-depression (--for depression)" in result.stderr


def test_words_that_say_nothing_are_not_every_review(run):
    result = run("ask", "does it work?")
    assert result.exit_code == 1
    assert "What can be asked" in result.stderr


def test_a_folder_is_asked_by_its_path(run, tmp_path):
    assert run("review", "new", "mine").exit_code == 0
    result = run("ask", "mine")
    assert result.exit_code == 0, result.stderr
    assert "1 trial looked at the drug for depressive symptoms, but gave no number" in flat(result)
    assert "its numbers are unverified" in flat(result)
    assert not (tmp_path / "mine" / "results").exists()
    assert run("ask", tmp_path / "mine" / "review.yaml").exit_code == 0
    missing = run("ask", "nowhere/at-all")
    assert missing.exit_code == 1
    assert "There is no review.yaml" in missing.stderr


def test_a_folder_without_a_plan_does_not_hide_a_topic(run, tmp_path):
    (tmp_path / "microdosing").mkdir()
    assert run("ask", "microdosing", "--for", "anxiety").exit_code == 0


def test_the_answer_claims_nothing(run):
    for name in ("depression", "anxiety"):
        said = run("ask", "microdosing", "--for", name).stdout.lower()
        for word in ("significant", "no effect", "promising", "proven", "recommend"):
            assert word not in said


def test_nothing_is_written_into_what_comes_with_equipoise(run):
    folder, ours = find_review("microdosing-depression")
    assert ours
    run("ask", "microdosing-depression")
    assert not (folder / "results").exists()


def test_harms_stand_beside_the_answer_with_their_source(run):
    said = flat(run("ask", "microdosing", "--for", "depression"))
    assert "Harms that reports tell of (not pooled)" in said
    assert "4 of 40 healthy men on a microdose of LSD left the trial because of anxiety" in said
    assert "bladder" not in said  # of full doses and of use for pleasure
    found = json.loads(run("ask", "ketamine-depression", "--json").stdout)["harms"]
    assert any("urinary symptoms" in harm["text"] for harm in found)
    assert all(harm["verified"] and harm["source"] for harm in found)
