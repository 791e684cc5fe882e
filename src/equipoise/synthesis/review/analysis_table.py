"""One planned analysis as a table, a row a study: what other methods and programs take.

Columns are those that `equipoise pool`, `blinding` and `sequential` are told by name.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

from equipoise.synthesis.review.selection import Row, Selection

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.synthesis.review.study import Guesses


def analysis_table(selection: Selection) -> pd.DataFrame:
    """Return the rows that an analysis pools.

    Returns
    -------
    pandas.DataFrame
        study, citation, year, effect (a logarithm for ratios), se, verified; arm, comparator,
        comparator_kind, substance, dose, dose_class, n_active, n_control; instrument, visit, days,
        condition, design, randomised; right, wrong and unsure guesses of both arms at that visit
        (empty where not counted), guesses_repeated.
    """
    import pandas as pd  # noqa: PLC0415

    columns = list(_cells(selection.rows[0])) if selection.rows else []
    return pd.DataFrame([_cells(row) for row in selection.rows], columns=columns)


def _cells(row: Row) -> dict[str, Any]:
    study, (active, control) = row.study, row.contrast
    arm = study.arm(active)
    told = {name: guesses_of(row, name) for name in row.contrast}
    counts = {
        f"{answer}_{side}": getattr(told[name], answer) if told[name] else None
        for side, name in (("active", active), ("control", control))
        for answer in ("right", "wrong", "unsure")
    }
    return {
        "study": study.id, "citation": study.citation, "year": study.year,
        "effect": row.effect.y, "se": sqrt(row.effect.v), "verified": row.verified,
        "arm": active, "comparator": control, "comparator_kind": study.kind_of(control),
        "substance": arm.substance, "dose": study.dose_amount(active),
        "dose_class": arm.dose.dose_class if arm.dose else None,
        "n_active": people_of(row, active), "n_control": people_of(row, control),
        "instrument": row.outcome.instrument, "visit": row.outcome.visit,
        "days": row.outcome.days, "condition": study.population.condition,
        "design": study.design.kind, "randomised": study.design.randomised,
        **counts, "guesses_repeated": any(one.repeated for one in told.values() if one),
    }  # fmt: skip


def people_of(row: Row, arm: str) -> int | None:
    """Return how many people stand behind an arm's numbers; else how many were allocated."""
    for numbers in row.outcome.arms:
        if numbers.arm == arm and (numbers.n or numbers.total):
            return numbers.n or numbers.total
    for effect in row.outcome.effects:
        if arm in effect.contrast and effect.n is not None:
            return effect.n[effect.contrast.index(arm)]
    known = [one.n for one in row.study.arms if one.name == arm]
    return known[0] if known else None


def guesses_of(row: Row, arm: str) -> Guesses | None:
    """Return the counted guesses of an arm: of the outcome's visit, or the only ones there are.

    Unverified counts are left out, unless the row itself is pooled unverified.
    """
    own = [
        one
        for one in row.study.blinding.guesses
        if one.arm == arm and one.right is not None and (one.verified or not row.verified)
    ]
    at_visit = [one for one in own if one.visit == row.outcome.visit]
    if at_visit:
        return at_visit[0]
    return own[0] if len(own) == 1 else None
