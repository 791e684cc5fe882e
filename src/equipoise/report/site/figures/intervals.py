"""Studies and their pooled effect as intervals: one value for the drawing and for its table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from equipoise.report.evidence.answer import OWN
from equipoise.report.evidence.templates import words
from equipoise.report.numbers import number
from equipoise.report.site.figures.apportion import apportion
from equipoise.report.site.figures.axis import Axis, axis_of
from equipoise.synthesis.review.study_effects import RATIOS
from equipoise.synthesis.review.study_numbers import BASELINE

if TYPE_CHECKING:
    from equipoise.report.evidence.answer import Answer
    from equipoise.synthesis.review import Row

MOST = 50
"""Studies that a figure shows; more are a table of their own page."""
PREDICTION = ("prediction-interval", "prediction-interval-ratio")


@dataclass(frozen=True, slots=True)
class Drawn:
    """One interval: numbers, how they are written, and what a reader must know of them."""

    kind: Literal["study", "pooled", "prediction"]
    label: str
    low: float
    high: float
    estimate: float | None = None
    study: str = ""
    weight: int | None = None
    comparator: str = ""
    when: str = ""

    @property
    def written(self) -> str:
        """Write "-0.30 (-0.34 to -0.26)"."""
        limits = f"{number(self.low)} to {number(self.high)}"
        return limits if self.estimate is None else f"{number(self.estimate)} ({limits})"


@dataclass(frozen=True, slots=True)
class Intervals:
    """What a figure shows; `left` and `right` say what lies on each side of no difference."""

    drawn: tuple[Drawn, ...]
    axis: Axis
    unit: str
    left: str
    right: str


def intervals_of(answer: Answer, names: dict[str, str]) -> Intervals | None:
    """Return the figure of an analysis; None where it has no interval, or too many to draw.

    Changes from before are not drawn: without a group beside them they favour nobody.

    Parameters
    ----------
    names
        What a study is called, by id.
    """
    if not 0 < len(answer.rows) <= MOST or BASELINE in answer.analysis.comparators:
        return None
    drawn = (*_studies(answer, names), *_together(answer))
    if not drawn:
        return None
    measure = answer.analysis.measure
    values = [value for one in drawn for value in (one.low, one.high)]
    treatment, control = (f"better with {w}" for w in (answer.wording.treatment, answer.control))
    less_is_better = answer.outcome.higher == "worse"
    return Intervals(
        drawn,
        axis_of(values, ratio=measure in RATIOS),
        _unit(measure),
        treatment if less_is_better else control,
        control if less_is_better else treatment,
    )


def _unit(measure: str) -> str:
    """Return what is on the axis: "SD units", "odds ratio"."""
    return re.sub("^as an? ", "", words("units", measure))


def _studies(answer: Answer, names: dict[str, str]) -> Iterator[Drawn]:
    ratio = answer.analysis.measure in RATIOS
    found = {row.label: row for row in answer.found.select(name=OWN[ratio])}
    weights = _weights(answer)
    for row in answer.rows:
        name = row.study.id
        own = found.get(f"{answer.analysis.name}: {name}")
        if own is None or own.low is None or own.high is None:
            continue
        yield Drawn(
            "study", names.get(name, name), own.low, own.high, own.estimate, name,
            weights.get(name), _comparator(row), row.outcome.visit,
        )  # fmt: skip


def _weights(answer: Answer) -> dict[str, int]:
    """Return the weights in whole percent, which sum to 100; none of a study by itself."""
    from equipoise.errors import EquipoiseError  # noqa: PLC0415
    from equipoise.synthesis.review.forest import forest_of  # noqa: PLC0415

    try:
        studies = forest_of(answer.synthesis, answer.analysis.name)[0]
    except EquipoiseError:  # one study, or none that could be pooled: nothing is weighed
        return {}
    return dict(zip(studies["study"], apportion(list(studies["weight"])), strict=True))


def _comparator(row: Row) -> str:
    return words("controls", row.study.kind_of(row.contrast[1]))


def _together(answer: Answer) -> Iterator[Drawn]:
    row = answer.central
    if row is None or row.low is None or row.high is None or len(answer.rows) < 2:
        return
    yield Drawn("pooled", "All together", row.low, row.high, row.estimate)
    ahead = [one for one in answer.found if one.name in PREDICTION]
    for other in ahead[:1]:  # that of the test's own kind comes first
        if other.low is not None and other.high is not None:
            yield Drawn("prediction", "Where a new trial may lie", other.low, other.high)
