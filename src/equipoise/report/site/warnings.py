"""What a person should look at before a site is shown: unchecked numbers, facts past their day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from equipoise import safety
from equipoise.synthesis.evidence.facts import MODELS, read_facts

if TYPE_CHECKING:
    from equipoise.report.site.content import Content


def build_warnings(content: Content) -> tuple[str, ...]:
    """Name all that is too old, or that nobody has checked, for the day of the build.

    Returns
    -------
    tuple of str
        A sentence each, the crisis lines first: they must be told at every build.
    """
    return (
        *(f"Crisis line: {told}" for told in safety.warnings(content.today)),
        *_rules(),
        *_facts(content),
    )


def _rules() -> Iterator[str]:
    rules = safety.rule_book().rules
    unchecked = sum(rule.checked_by is None for rule in rules)
    if unchecked:
        yield f"Safety screen: {unchecked} of {len(rules)} rules not yet checked by a person."


def _facts(content: Content) -> Iterator[str]:
    folder = content.folder.path / "facts"
    kept = {kind: folder / f"{kind}.yaml" for kind in MODELS}
    rows = {kind: read_facts(path, MODELS[kind]) for kind, path in kept.items() if path.is_file()}
    for kind, found in rows.items():
        unverified = sum(not fact.verified for fact in found)
        if unverified:
            yield f"Facts, {kind}: {unverified} of {len(found)} not verified; not shown as facts."
    read = [fact.read for found in rows.values() for fact in found if fact.read]
    due = max(read) + timedelta(days=content.plan.update_days) if read else None
    if due and due < content.today:
        yield f"Facts: last read on {max(read)}, so they were to be looked at again by {due}."
