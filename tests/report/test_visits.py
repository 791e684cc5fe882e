"""The course of the arms and their contrasts by visit: there where a model gives them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from equipoise.estimates import Estimate
from equipoise.report.findings import Findings
from equipoise.report.page import render
from equipoise.report.sections import mean_profiles, visit_contrasts

Make = Callable[..., Findings]


def by_visit(findings: Findings, **fields: Any) -> Findings:
    """Give the main outcome what a planned MMRM gives."""
    common: dict[str, Any] = {"outcome": "Wellness", "level": 0.95, "status": "planned", **fields}
    rows = []
    for k, visit in enumerate(("w1", "w4")):
        for arm, mean in (("drug", 20.0 + k), ("dummy", 18.0)):
            rows.append(
                Estimate("ls-mean", arm, arm=arm, visit=visit, estimate=mean, low=mean - 1,
                         high=mean + 1, **common)
            )  # fmt: skip
            rows.append(
                Estimate("people-scored", arm, arm=arm, visit=visit, estimate=77.0 + k, **common)
            )
        rows.append(
            Estimate("contrast", "drug - dummy", arm="drug", visit=visit, estimate=2.0 + k,
                     low=0.5, high=4.5, p=0.01, **common)
        )  # fmt: skip
    first = findings.main_outcome
    estimates = replace(first.estimates, rows=first.estimates.rows + tuple(rows))
    outcomes = (replace(first, estimates=estimates), *findings.outcomes[1:])
    return replace(findings, outcomes=outcomes, days={"w1": 7, "w4": 28})


def test_without_such_rows_nothing_is_said(make_findings: Make) -> None:
    assert mean_profiles.section(make_findings()) is None
    assert visit_contrasts.section(make_findings()) is None


def test_the_course_is_drawn_with_its_people_and_called_planned(make_findings: Make) -> None:
    found = mean_profiles.section(by_visit(make_findings()))
    assert found is not None
    (picture,) = found.blocks
    assert "of the planned mixed model" in picture.caption  # type: ignore[union-attr]
    assert "people whose score is in the model" in picture.caption  # type: ignore[union-attr]
    assert ">77<" in str(picture.svg)  # type: ignore[union-attr]
    assert "Higher is better" in picture.caption  # type: ignore[union-attr]


def test_contrasts_are_called_exploratory_where_they_are(make_findings: Make) -> None:
    found = visit_contrasts.section(by_visit(make_findings(), status="exploratory"))
    assert found is not None
    (picture,) = found.blocks
    caption = picture.caption  # type: ignore[union-attr]
    assert caption.startswith("Wellness: drug less dummy, with 95% intervals of the exploratory")


def test_the_page_holds_both_and_every_row(make_findings: Make) -> None:
    page = render(by_visit(make_findings()))
    assert 'id="figure-mean-profiles' in page
    assert 'id="figure-visit-contrasts' in page
    assert "Difference between arms at a visit" in page
