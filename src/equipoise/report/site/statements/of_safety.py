"""Rules of the safety screen as sentences: what stops, what to talk about first, how many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import TYPE_CHECKING

from equipoise.report.evidence import Opens, Read, Sentence, Shown
from equipoise.report.evidence.facts_told import COUNTED, numbers_of
from equipoise.report.evidence.templates import fill, listed
from equipoise.safety import LEVELS, rule_book
from equipoise.safety.part import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from equipoise.report.site.statements.plan import OfSafety
    from equipoise.safety import Rule, RuleBook


def of_safety(query: OfSafety) -> Iterator[Sentence]:
    """Yield how many rules there are on some drugs, then the verified ones of the levels asked.

    Raises
    ------
    DataError
        When the screen has no rules on a drug.
    """
    book = rule_book()
    about = [book.substance(name) for name in query.substances]
    rules = book.rules_about(about)
    yield _counted(rules, [one.id for one in about])
    for rule in sorted(rules, key=lambda one: (LEVELS.index(one.level), one.id)):
        if rule.verified and rule.level in query.levels:
            yield _told(rule, book)


def _counted(rules: Sequence[Rule], about: Sequence[str]) -> Sentence:
    levels = Counter(rule.level for rule in rules)
    told = {"n": len(rules), "stop": levels["stop"], "talk": levels["talk first"],
            "record": levels["record"],
            "unchecked": sum(not rule.verified for rule in rules)}  # fmt: skip
    shown = {name: Shown("rules", name, value, str(value)) for name, value in told.items()}
    words = {name: one.text for name, one in shown.items()}
    return Sentence(
        id=f"safety:{'+'.join(about).lower()}:counted",
        template="rules-counted",
        text=fill("rules-counted", drugs=listed(about), **words),
        outcome="", certainty=COUNTED, size="", estimates=tuple(shown.values()), studies=(),
        version=_version(), opens=Opens(),
    )  # fmt: skip


def _told(rule: Rule, book: RuleBook) -> Sentence:
    text = fill(
        "rule", level=rule.level, drugs=listed(rule.substances), criterion=rule.criterion,
        reason=rule.reason or "",
    ).strip()  # fmt: skip
    source = book.sources[rule.source] if rule.source else None
    read = (
        (Read(", ".join(source.read_at), source.citation, source.doi, source.read_on.isoformat(),
              rule.checked_by),)
        if source
        else ()
    )  # fmt: skip
    return Sentence(
        id=f"safety:{rule.id}", template="rule", text=text, outcome="",
        certainty=f"one rule, strength {rule.strength}", size="",
        estimates=tuple(numbers_of(text, rule.id)), studies=(), version=_version(),
        opens=Opens(sources=read),
    )  # fmt: skip


def _version() -> str:
    """Return the hash of every file of rules."""
    digest = sha256()
    for path in sorted((FOLDER / "rules").glob("*.yaml")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
