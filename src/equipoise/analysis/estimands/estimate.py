"""An estimand of the protocol, estimated by the analysis that the protocol gives it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.analysis.estimands.answering import answered
from equipoise.errors import DataError
from equipoise.estimates import Estimates
from equipoise.protocol.estimands import EFFECT_METHODS

if TYPE_CHECKING:
    from equipoise.protocol import Analysis, Estimand, Protocol
    from equipoise.records import UnblindedRecords


def estimate(records: UnblindedRecords, name: str, level: float = 0.95) -> Estimates:
    """Estimate one estimand of the protocol, or that of one of its analyses.

    Parameters
    ----------
    records
        A trial in which everybody keeps one arm.
    name
        Of an estimand (every effect analysis that names it is run), or of an analysis.
    level
        Coverage of the intervals.

    Returns
    -------
    Estimates
        Rows of the analysis's method (``total-effect``; ``contrast`` and ``ls-mean`` by visit;
        ``principal-stratum-bounds``), each with the estimand in words, the assumptions of every
        strategy, and warnings that count whom the events met. ``status`` is planned only where a
        locked protocol names the analysis. What cannot be answered is among the refusals.

    Raises
    ------
    DataError
        When the protocol knows neither an estimand nor an analysis of that name.
    """
    plan = records.protocol
    pairs = _asked(plan, name)
    result = Estimates(source=records.source)
    for analysis, estimand in pairs:
        for outcome in analysis.outcomes:
            found = answered(records, analysis, estimand, outcome, level=level)
            result += labelled(found, estimand.name if name != analysis.name else analysis.name)
    return result


def labelled(found: Estimates, name: str) -> Estimates:
    """Put the name of an estimand or analysis before the labels: several may be told together."""
    rows = (replace(r, label=", ".join(p for p in (name, r.label) if p)) for r in found.rows)
    refused = (replace(r, label=", ".join(p for p in (name, r.label) if p)) for r in found.refused)
    return Estimates(tuple(rows), tuple(refused), found.source)


def estimand_of(plan: Protocol, analysis: Analysis) -> Estimand | None:
    """Return the estimand that an analysis names."""
    return next((e for e in plan.estimands if e.name == analysis.estimand), None)


def _asked(plan: Protocol, name: str) -> list[tuple[Analysis, Estimand]]:
    effects = [a for a in plan.analyses if a.method in EFFECT_METHODS]
    by_name = [(a, e) for a in effects if a.name == name and (e := estimand_of(plan, a))]
    estimand = next((e for e in plan.estimands if e.name == name), None)
    if estimand is not None:
        pairs = [(a, estimand) for a in effects if a.estimand == name]
        if not pairs:
            raise DataError(
                f"No effect analysis of {plan.identifier} names the estimand {name!r}: say in "
                "`analyses` by which method, of which outcome and visits (`estimand: ...`)."
            )
        return pairs
    if by_name:
        return by_name
    known = ", ".join(map(repr, (e.name for e in plan.estimands))) or "none"
    raise DataError(f"{plan.identifier} has no estimand {name!r}. Its estimands: {known}.")
