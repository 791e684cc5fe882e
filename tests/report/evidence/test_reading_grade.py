"""Flesch-Kincaid grade of every template: 8 or below, names of drugs and scales taken out."""

import re

import pytest

from equipoise.report.evidence.templates import templates
from equipoise.synthesis.judgement.plain_statement import Wording, no_study, statement, statements

syllapy = pytest.importorskip("syllapy", reason="counts syllables; not needed to run")

WORDS = {"x": "it", "y": "it", "control": "it", "event": "get well", "studies": "two trials",
         "study": "one", "instrument": "it", "does": "does", "needs": "more people in trials",
         "difference": "ten more"}  # fmt: skip
LIMIT = 8


def grade(text: str) -> float:
    """Return 0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid et al. 1975)."""
    parts = [part for part in re.split(r"[.!?:]+(?=\s|$)", text) if part.strip()]
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(max(syllapy.count(word), 1) for word in words)
    return 0.39 * len(words) / len(parts) + 11.8 * syllables / len(words) - 15.59


def test_the_measure_is_the_published_one():
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45, abs=0.005)


@pytest.mark.parametrize("name", templates()["sentences"])
def test_every_template_is_easy(name):
    text = templates()["sentences"][name]
    gaps = re.findall(r"\{(\w+)\}", text)
    filled = text.format(**{gap: WORDS.get(gap, "ten") for gap in gaps})
    assert grade(filled) <= LIMIT, (round(grade(filled), 1), filled)


@pytest.mark.parametrize("name", statements())
def test_every_headline_is_easy(name):
    wording = Wording("it", "it")
    said = no_study(wording)
    if "-" in name and name not in ("no-study", "very-low"):
        level, size = name.split("-")
        said = statement({"high": 4, "moderate": 3, "low": 2}[level], size, -1, wording)  # type: ignore[arg-type]
    elif name == "very-low":
        said = statement(1, "large", -1, wording)
    assert grade(said) <= LIMIT, said


def test_what_would_make_us_surer_is_easy():
    needs = list(templates()["needs"].values())
    for need in needs:
        said = templates()["sentences"]["change"].format(needs=need)
        assert grade(said) <= LIMIT, (round(grade(said), 1), said)
