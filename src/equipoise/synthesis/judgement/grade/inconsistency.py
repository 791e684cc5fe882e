"""GRADE: inconsistency, by what the prediction interval says beyond the confidence interval."""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.synthesis.judgement.grade.decision_zones import Interval, crossed, written
from equipoise.synthesis.judgement.grade.settings import GradeSettings
from equipoise.synthesis.judgement.record import Judgement


def inconsistency(
    about: str,
    interval: Interval,
    *,
    thresholds: Sequence[float] = (0.0,),
    prediction: Interval | None = None,
    i2: float | None = None,
    tau: float | None = None,
    design_p: float | None = None,
    settings: GradeSettings | None = None,
) -> Judgement:
    """Suggest 0 or -1 for inconsistency.

    Parameters
    ----------
    interval, prediction
        Confidence and prediction interval of the pooled effect; no prediction interval with two
        studies or fewer.
    i2
        In percent. Alone it lowers nothing while a prediction interval is there: it is a share of
        variance, not a spread of effects.
    tau
        Standard deviation of effects between studies: shown beside the reason.
    design_p
        Of the design-by-treatment test, in a network.
    """
    limits = settings or GradeSettings()
    before = crossed(interval, thresholds)
    beyond = () if prediction is None else crossed(prediction, thresholds)
    new = tuple(t for t in beyond if t not in before)
    said = []
    if new:
        said.append(
            f"the prediction interval ({written(prediction)}) crosses "
            f"{', '.join(f'{t:g}' for t in new)}, the confidence interval ({written(interval)}) "
            "does not"
        )
    if prediction is None and i2 is not None and i2 > limits.i2_large:
        said.append(f"I2 is {i2:.0f}% and there is no prediction interval")
    if design_p is not None and design_p < limits.inconsistency_p:
        said.append(f"the design-by-treatment test has p = {design_p:.3g}")
    spread = [f"I2 {i2:.0f}%"] if i2 is not None else []
    spread += [f"tau {tau:.3g}"] if tau is not None else []
    why = "; ".join(said) or "both intervals lead to the same decision"
    return Judgement(
        "inconsistency",
        about,
        {
            "interval": interval,
            "prediction": prediction,
            "i2": i2,
            "tau": tau,
            "design_p": design_p,
            "thresholds": tuple(thresholds),
        },
        "a threshold that the prediction interval crosses and the confidence interval does not: "
        f"-1; without one, I2 above {limits.i2_large:g}%: -1; design-by-treatment p below "
        f"{limits.inconsistency_p:g}: -1",
        -1 if said else 0,
        reason=f"{why} ({', '.join(spread)})" if spread else why,
    )
