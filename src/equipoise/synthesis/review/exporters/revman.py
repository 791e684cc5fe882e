"""RevMan: the CSV of data rows, for the effects that the analyses pooled."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from equipoise.synthesis.review.selection import Row
from equipoise.synthesis.review.study_effects import RATIOS, is_paired

if TYPE_CHECKING:
    from equipoise.synthesis.review.plan import ReviewAnalysis
    from equipoise.synthesis.review.synthesise import Synthesis

NAME = "revman"
COLUMNS = (
    "Analysis group", "Analysis number", "Analysis name", "Subgroup", "Applicability", "Study",
    "Study year", "GIV Mean", "GIV SE", "Experimental mean", "Experimental SD",
    "Experimental cases", "Experimental N", "Control mean", "Control SD", "Control cases",
    "Control N", "O-E", "Variance", "Weight", "Mean", "CI start", "CI end", "Footnotes",
)  # fmt: skip


def export(synthesis: Synthesis) -> dict[str, str]:
    """Return the data rows: a number an analysis, a row a study that it pooled."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    for number, (name, chosen) in enumerate(synthesis.selections.items(), start=1):
        analysis = synthesis.folder.review.analysis(name)
        higher = synthesis.folder.review.outcomes[analysis.outcome].higher
        for row in chosen.rows:
            arms = dict(_arms(row)) if _from_arms(row, analysis, higher) else {}
            writer.writerow(
                {"Analysis group": 1, "Analysis number": number, "Analysis name": name}
                | _about(row)
                | (arms or _ready_made(row, analysis))
            )
    return {"revman.csv": stream.getvalue()}


def _about(row: Row) -> dict[str, Any]:
    told = "" if row.verified else "UNVERIFIED; "
    return {"Study": row.study.id, "Study year": row.study.year, "Subgroup": row.outcome.visit,
            "Footnotes": f"{told}{row.outcome.instrument or ''}; {row.effect.how}"}  # fmt: skip


def _ready_made(row: Row, analysis: ReviewAnalysis) -> dict[str, Any]:
    scale = "log " if analysis.measure in RATIOS else ""
    note = f"{_about(row)['Footnotes']}; GIV is a {scale}{analysis.measure}, arm less comparator"
    return {"GIV Mean": repr(row.effect.y), "GIV SE": repr(row.effect.v**0.5), "Footnotes": note}


def _from_arms(row: Row, analysis: ReviewAnalysis, higher: str) -> bool:
    """Whether the effect came from the arms, as they are: not paired, and not turned round."""
    reported = any(
        set(e.contrast) == set(row.contrast) and e.adjusted_for_guess == analysis.adjusted_for_guess
        for e in row.outcome.effects
    )
    return not reported and not is_paired(row.study, row.outcome) and row.outcome.higher == higher


def _arms(row: Row) -> Iterator[tuple[str, Any]]:
    numbers = {one.arm: one for one in row.outcome.arms}
    for title, name in zip(("Experimental", "Control"), row.contrast, strict=True):
        one = numbers.get(name)
        if one is None:
            continue
        if one.events is not None:
            yield from ((f"{title} cases", one.events), (f"{title} N", one.total))
        elif one.mean is not None and one.sd is not None:
            yield from ((f"{title} mean", repr(one.mean)), (f"{title} SD", repr(one.sd)))
            yield f"{title} N", one.n
