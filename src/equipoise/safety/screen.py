"""The screen: from a person's answers to the rules that apply, and to what is not known.

A pure function. It never says that something may be taken: silence is named as silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from equipoise.errors import DataError
from equipoise.safety.answers import Answers
from equipoise.safety.names import Entry, Names, Tags, medicine_names
from equipoise.safety.result import Hit, ScreenResult, Shown, Unknown
from equipoise.safety.rule import Rule, Source
from equipoise.safety.rule_book import RuleBook, Substance, concerned, rule_book


def screen(
    answers: Answers,
    substances: str | Sequence[str],
    rules: RuleBook | None = None,
    names: Names | None = None,
) -> ScreenResult:
    """Find the rules that apply to a person and a drug.

    Parameters
    ----------
    answers
        To the questions of the rule book; "not sure" counts as the stricter answer.
    substances
        One or more of the drugs that the rules are about.
    rules, names
        Those that come with equipoise unless given.

    Returns
    -------
    ScreenResult
        Crisis first, then stop, talk first, record; what is unknown; what was not checked.

    Raises
    ------
    DataError
        For a drug without rules, a question we do not ask, or an answer we do not take.

    Examples
    --------
    >>> screen(Answers(medicines=("Priadel 400 mg",)), "psilocybin").at("stop")[0].rule
    'lithium_psy'
    """
    book, names = rules or rule_book(), names or medicine_names()
    answers.checked(book, names)
    asked = [substances] if isinstance(substances, str) else list(substances)
    if not asked:
        raise DataError("Name at least one substance to screen for.")
    about = tuple({s.id: s for s in map(book.substance, asked)}.values())
    entries = tuple(_entry(text, answers, names) for text in answers.medicines)
    case = _Case(answers, entries, about, book)
    led = {rule: _led(rule, case) for rule in book.rules_about(about)}
    led = {rule: why for rule, why in led.items() if why}
    hits = sorted((_hit(rule, why, case) for rule, why in led.items()), key=lambda hit: hit.order)
    return ScreenResult(
        substances=tuple(s.id for s in about),
        summary=_summary(len(hits), book),
        hits=tuple(hits),
        unknown=_unknown(case),
        unknown_count=_unknown_count(case),
        not_checked=(*_unanswered(case), *_without_rule(case, led), *_limits(case, hits)),
        notes=(book.wording["stop_note"], book.wording["not_advice"]),
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """One person's answers, what their medicines were read as, the drugs asked about."""

    answers: Answers
    entries: tuple[Entry, ...]
    about: tuple[Substance, ...]
    book: RuleBook


@dataclass(frozen=True, slots=True)
class _Why:
    """What led to a rule; `possible`: only if that was meant; `to`: the question or known entry."""

    text: str
    to: str | None
    possible: bool = False


def _entry(text: str, answers: Answers, names: Names) -> Entry:
    chosen = answers.confirmed_name(text, names)
    return Entry(text, (chosen,)) if chosen else names.look_up(text)


def _led(rule: Rule, case: _Case) -> tuple[_Why, ...]:
    found = [*_by_question(rule, case), *_by_follow_up(rule, case)]
    for entry in case.entries:
        found += _by_medicine(frozenset(rule.medicines), entry, case.book)
    return tuple(found)


def _by_question(rule: Rule, case: _Case) -> Iterator[_Why]:
    told: str = case.book.wording["asked_question"]
    for key in rule.questions:
        if case.answers.met(key):
            question, answer = case.book.questions[key].text, case.answers.answers[key]
            yield _Why(told.format(question=question, answer=answer), to=f"question {key}")


def _by_follow_up(rule: Rule, case: _Case) -> Iterator[_Why]:
    words, questions, given = case.book.wording, case.book.questions, case.answers
    for part in rule.any_of:
        if given.met(part.question) and given.follow_up(part.more) in part.answers:
            text = words["asked_follow_up"].format(
                question=questions[part.question].text,
                answer=given.answers[part.question],
                more=questions[part.more].text,
                then=given.answers.get(part.more, words["unanswered"]),
            )
            yield _Why(text, to=f"question {part.question}")


def _by_medicine(wanted: Tags, entry: Entry, book: RuleBook) -> Iterator[_Why]:
    words, typed = book.wording, entry.entered
    for name in entry.known:
        if wanted & name.tags:
            text = words["asked_medicine"].format(entered=typed, read=name.read_as)
            yield _Why(text, to=typed)
        elif wanted & name.possible:
            yield _Why(words["asked_class"].format(entered=typed), to=typed, possible=True)
    for part, offered in entry.offered.items():
        for name in offered:
            if wanted & (name.tags | name.possible):
                text = words["asked_possible"].format(entered=part, read=name.name)
                yield _Why(text, to=None, possible=True)


def _hit(rule: Rule, why: tuple[_Why, ...], case: _Case) -> Hit:
    words, who = case.book.wording, rule.checked_by
    substance = " or ".join(concerned(rule, case.about))
    level_text = words["levels"][rule.level].format(substance=substance)
    return Hit(
        rule=rule.id,
        level=rule.level,
        level_text=level_text,
        crisis=rule.crisis,
        possible=all(w.possible for w in why),
        verified=rule.verified,
        asked=tuple(dict.fromkeys(w.text for w in why)),
        reason=rule.reason or words["unverified"],
        evidence=rule.evidence,
        strength=rule.strength,
        source=_shown(case.book.sources[rule.source]) if rule.source else None,
        checked=words["checked_by"].format(who=who) if who else words["not_checked_by"],
        indirect=_indirect(rule, case),
    )


def _shown(source: Source) -> Shown:
    return Shown(source.citation, source.doi, source.read_at, source.read_on.isoformat())


def _indirect(rule: Rule, case: _Case) -> str | None:
    """Say so where a rule was found out about a drug that the one asked about only includes."""
    if {s.id for s in case.about} & set(rule.substances):
        return None
    asked = next(s for s in case.about if s.id in concerned(rule, case.about))
    known = next(s for s in rule.substances if s in asked.includes)
    text: str = case.book.wording["indirect"].format(known=known, asked=asked.id)
    return text


def _summary(hits: int, book: RuleBook) -> str:
    key = "no_rule" if hits == 0 else "one_rule" if hits == 1 else "some_rules"
    text: str = book.wording[key].format(n=hits)
    return text


def _unknown(case: _Case) -> tuple[Unknown, ...]:
    words, found = case.book.wording, []
    for entry in case.entries:
        for part in entry.unknown:
            offered = tuple(name.name for name in entry.offered.get(part, ()))
            key = "unknown_medicine" if entry.whole else "unknown_part"
            text = words[key].format(part=part, entered=entry.entered)
            if offered:
                text += " " + words["hint"].format(names=", ".join(offered))
            found.append(Unknown(entry.entered, text, offered))
    if case.answers.met("medicine") and not case.answers.medicines:
        found.append(Unknown("", words["unnamed_medicines"]))
    return tuple(found)


def _unknown_count(case: _Case) -> str | None:
    n = sum(bool(entry.unknown) for entry in case.entries)
    text: str = case.book.wording["unknown_count"].format(n=n, all=len(case.entries))
    return text if n else None


def _unanswered(case: _Case) -> Iterator[str]:
    """Name the questions that a rule needs and that were not answered."""
    words, given = case.book.wording["not_checked"], case.answers
    needed = {key for rule in case.book.rules_about(case.about) for key in rule.asks}
    for question in case.book.questions.values():
        asked = question.after is None or given.met(question.after)
        if question.id in needed and asked and question.id not in given.answers:
            yield words["question"].format(question=question.text)
    if not case.entries and not given.met("medicine"):
        yield words["no_medicines"]


def _without_rule(case: _Case, led: Mapping[Rule, tuple[_Why, ...]]) -> Iterator[str]:
    """Name the medicines and answers that no rule is about, for each drug: silence is no answer."""
    words, given = case.book.wording["not_checked"], case.answers
    done = {
        (w.to, s) for rule, why in led.items() for w in why for s in concerned(rule, case.about)
    }
    for entry in case.entries:
        without = [s.id for s in case.about if (entry.entered, s.id) not in done]
        if entry.known and without:
            yield words["no_rule_for"].format(entered=entry.entered, substance=" or ".join(without))
    for key, question in case.book.questions.items():
        without = [s.id for s in case.about if (f"question {key}", s.id) not in done]
        if given.met(key) and question.after is None and key != "medicine" and without:
            yield words["no_rule_for_answer"].format(
                answer=given.answers[key], question=question.text, substance=" or ".join(without)
            )


def _limits(case: _Case, hits: Sequence[Hit]) -> Iterator[str]:
    words = case.book.wording["not_checked"]
    unverified = sum(not hit.verified for hit in hits)
    if unverified:
        yield words["unverified_rules"].format(n=unverified)
    yield from words["always"]
