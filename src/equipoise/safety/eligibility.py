"""The same rules as criteria of a trial, and as the check of a participant at a visit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from equipoise.errors import DataError
from equipoise.safety.answers import Answers
from equipoise.safety.levels import LEVELS, Level
from equipoise.safety.names import Names
from equipoise.safety.result import Hit, ScreenResult, Unknown
from equipoise.safety.rule import Rule
from equipoise.safety.rule_book import Question, RuleBook, rule_book
from equipoise.safety.screen import screen

_NO_DRUG = frozenset({"none", "placebo", "inert placebo", "no treatment"})


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: "stop" excludes, "talk first" is for a clinician, "record" is written down."""

    text: str
    level: Level
    rules: tuple[str, ...]
    sources: tuple[str, ...]
    verified: bool


@dataclass(frozen=True, slots=True)
class VisitCheck:
    """What the rules say of one participant at one visit; knows no arm."""

    visit: str
    found: ScreenResult
    new_since_last: tuple[str, ...]

    @property
    def excluded_by(self) -> tuple[Hit, ...]:
        """Certain hits that exclude."""
        return tuple(hit for hit in self.found.at("stop") if not hit.possible)

    @property
    def for_clinician(self) -> tuple[Hit, ...]:
        """Hits that a clinician decides on; those that hang on an unconfirmed name, too."""
        perhaps = tuple(hit for hit in self.found.at("stop") if hit.possible)
        return (*perhaps, *self.found.at("talk first"))

    @property
    def to_record(self) -> tuple[Hit, ...]:
        """Hits that are only written down."""
        return self.found.at("record")

    @property
    def unknown(self) -> tuple[Unknown, ...]:
        """What could not be checked: a clinician decides on each."""
        return self.found.unknown

    @property
    def safety_path(self) -> bool:
        """Whether the trial's path for suicidality starts now."""
        return self.found.crisis


def substances_in(
    texts: Iterable[str], rules: RuleBook | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Sort the substances of a protocol into those we have rules for and those we have not.

    Examples
    --------
    >>> substances_in(["LSD", "none", "escitalopram"])
    (('LSD',), ('escitalopram',))
    """
    book, known, without = rules or rule_book(), list[str](), list[str]()
    for text in texts:
        if text.strip().casefold() in _NO_DRUG:
            continue
        try:
            known.append(book.substance(text).id)
        except DataError:
            without.append(text)
    return tuple(dict.fromkeys(known)), tuple(dict.fromkeys(without))


def criteria(substances: Sequence[str], rules: RuleBook | None = None) -> tuple[Criterion, ...]:
    """Return the criteria for a trial of these substances, strictest first; one text once.

    Rules on how a drug is taken (at home, before driving) are no criteria: a trial plans that.

    Examples
    --------
    >>> criteria(["psilocybin"])[0].level
    'stop'
    """
    book = rules or rule_book()
    grouped: dict[tuple[Level, str], list[Rule]] = {}
    for rule in book.rules_about([book.substance(s) for s in substances]):
        if _is_about_use(rule, book):
            continue
        grouped.setdefault((rule.level, rule.criterion), []).append(rule)
    order = sorted(grouped, key=lambda key: (LEVELS.index(key[0]), key[1]))
    return tuple(_criterion(*key, grouped[key], book) for key in order)


def exclusion_criteria(substances: Sequence[str], rules: RuleBook | None = None) -> tuple[str, ...]:
    """Return the texts for the `exclude` list of a protocol's eligibility.

    Examples
    --------
    >>> "Takes lithium" in exclusion_criteria(["LSD"])
    True
    """
    return tuple(c.text for c in criteria(substances, rules) if c.level == "stop")


def questions_for(substances: Sequence[str], rules: RuleBook | None = None) -> tuple[Question, ...]:
    """Return the questions that a rule about these substances needs, in their order."""
    book = rules or rule_book()
    found = book.rules_about([book.substance(s) for s in substances])
    needed = {"medicine", *(key for rule in found for key in rule.asks)}
    return tuple(q for q in book.questions.values() if q.id in needed)


def check_visit(
    visit: str,
    answers: Answers,
    substances: Sequence[str],
    rules: RuleBook | None = None,
    names: Names | None = None,
    *,
    last: VisitCheck | None = None,
) -> VisitCheck:
    """Check one participant at one visit against the trial's substances, whatever the arm.

    Parameters
    ----------
    substances
        Of all arms: what is checked must not tell who got what.
    last
        The check before: rules that apply now and did not then are named.
    """
    found = screen(answers, substances, rules, names)
    before = {hit.rule for hit in last.found.hits} if last else set[str]()
    new = tuple(hit.rule for hit in found.hits if last and hit.rule not in before)
    return VisitCheck(visit, found, new)


def _is_about_use(rule: Rule, book: RuleBook) -> bool:
    asks = {book.questions[key].of for key in rule.asks}
    return not rule.medicines and asks == {"use"}


def _criterion(level: Level, text: str, rules: Sequence[Rule], book: RuleBook) -> Criterion:
    sources = [book.sources[rule.source].citation for rule in rules if rule.source]
    return Criterion(
        text,
        level,
        tuple(rule.id for rule in rules),
        tuple(dict.fromkeys(sources)),
        any(rule.verified for rule in rules),
    )
