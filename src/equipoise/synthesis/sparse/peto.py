"""Peto's one-step log odds ratio: observed less expected events over their variance."""

from __future__ import annotations

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.sparse.mantel_haenszel import Pooled
from equipoise.synthesis.sparse.stratified_tests import ChiSquare, hypergeometric_moments
from equipoise.synthesis.sparse.tables import TwoByTwo


def pooled_peto(table: TwoByTwo) -> tuple[Pooled, ChiSquare]:
    """Return the pooled log odds ratio and Q between studies.

    A study where nobody, or everybody, had an event adds nothing.

    References
    ----------
    Yusuf, Peto, Lewis, Collins & Sleight (1985), Prog Cardiovasc Dis 27:335-371.
    """
    expected, variance = hypergeometric_moments(table)
    use = variance > 0
    if not use.any():
        raise NotIdentifiedError("No study has both events and people without one: no odds ratio.")
    excess, information = (table.a - expected)[use], variance[use]
    estimate = float(excess.sum() / information.sum())
    q = float((information * (excess / information - estimate) ** 2).sum())
    return Pooled(estimate, float(information.sum() ** -0.5)), ChiSquare(q, int(use.sum()) - 1)
