"""Every rule as a row of a table: for the documents, and for a page that has no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.safety.levels import LEVELS
from equipoise.safety.rule import Rule
from equipoise.safety.rule_book import RuleBook, rule_book


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule in words; an unverified one gives no reason and no source."""

    rule: str
    level: str
    substances: str
    applies_to: str
    reason: str
    how_sure: str
    source: str
    checked: str


def rule_rows(substances: Sequence[str] = (), rules: RuleBook | None = None) -> tuple[RuleRow, ...]:
    """Return the rules about these substances, or all: strictest first, then by name.

    Examples
    --------
    >>> rule_rows(["LSD"])[0].level
    'stop'
    """
    book = rules or rule_book()
    about = [book.substance(s) for s in substances]
    found = book.rules_about(about) if about else book.rules
    order = sorted(found, key=lambda rule: (LEVELS.index(rule.level), rule.id))
    return tuple(_row(rule, book) for rule in order)


def rules_markdown(rows: Sequence[RuleRow]) -> str:
    """Write the rows as a Markdown table."""
    lines = ["| rule | level | drug | applies to | why | how sure | source |", "|---" * 7 + "|"]
    for row in rows:
        cells = (row.rule, row.level, row.substances, row.applies_to, row.reason, row.how_sure)
        lines.append(f"| {' | '.join((f'`{cells[0]}`', *cells[1:], row.source))} |")
    return "\n".join(lines) + "\n"


def _row(rule: Rule, book: RuleBook) -> RuleRow:
    words, source = book.wording, book.sources[rule.source] if rule.source else None
    doi = f", doi {source.doi}" if source and source.doi else ""
    read = f"{source.citation}{doi}; read at {', '.join(source.read_at)}" if source else ""
    who = rule.checked_by
    return RuleRow(
        rule=rule.id,
        level=rule.level,
        substances=", ".join(rule.substances),
        applies_to=rule.criterion,
        reason=rule.reason or words["unverified"],
        how_sure=f"{rule.strength}: {rule.evidence}" if rule.verified else "",
        source=read,
        checked=words["checked_by"].format(who=who) if who else words["not_checked_by"],
    )
