"""What is said: never a verdict, never a dose, never advice on a medicine; in plain words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from equipoise.safety import Answers, RuleBook, crisis_block, crisis_lines, screen
from equipoise.safety.result import ScreenResult

VERDICT = re.compile(
    r"\b(safe|safely|ok|okay|harmless|risk-free|all clear|no risk|go ahead|no problem|green|"
    r"allowed for you|suitable|approved for)\b|[✓✔✅☑👍]",
    re.IGNORECASE,
)
ADVICE = re.compile(
    r"\b(stop|quit|skip|pause|taper|reduce|lower|halve|space|come off|wean|switch|wait)\w*\b"
    r"[^.]{0,25}\b(medicines?|medication|tablets?|lithium|antidepressants?|dos\w+|your)\b",
    re.IGNORECASE,
)
DOSE = re.compile(r"\d\s*(mg|g|ug|μg|µg|mcg|micrograms?|drops|tabs?)\b", re.IGNORECASE)
OBTAIN = re.compile(r"\b(buy|order|sell|dealer|shop|supplier|darknet|grow)\w*\b", re.IGNORECASE)
GLOSSARY = Path(__file__).with_name("glossary.yaml")


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from strings(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from strings(part)


def ours(book: RuleBook) -> list[str]:
    """Every sentence that we wrote and that a person may read."""
    rules = [t for r in book.rules for t in (r.reason, r.criterion, r.evidence, r.strength) if t]
    return [*rules, *(q.text for q in book.questions.values()), *strings(book.wording)]


def shown(result: ScreenResult) -> list[str]:
    hits = [t for h in result.hits for t in (h.level_text, *h.asked, h.reason, h.checked)]
    unknown = [u.text for u in result.unknown]
    return [result.summary, *hits, *unknown, *result.not_checked, *result.notes]


def everything_said(book: RuleBook) -> list[str]:
    said = ours(book)
    for answer in ("yes", "no", "not sure"):
        for drug in book.substances:
            medicines = ("lithium", "Lamictl", "antidepressant", "Blorfium", "oxycodone")
            answers = Answers(dict.fromkeys(book.questions, answer), medicines)
            said += shown(screen(answers, drug))
    for country in (None, "XX", *crisis_lines()):
        block = crisis_block(country)
        said += [block.first, block.emergency, *block.lines]
    return said


@pytest.mark.parametrize("banned", [VERDICT, ADVICE, DOSE, OBTAIN])
def test_banned_words_are_never_said(banned, book):
    said = [text for text in everything_said(book) if banned.search(text)]
    assert not said


def test_the_bans_would_catch_what_they_ban():
    for ban, text in [
        (VERDICT, "This looks safe."),
        (VERDICT, "You are OK ✓"),
        (ADVICE, "Stop taking your lithium first."),
        (ADVICE, "Wait two weeks after your last dose."),
        (DOSE, "Take 10 ug."),
        (OBTAIN, "Where to buy it."),
    ]:
        assert ban.search(text), text


def test_our_own_sentences_hold_no_number_that_is_not_a_name(book):
    names = re.compile(r"CYP\d[A-Z]\d{1,2}|Under 18|under 18")
    for text in ours(book):
        assert not re.search(r"\d", names.sub("", text)), text


def test_nobody_is_told_to_change_a_medicine(book):
    for hit in screen(Answers(medicines=("lithium", "Nardil")), "LSD").at("stop"):
        assert "Do not change any medicine of yours on your own." in hit.level_text
        assert "do not take LSD" in hit.level_text


# --- reading grade


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"[.!?:](?:\s+|$)", text) if re.search(r"[a-zA-Z]", part)]


def grade(text: str, exempt: frozenset[str] = frozenset()) -> float:
    """Flesch-Kincaid grade; words of the glossary are left out before counting."""
    count = pytest.importorskip("syllapy").count
    words = [
        w for w in re.findall(r"[A-Za-z]+(?:['’-][A-Za-z]+)*", text) if w.lower() not in exempt
    ]
    parts = max(len(sentences(text)), 1)
    syllables = sum(max(count(word.lower()), 1) for word in words)
    return 0.39 * len(words) / parts + 11.8 * syllables / max(len(words), 1) - 15.59


def glossary() -> frozenset[str]:
    listed = yaml.safe_load(GLOSSARY.read_text(encoding="utf-8"))
    return frozenset(word.lower() for group in listed.values() for word in group)


def test_grade_of_a_known_sentence():
    # -1.45 by the formula: 6 words, 1 sentence, 6 syllables
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45, abs=0.005)


def test_reasons_and_questions_can_be_read_at_grade_8(book):
    exempt = glossary()
    texts = [r.reason for r in book.rules if r.reason] + [q.text for q in book.questions.values()]
    texts += [re.sub(r"\{\w+\}", "it", t) for t in strings(book.wording)]
    hard = {t: g for t in texts if (g := grade(t, exempt)) > 8}
    assert not hard


def test_every_glossary_word_is_used(book):
    said = " ".join(ours(book)).lower()
    assert not [word for word in glossary() if word not in said]
