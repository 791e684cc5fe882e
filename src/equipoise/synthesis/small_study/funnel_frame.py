"""What a funnel plot needs: studies, those filled in, and the pooled effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.errors import NotIdentifiedError
from equipoise.synthesis.effects import Effects
from equipoise.synthesis.pairwise import random_effects
from equipoise.synthesis.small_study.plan import SmallStudyPlan
from equipoise.synthesis.small_study.trim_and_fill import trim_and_fill

if TYPE_CHECKING:
    import pandas as pd


def funnel_frame(
    effects: Effects, plan: SmallStudyPlan | None = None
) -> tuple[pd.DataFrame, float, float | None]:
    """Return columns label, estimate, se, filled; the pooled effect; and that with filled ones.

    The last is None where trim and fill adds no study, or cannot be done.
    """
    import pandas as pd  # noqa: PLC0415

    plan = plan or SmallStudyPlan()
    centre = float(random_effects(effects, method=plan.tau2_method, test="z").beta[0])
    shown, adjusted = effects, None
    try:
        found = trim_and_fill(
            effects, side=plan.side, estimator=plan.estimator, method=plan.tau2_method,
            trim_method=plan.trim_method,
        )  # fmt: skip
        if found.missing:
            shown, adjusted = found.fit.effects, float(found.fit.beta[0])
    except NotIdentifiedError:
        pass
    columns = {"label": shown.study, "estimate": shown.y, "se": shown.se}
    frame = pd.DataFrame(columns)
    return frame.assign(filled=frame.index >= len(effects)), centre, adjusted
