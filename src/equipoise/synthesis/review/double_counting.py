"""Nobody counts twice: two reports of one trial, or a pool beside the trials it may hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.synthesis.review.study import OF_STUDIES

if TYPE_CHECKING:
    from equipoise.synthesis.review.plan import ReviewAnalysis
    from equipoise.synthesis.review.study import Study


def refuse_double_counting(studies: Sequence[Study], analysis: ReviewAnalysis) -> None:
    """Refuse a selection in which people may stand twice.

    Raises
    ------
    DataError
        When two studies report one trial, or a meta-analysis or review stands beside another
        study.
    """
    _refuse_shared_trials(studies, analysis)
    _refuse_pools_of_pools(studies, analysis)


def _refuse_shared_trials(studies: Sequence[Study], analysis: ReviewAnalysis) -> None:
    here = {study.id for study in studies}
    for study in studies:
        for other in study.same_trial_as:
            if other in here:
                raise DataError(
                    f"{study.id} and {other} report one trial: in {analysis.name} its people "
                    "would count twice. Name one under `leave_out` with the reason."
                )


def _refuse_pools_of_pools(studies: Sequence[Study], analysis: ReviewAnalysis) -> None:
    pools = [study.id for study in studies if study.design.kind in OF_STUDIES]
    if pools and len(studies) > 1:
        raise DataError(
            f"{analysis.name} would pool {', '.join(pools)} with other studies: a meta-analysis "
            "holds trials that the others may hold too, and they would count twice. Give each "
            "pool an analysis of its own (`contrasts`, `substances`, `leave_out`)."
        )
