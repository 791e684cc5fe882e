"""One analysis of a review as a forest plot takes it, with the risk of bias of its studies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.pairwise.forest_frame import forest_frames
from equipoise.synthesis.pairwise.pool_table import PoolPlan
from equipoise.synthesis.review.analysis_table import analysis_table
from equipoise.synthesis.review.pooling import effects_of, unit_of
from equipoise.synthesis.review.risk_of_bias import assessed_for
from equipoise.synthesis.review.study_effects import RATIOS
from equipoise.synthesis.study_table import OutcomeTable

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.synthesis.review.synthesise import Synthesis

OVERALL = "overall"


def forest_of(
    made: Synthesis, name: str
) -> tuple[pd.DataFrame, pd.DataFrame, tuple[float, float] | None, dict[str, str]]:
    """Return studies, summaries, the prediction interval, and the columns of risk of bias.

    Raises
    ------
    NotIdentifiedError
        When fewer than two studies are pooled.
    """
    review = made.folder.review
    analysis, rows = review.analysis(name), made.selections[name].rows
    if len(rows) < 2:
        raise NotIdentifiedError(
            f"{name} pools {len(rows)} of the studies: a forest plot needs two."
        )
    frame = analysis_table(made.selections[name])
    judged = assessed_for(made.folder, analysis.outcome)
    domains = [key for one in judged.values() for key in one.judgements]
    columns = {key: "All" if key == OVERALL else key for key in dict.fromkeys(domains)}
    for key in columns:
        levels = (judged.get(study) for study in frame["study"])
        frame[key] = ["" if one is None else one.level(key) for one in levels]
    table = OutcomeTable(analysis.outcome, effects_of(rows, unit_of(review, analysis)), frame, ())
    plan = PoolPlan(
        method=analysis.method,
        test=analysis.test,
        level=review.level,
        exponentiate=analysis.measure in RATIOS,
    )
    return (*forest_frames(table, plan), columns)
