"""A boundary for harm as rows, and how often it would stop the trial.

Exact operating characteristics: the distribution of the counts among trials not yet stopped is
carried from look to look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.analysis.harms.one_arm_boundary import NEVER, POCOCK, OneArmBoundary
from equipoise.analysis.harms.two_arm_boundary import POSTERIOR, TwoArmBoundary
from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates

if TYPE_CHECKING:
    from collections.abc import Sequence


def boundary_rows(rule: OneArmBoundary | TwoArmBoundary) -> Estimates:
    """Write a boundary as rows ``harm-boundary``: the count that stops, at each look.

    Looks at which no count stops are left out.
    """
    if isinstance(rule, OneArmBoundary):
        pairs = zip(rule.people, rule.stop_at, strict=True)
        rows = [
            Estimate("harm-boundary", label=f"{n} people", estimate=float(stop), method=POCOCK)
            for n, stop in pairs
            if stop != NEVER
        ]
    else:
        looks = zip(rule.active, rule.control, rule.stop_at, strict=True)
        rows = [
            Estimate(
                "harm-boundary", label=f"{n1} and {n0} people, {x0} in control",
                estimate=float(stop), method=POSTERIOR,
            )
            for n1, n0, stops in looks
            for x0, stop in enumerate(stops)
            if stop != NEVER
        ]  # fmt: skip
    return Estimates(tuple(rows)).with_fields(unit="people with an event: stop at this many")


def operating_rows(
    rule: OneArmBoundary | TwoArmBoundary, risks: Sequence[float | tuple[float, float]]
) -> Estimates:
    """Write how often a boundary stops the trial, as rows ``stopping-probability``.

    Parameters
    ----------
    risks
        True risks: one number for one arm, (active, control) for two.
    """
    rows = []
    for risk in risks:
        one = isinstance(rule, OneArmBoundary)
        if one != isinstance(risk, (int, float)):
            raise DataError(f"Give one risk for one arm, a pair for two arms. Got {risk!r}.")
        if isinstance(rule, OneArmBoundary) and not isinstance(risk, tuple):
            label, chance, method = f"risk {risk:g}", rule.probability(risk), POCOCK
        elif isinstance(rule, TwoArmBoundary) and isinstance(risk, tuple):
            label = f"risk {risk[0]:g} in active, {risk[1]:g} in control"
            chance, method = rule.probability(*risk), POSTERIOR
        rows.append(Estimate("stopping-probability", label=label, estimate=chance, method=method))
    return Estimates(tuple(rows)).with_fields(unit="probability, exact")
