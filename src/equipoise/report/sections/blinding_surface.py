"""The effect over all beliefs the two arms could have held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from equipoise.belief.guess_rate_curve import all_proportional_path, symmetric_path
from equipoise.plots import blinding_surface
from equipoise.report.blocks import Part, Section, figure, missing
from equipoise.report.wording import direction

if TYPE_CHECKING:
    from equipoise.report.findings import Findings, OutcomeFindings

PART: Part = "figures"
ORDER = 50
NAME, HEADING = "blinding-surface", "The blinding surface"
SLUG = "blinding-surface"


def section(findings: Findings) -> Section:
    """Draw the surface with the observed point, the equal-belief line and the curve's paths."""
    outcome = findings.main_outcome
    frame = _grid(outcome)
    if frame is None:
        refusal = outcome.refusal(SLUG)
        return missing(NAME, HEADING, refusal.reason if refusal else "it was not computed.")
    shares = _shares(findings, outcome)
    ax = blinding_surface(
        frame,
        arms=(findings.active, findings.control),
        better=outcome.sign,
        paths=_paths(findings, outcome),
        observed=shares[:2] if shares else None,
        equal=shares[2] if shares else None,
    )
    caption = (
        f"D{direction(outcome, findings)[1:].replace(chr(10), ' ')}, as lines of equal "
        f"height over the share of each arm who guess {findings.active}. Round: the trial. "
        "Diamond: belief made equal at the trial's overall share of guesses. Solid purple: the "
        "curve above, which keeps the trial's mix of right and wrong guesses; dashed: both arms "
        "right equally often. Orange side: better with "
        f"{findings.active}; blue side: better with {findings.control}."
        if outcome.sign
        else f"Difference in {outcome.name} over the share of each arm who guess {findings.active}."
    )
    return Section(NAME, HEADING, (figure(ax, name=NAME, title=HEADING, caption=caption),))


def _grid(outcome: OutcomeFindings) -> pd.DataFrame | None:
    """Return the surface's points, or None unless they fill a grid."""
    points = []
    for row in outcome.rows(SLUG):
        pair = (row.label or "").split(",")
        if len(pair) == 2 and row.estimate is not None:
            points.append((float(pair[0]), float(pair[1]), row.estimate))
    frame = pd.DataFrame(points, columns=["pi1", "pi0", "estimate"])
    sides = frame["pi1"].nunique(), frame["pi0"].nunique()
    full = min(sides) > 1 and sides[0] * sides[1] == len(frame)
    return frame if full else None


def _shares(findings: Findings, outcome: OutcomeFindings) -> tuple[float, float, float] | None:
    """Return P(guess active) in the active arm, in the control arm, and in both together."""
    decided = outcome.decided(findings.active, findings.control)
    if decided is None:
        return None
    one, zero = decided
    return one[0] / sum(one), zero[0] / sum(zero), (one[0] + zero[0]) / (sum(one) + sum(zero))


def _paths(findings: Findings, outcome: OutcomeFindings) -> dict[str, pd.DataFrame]:
    rate = np.linspace(0, 1, 41)
    pi1, pi0 = symmetric_path(rate)
    paths = {"symmetric": pd.DataFrame({"pi1": pi1, "pi0": pi0})}
    decided = outcome.decided(findings.active, findings.control)
    if decided and min(*decided[0], *decided[1]) > 0:
        counts = [arm[::-1] for arm in decided[::-1]]  # control first, as in the strata
        pi1, pi0 = all_proportional_path(counts, rate)
        paths["proportional"] = pd.DataFrame({"pi1": pi1, "pi0": pi0})
    return paths
