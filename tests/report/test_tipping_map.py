"""The map of the missing scores: there where some are missing, with a sentence on how far."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from equipoise.estimates import Estimate, Refusal
from equipoise.report.blocks import Figure
from equipoise.report.findings import Findings
from equipoise.report.page import render
from equipoise.report.sections import tipping_map

Make = Callable[..., Findings]
HALF = 2.5


def mapped(
    findings: Findings, effect: float = 3.0, tip: float | None = -1.25, **fields: Any
) -> Findings:
    """Give the main outcome a map; on this scale higher is better."""
    common = {
        "outcome": "Wellness",
        "visit": "w4",
        "level": 0.95,
        "method": "JR: imputed",
        **fields,
    }
    rows = []
    for one in (-4.0, 0.0, 4.0):
        for other in (-4.0, 0.0, 4.0):
            value = effect + 0.4 * (one - other)
            rows.append(
                Estimate("tipping-map", f"{one:g},{other:g}", arm="drug", estimate=value,
                         se=HALF / 1.96, low=value - HALF, high=value + HALF,
                         p=0.01 if abs(value) > HALF else 0.2, **common)
            )  # fmt: skip
    refused: tuple[Refusal, ...] = ()
    for where in ("dummy 0", "dummy alike"):
        label = f"JR, delta of drug with {where}"
        if tip is None:
            refused += (Refusal("imputation-tipping-point", "none in sight", label, "Wellness"),)
        else:
            amount = tip if where == "dummy 0" else 9.0
            rows.append(
                Estimate("imputation-tipping-point", label, arm="drug", estimate=amount, **common)
            )
    first = findings.main_outcome
    estimates = replace(
        first.estimates,
        rows=first.estimates.rows + tuple(rows),
        refused=first.estimates.refused + refused,
    )
    outcomes = (replace(first, estimates=estimates), *findings.outcomes[1:])
    return replace(findings, outcomes=outcomes)


def caption(findings: Findings) -> str:
    found = tipping_map.section(findings)
    assert found is not None
    (picture,) = found.blocks
    assert isinstance(picture, Figure)
    return picture.caption


def test_nothing_is_shown_where_there_is_no_map(make_findings: Make) -> None:
    assert tipping_map.section(make_findings()) is None
    assert "figure-tipping-map" not in render(make_findings())


def test_the_caption_says_how_much_worse(make_findings: Make) -> None:
    text = caption(mapped(make_findings(), status="planned"))
    assert text.startswith("Wellness at w4, planned: ")
    assert "As imputed (JR) it is 3.0 (95% interval 0.5 to 5.5), which leaves out 0." in text
    assert "once the imputed scores of drug are 1.25 points worse than imputed" in text
    assert "(the interval covers 0)" in text
    assert "exploratory: " in caption(mapped(make_findings(), status="exploratory"))


@pytest.mark.parametrize(("tip", "side"), [(2.0, "better"), (-2.0, "worse")])
def test_an_interval_that_covers_zero_may_come_to_leave_it_out(
    make_findings: Make, tip: float, side: str
) -> None:
    text = caption(mapped(make_findings(), effect=1.0, tip=tip))
    assert "which covers 0" in text
    assert "(the interval leaves out 0)" in text
    assert f"2.00 points {side} than imputed, with those of dummy as imputed" in text


def test_a_conclusion_that_nothing_changes_is_said_to_be_so(make_findings: Make) -> None:
    text = caption(mapped(make_findings(), tip=None))
    assert "No shift of drug on the map changes that" in text
    assert "none in sight" in text


def test_a_map_that_was_refused_says_why(make_findings: Make) -> None:
    findings = make_findings()
    first = findings.main_outcome
    refusal = Refusal("tipping-map", "the model cannot be fitted", outcome="Wellness")
    estimates = replace(first.estimates, refused=(*first.estimates.refused, refusal))
    outcomes = (replace(first, estimates=estimates), *findings.outcomes[1:])
    found = tipping_map.section(replace(findings, outcomes=outcomes))
    assert found is not None
    assert found.absent == "the model cannot be fitted"


def test_the_page_holds_the_map_and_not_its_points_in_the_table(make_findings: Make) -> None:
    page = render(mapped(make_findings()))
    assert 'id="figure-tipping-map' in page
    assert "Tipping point of the missing scores" in page
    assert "Difference at deltas:" not in page
