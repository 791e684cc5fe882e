"""RoB 2: every path of answers against flow charts written down a second time, and laws."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.synthesis.judgement.rob2 import LEVELS, assess_rob2, domains, overall_rob2
from equipoise.synthesis.judgement.rob2.adhering import ADHERING
from equipoise.synthesis.judgement.rob2.assignment import ASSIGNMENT
from equipoise.synthesis.judgement.rob2.measurement import MEASUREMENT
from equipoise.synthesis.judgement.rob2.missing_data import MISSING_DATA
from equipoise.synthesis.judgement.rob2.randomisation import RANDOMISATION
from equipoise.synthesis.judgement.rob2.reported_result import REPORTED_RESULT
from equipoise.synthesis.judgement.signalling import decide

Y, N, NI = ("Y", "PY"), ("N", "PN"), ("NI",)
ALL = (*Y, *N, *NI)


# the flow charts of the guidance of 22 August 2019, walked box by box as a person would: another
# form than the package's decision tables


def chart_1(a):
    if a["1.2"] in N:
        return "high"
    if a["1.2"] in NI:
        return "high" if a["1.3"] in Y else "some concerns"
    if a["1.1"] in N:
        return "some concerns"
    return "some concerns" if a["1.3"] in Y else "low"


def chart_2_deviations(a):
    if a["2.1"] in N and a["2.2"] in N:
        return "low"
    if a["2.3"] in N:
        return "low"
    if a["2.3"] in NI:
        return "some concerns"
    if a["2.4"] in N:
        return "some concerns"
    return "some concerns" if a["2.5"] in Y else "high"


def chart_2_analysis(a):
    if a["2.6"] in Y:
        return "low"
    return "some concerns" if a["2.7"] in N else "high"


def chart_2_assignment(a):
    both = {chart_2_deviations(a), chart_2_analysis(a)}
    if "high" in both:
        return "high"
    return "low" if both == {"low"} else "some concerns"


def chart_2_adhering(a):
    aware = not (a["2.1"] in N and a["2.2"] in N)
    if aware and a["2.3"] in N + NI:
        return "some concerns" if a["2.6"] in Y else "high"
    if a["2.4"] in Y + NI or a["2.5"] in Y + NI:
        return "some concerns" if a["2.6"] in Y else "high"
    return "low"


def chart_3(a):
    if a["3.1"] in Y or a["3.2"] in Y:
        return "low"
    if a["3.3"] in N:
        return "low"
    return "some concerns" if a["3.4"] in N else "high"


def chart_4(a):
    if a["4.1"] in Y or a["4.2"] in Y:
        return "high"
    best = "low" if a["4.2"] in N else "some concerns"
    if a["4.3"] in N or a["4.4"] in N:
        return best
    return "some concerns" if a["4.5"] in N else "high"


def chart_5(a):
    if a["5.2"] in Y or a["5.3"] in Y:
        return "high"
    if a["5.2"] in NI or a["5.3"] in NI:
        return "some concerns"
    return "low" if a["5.1"] in Y else "some concerns"


CHARTS = [
    (RANDOMISATION, chart_1),
    (ASSIGNMENT, chart_2_assignment),
    (ADHERING, chart_2_adhering),
    (MISSING_DATA, chart_3),
    (MEASUREMENT, chart_4),
    (REPORTED_RESULT, chart_5),
]
NAMES = ["D1", "D2 assignment", "D2 adhering", "D3", "D4", "D5"]
# the answer that speaks for low risk; the rest of the tool's questions want a no
GOOD_YES = {
    "D1": {"1.1", "1.2"},
    "D2 assignment": {"2.5", "2.6"},
    "D2 adhering": {"2.3", "2.6"},
    "D3": {"3.1", "3.2"},
    "D4": set(),
    "D5": {"5.1"},
}


def combinations(domain):
    options = [sorted(question.options) for question in domain.questions]
    numbers = [question.number for question in domain.questions]
    return [dict(zip(numbers, chosen, strict=True)) for chosen in product(*options)]


@pytest.mark.parametrize(("domain", "chart"), CHARTS, ids=NAMES)
def test_every_combination_of_answers_agrees_with_the_flow_chart(domain, chart):
    # options repeat Y/PY and N/PN; of seven questions three answers a question are enough
    few = len(domain.questions) > 6
    for answers in combinations(domain):
        if few and ("PY" in answers.values() or "PN" in answers.values()):
            continue
        assert decide(domain, answers).level == chart(answers), answers


@given(st.lists(st.sampled_from(ALL), min_size=7, max_size=7))
def test_probably_counts_as_the_plain_answer(seven):
    answers = dict(zip([q.number for q in ASSIGNMENT.questions], seven, strict=True))
    assert decide(ASSIGNMENT, answers).level == chart_2_assignment(answers)


@pytest.mark.parametrize(
    ("domain", "name"), [(d, n) for (d, _), n in zip(CHARTS, NAMES, strict=True)]
)
def test_a_worse_answer_never_lowers_the_risk(domain, name):
    for answers in combinations(domain):
        if {"PY", "PN"} & set(answers.values()):
            continue
        before = LEVELS.index(decide(domain, answers).level)
        for question in domain.questions:
            good, bad = ("Y", "N") if question.number in GOOD_YES[name] else ("N", "Y")
            ladder = [good, "NI", bad]
            if answers[question.number] not in ladder:
                continue
            for worse in ladder[ladder.index(answers[question.number]) + 1 :]:
                if worse in question.options:
                    after = decide(domain, answers | {question.number: worse}).level
                    assert LEVELS.index(after) >= before, (answers, question.number, worse)


@pytest.mark.parametrize("domain", [d for d, _ in CHARTS], ids=NAMES)
def test_only_the_questions_asked_are_needed(domain):
    for answers in combinations(domain):
        if {"PY", "PN"} & set(answers.values()):
            continue
        asked = domain.asked(answers)
        alone = {number: answers[number] for number in asked}
        assert decide(domain, alone).level == decide(domain, answers).level
        assert decide(domain, alone).unused == ()
        for number in asked:
            without = {k: v for k, v in alone.items() if k != number}
            question = next(q for q in domain.questions if q.number == number)
            if "NA" not in question.options:
                with pytest.raises(DataError, match=f"question {number}.*no answer"):
                    decide(domain, without)


GOOD = {
    "1.1": "Y", "1.2": "Y", "1.3": "N", "2.1": "N", "2.2": "N", "2.6": "Y", "3.1": "Y",
    "4.1": "N", "4.2": "N", "4.3": "N", "5.1": "Y", "5.2": "N", "5.3": "N",
}  # fmt: skip


def test_overall_by_the_published_rule():
    assert overall_rob2(["low"] * 5)[0] == "low"
    for place in range(5):
        levels = ["low"] * 5
        levels[place] = "some concerns"
        assert overall_rob2(levels)[0] == "some concerns"
        levels[(place + 1) % 5] = "high"
        assert overall_rob2(levels)[0] == "high"
    assert overall_rob2(["some concerns"] * 5)[0] == "some concerns"
    assert overall_rob2(["some concerns"] * 3 + ["low"] * 2, several_are_high=3)[0] == "high"


def test_several_concerns_are_left_to_the_assessor_and_said():
    found = assess_rob2(GOOD | {"5.1": "N", "1.3": "Y"}, about="A 2020")
    assert found.overall == "some concerns"
    assert "assessor may call the whole high" in found.warnings[0]
    assert assess_rob2(GOOD | {"5.1": "N", "1.3": "Y"}, several_are_high=2).overall == "high"


def test_answers_off_the_path_are_told():
    found = assess_rob2(GOOD | {"4.5": "Y"})
    assert found.level("D4") == "low"
    assert "4.5 do not count" in found.warnings[0]


def test_the_reason_names_the_row():
    assert assess_rob2(GOOD | {"1.2": "NI"}).domains[0].because == "1.2 NI; 1.3 PN/N/NI"


@pytest.mark.parametrize(
    ("answers", "effect", "says"),
    [
        (GOOD | {"1.1": "maybe"}, "assignment", "'maybe' is no answer"),
        (GOOD | {"1.1": True}, "assignment", "unquoted word"),
        (GOOD | {"3.9": "Y"}, "assignment", "no question 3.9"),
        (GOOD | {"2.7": "Y"}, "adhering", "no question 2.7 for the effect of adhering"),
        ({k: v for k, v in GOOD.items() if k != "4.3"}, "assignment", "A 2020, D4: question 4.3"),
        (GOOD | {"3.1": "N", "3.2": "NI"}, "assignment", "has the answer NI"),
        (GOOD, "both", "not 'both'"),
    ],
)
def test_bad_answers_are_named(answers, effect, says):
    with pytest.raises(DataError, match=says):
        assess_rob2(answers, effect=effect, about="A 2020")


def test_bad_levels_are_named():
    with pytest.raises(DataError, match="no level 'moderate'"):
        overall_rob2(["moderate"] * 5)
    with pytest.raises(DataError, match="five domains; 4"):
        overall_rob2(["low"] * 4)


def test_no_question_is_the_tools_own_sentence():
    """The tool's text is CC BY-NC-ND: ours are a few words each."""
    for effect in ("assignment", "adhering"):
        for domain in domains(effect):
            assert all(len(question.asks) < 70 for question in domain.questions)
