"""Laws of the screen: more said never makes it milder, and order does not matter."""

from hypothesis import given
from hypothesis import strategies as st

from equipoise.safety import LEVELS, Answers, medicine_names, rule_book, screen

QUESTIONS = sorted(rule_book().questions)
FREE = [q for q in QUESTIONS if rule_book().questions[q].after is None]
WORDS = sorted({name.name for name in medicine_names().by_key.values()})

drugs = st.sampled_from(sorted(rule_book().substances))
typed = st.sampled_from(WORDS) | st.text(min_size=1, max_size=12)
medicines = st.lists(typed, max_size=4).map(tuple)
answers = st.dictionaries(st.sampled_from(QUESTIONS), st.sampled_from(["yes", "no", "not sure"]))


def rules(result, *, sure: bool = False) -> set[str]:
    return {hit.rule for hit in result.hits if not (sure and hit.possible)}


def strictness(result) -> int:
    return len(LEVELS) if result.level is None else LEVELS.index(result.level)


@given(answers, medicines, typed, drugs)
def test_one_more_medicine_never_takes_a_rule_away(said, taken, more, drug):
    before, after = (screen(Answers(said, m), drug) for m in (taken, (*taken, more)))
    assert rules(before) <= rules(after)
    assert rules(before, sure=True) <= rules(after, sure=True)
    assert strictness(after) <= strictness(before) or not taken


@given(answers, medicines, drugs, st.randoms(use_true_random=False))
def test_the_order_of_medicines_does_not_matter(said, taken, drug, draw):
    mixed = draw.sample(taken, len(taken))
    one, two = (screen(Answers(said, tuple(m)), drug) for m in (taken, mixed))
    assert [hit.rule for hit in one.hits] == [hit.rule for hit in two.hits]
    assert sorted(u.text for u in one.unknown) == sorted(u.text for u in two.unknown)


@given(answers, medicines, drugs, st.sampled_from(FREE))
def test_not_sure_is_never_milder_than_yes_or_no(said, taken, drug, question):
    yes, no, unsure = (
        screen(Answers({**said, question: answer}, taken), drug)
        for answer in ("yes", "no", "not sure")
    )
    assert rules(yes) == rules(unsure) >= rules(no)


@given(answers, medicines, drugs, drugs)
def test_two_drugs_give_the_rules_of_each(said, taken, one, other):
    given_ = Answers(said, taken)
    both = rules(screen(given_, [one, other]))
    assert both == rules(screen(given_, one)) | rules(screen(given_, other))


@given(answers, medicines, drugs)
def test_the_order_is_crisis_then_strictest(said, taken, drug):
    hits = screen(Answers(said, taken), drug).hits
    order = [hit.order for hit in hits]
    assert order == sorted(order)
    assert len(set(order)) == len(order)
