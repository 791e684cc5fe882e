"""Everything the browser needs, as one JSON text: same rules, same bytes."""

from __future__ import annotations

import json
from typing import Any

from equipoise.safety.crisis import crisis_lines
from equipoise.safety.levels import LEVELS
from equipoise.safety.names import Name, Names, medicine_names
from equipoise.safety.rule import Rule
from equipoise.safety.rule_book import RuleBook, rule_book


def to_browser_json(rules: RuleBook | None = None, names: Names | None = None) -> str:
    """Return the data of the screen as compact JSON with sorted keys.

    Every "<" is escaped, so that the text may stand inside a script element.
    """
    data = browser_data(rules, names)
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.replace("<", "\\u003c")


def browser_data(rules: RuleBook | None = None, names: Names | None = None) -> dict[str, Any]:
    """Return the data of the screen as plain values.

    A name keeps only the ingredients and classes that a rule names: the others find nothing.
    """
    book, known = rules or rule_book(), names or medicine_names()
    tags = sorted({tag for rule in book.rules for tag in rule.medicines})
    unique = sorted(set(known.by_key.values()), key=lambda n: (n.name, n.read_as))
    place = {name: k for k, name in enumerate(unique)}
    return {
        "levels": list(LEVELS),
        "wording": book.wording,
        "substances": [s.model_dump(mode="json") for s in book.substances.values()],
        "questions": [q.model_dump(mode="json") for q in book.questions.values()],
        "rules": [_rule(rule) for rule in book.rules],
        "sources": {key: s.model_dump(mode="json") for key, s in book.sources.items()},
        "tags": tags,
        "names": [_name(name, tags) for name in unique],
        "keys": {key: place[name] for key, name in sorted(known.by_key.items())},
        "left_out": sorted(known.left_out),
        "crisis_lines": {key: c.model_dump(mode="json") for key, c in crisis_lines().items()},
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return rule.model_dump(mode="json", exclude={"facts", "handling", "milder"})


def _name(name: Name, tags: list[str]) -> list[Any]:
    sure = [k for k, tag in enumerate(tags) if tag in name.tags]
    possible = [k for k, tag in enumerate(tags) if tag in name.possible]
    return [name.name, name.read_as, sure, possible]
