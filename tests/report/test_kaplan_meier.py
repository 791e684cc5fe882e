"""Curves of a planned time to response: there where one is planned, said in words below."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from equipoise.analysis.planned_time_to_response import CurvePoint, ResponseCurves
from equipoise.estimates import Estimate
from equipoise.report.findings import Findings
from equipoise.report.page import render
from equipoise.report.sections import kaplan_meier

Make = Callable[..., Findings]
POINTS = (
    CurvePoint("dummy", 0, 1, 1, 1, 40, 0),
    CurvePoint("dummy", 7, 0.75, 0.58, 0.86, 40, 0),
    CurvePoint("dummy", 28, 0.5, 0.33, 0.64, 30, 20),
    CurvePoint("drug", 0, 1, 1, 1, 41, 0),
    CurvePoint("drug", 7, 0.6, 0.44, 0.73, 41, 1),
    CurvePoint("drug", 28, 0.0, float("nan"), float("nan"), 23, 0),
)


def with_curves(findings: Findings, **fields: Any) -> Findings:
    common: dict[str, Any] = {"outcome": "Wellness", "level": 0.95, "status": "planned", **fields}
    rows = (
        Estimate("rmst-difference", "remission, to 28", arm="drug", estimate=-3.2, se=1.0,
                 low=-5.2, high=-1.2, unit="days (below 0 favours drug)", **common),
        Estimate("log-rank", "remission", estimate=9.0, df=1, p=0.003, **common),
        Estimate("rmst-difference", "other, to 28", arm="drug", estimate=99.0, **common),
    )  # fmt: skip
    first = findings.main_outcome
    estimates = replace(first.estimates, rows=first.estimates.rows + rows)
    outcomes = (replace(first, estimates=estimates), *findings.outcomes[1:])
    curves = ResponseCurves("Wellness", "remission", "a score of 7 or less", POINTS)
    return replace(findings, outcomes=outcomes, curves=curves)


def test_without_curves_nothing_is_said(make_findings: Make) -> None:
    assert kaplan_meier.section(make_findings()) is None
    assert 'id="figure-kaplan-meier' not in render(make_findings())


def test_the_caption_says_what_the_picture_shows(make_findings: Make) -> None:
    found = kaplan_meier.section(with_curves(make_findings()))
    assert found is not None
    (picture,) = found.blocks
    caption = picture.caption  # type: ignore[union-attr]
    assert "without a response (a score of 7 or less)" in caption
    assert "“remission” (planned)" in caption
    assert "3.2 days shorter on drug than on dummy" in caption
    assert "95% interval −5.2 to −1.2" in caption
    assert "p = 0.003" in caption
    assert "99" not in caption
    svg = str(picture.svg)  # type: ignore[union-attr]
    assert "at risk, drug" in svg
    assert ">41<" in svg


def test_it_is_called_exploratory_where_it_is(make_findings: Make) -> None:
    found = kaplan_meier.section(with_curves(make_findings(), status="exploratory"))
    assert found is not None
    assert "(exploratory)" in found.blocks[0].caption  # type: ignore[union-attr]


def test_the_page_holds_the_figure_and_the_rows(make_findings: Make) -> None:
    page = render(with_curves(make_findings()))
    assert 'id="figure-kaplan-meier' in page
    assert "Difference in restricted mean time" in page
