"""The summary-of-findings table: conversions against published values, words, footnotes, HTML."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.report.summary_of_findings import summary_of_findings_html
from equipoise.synthesis.judgement.absolute_effects import (
    risk_from_difference,
    risk_from_odds_ratio,
    risk_from_risk_ratio,
    risk_from_smd,
    whole_people,
)
from equipoise.synthesis.judgement.findings_table import (
    Pooled,
    as_text,
    summary_of_findings,
    to_frame,
)
from equipoise.synthesis.judgement.grade import certainty
from equipoise.synthesis.judgement.plain_statement import SIZES, Wording, size_of, statement
from equipoise.synthesis.judgement.record import Judgement
from equipoise.synthesis.judgement.summary_of_findings import finding

AT_35 = {"control_risk": 0.35, "control_source": "control arms of the eight studies"}
LSD = Wording("small doses of LSD", "low mood", plural=True)

# control share, SMD, Hasselblad-Hedges, Furukawa, Cox-Snell: worked out apart from this package,
# by hand from the formulas in the papers
CONVERTED = [
    (35, 0.2, 43.6, 42.6, 42.8),
    (35, 0.5, 57.1, 54.6, 55.1),
    (35, 0.8, 69.7, 66.1, 66.8),
    (20, 0.5, 38.2, 36.6, 36.3),
    (50, 0.5, 71.2, 69.1, 69.5),
]


@pytest.mark.parametrize(("control", "smd", "hh", "furukawa", "cs"), CONVERTED)
def test_responders_from_a_standardised_difference(control, smd, hh, furukawa, cs):
    for name, value in (("hasselblad-hedges", hh), ("furukawa", furukawa), ("cox-snell", cs)):
        found = 100 * risk_from_smd(smd, control / 100, name)
        assert found == pytest.approx(value, abs=0.05)


def test_risks_from_ratios():
    # 20 of 100, odds 1/4; twice the odds is 1/2: a third
    assert risk_from_odds_ratio([2.0], 0.2) == pytest.approx([1 / 3])
    assert risk_from_risk_ratio([1.5], 0.2) == pytest.approx([0.3])
    assert risk_from_difference([-0.05], 0.2) == pytest.approx([0.15])


shares = st.floats(0.02, 0.98)


@given(shares, st.floats(-2, 2))
def test_no_effect_moves_nobody_and_the_sign_turns_round(control, smd):
    for name in ("furukawa", "hasselblad-hedges", "cox-snell"):
        assert risk_from_smd(0, control, name) == pytest.approx(control)
        there = float(risk_from_smd(smd, control, name))
        if 0.001 < there < 0.999:
            assert risk_from_smd(-smd, there, name) == pytest.approx(control, rel=1e-6)


@given(shares, st.floats(0.1, 5))
def test_an_odds_ratio_turned_round_is_its_inverse(control, ratio):
    there = float(risk_from_odds_ratio(ratio, control))
    assert risk_from_odds_ratio(1 / ratio, there) == pytest.approx(control)


@given(shares, shares, st.floats(0, 0.2))
def test_the_difference_is_that_of_the_people_shown(control, active, half):
    low, high = max(active - half, 0.001), min(active + half, 0.999)
    before, after, difference, least, most = whole_people(control, active, low, high)
    assert after - before == difference
    assert least <= difference <= most


def test_what_does_not_carry_over_is_refused():
    with pytest.raises(NotIdentifiedError, match="more than all people"):
        risk_from_risk_ratio([2.0], 0.6)
    with pytest.raises(NotIdentifiedError, match="leaves 0 to 1"):
        risk_from_difference([0.5], 0.6)
    with pytest.raises(DataError, match="between 0 and 1"):
        risk_from_smd(0.5, 0)
    with pytest.raises(DataError, match="odds ratio is"):
        risk_from_odds_ratio([-1], 0.5)


@pytest.mark.parametrize(
    ("level", "size", "said"),
    [
        (4, "large", "Small doses of LSD lower low mood a lot."),
        (4, "moderate", "Small doses of LSD lower low mood."),
        (4, "trivial", "Small doses of LSD make little or no difference to low mood."),
        (3, "small", "Small doses of LSD probably lower low mood slightly."),
        (2, "moderate", "Small doses of LSD may lower low mood."),
        (2, "trivial", "Small doses of LSD may make little or no difference to low mood."),
    ],
)
def test_statements(level, size, said):
    assert statement(level, size, -0.4, LSD) == said


def test_very_low_certainty_names_no_direction_and_no_size():
    said = {statement(1, size, move, LSD) for size in SIZES for move in (-1, 1)}
    assert len(said) == 1
    assert not {"lower", "raise"} & set(said.pop().split())


def test_no_statement_claims_significance_or_no_effect():
    drug = Wording("LSD", "mood")
    for level in (1, 2, 3, 4):
        for size in SIZES:
            said = statement(level, size, 1, drug)
            assert "signific" not in said
            assert "no effect" not in said


def test_sizes_at_their_limits():
    assert [size_of(x) for x in (4, 5, 9, 10, 19, 20)] == [
        "trivial", "small", "small", "moderate", "moderate", "large",
    ]  # fmt: skip


def judged(**changes):
    rules = dict.fromkeys(
        ("risk-of-bias", "inconsistency", "indirectness", "imprecision", "publication-bias"), 0
    ) | {name.replace("_", "-"): value for name, value in changes.items()}
    records = [Judgement(r, "PHQ-9", {}, "", v, reason=f"why {r}") for r, v in rules.items()]
    return certainty("PHQ-9", records)


SMD = Pooled("SMD", -0.5, -0.7, -0.3, studies=8, participants=640)


def test_a_row_from_smd_to_sentence():
    row = finding(
        "Depression",
        SMD,
        judged(imprecision=-1),
        LSD,
        **AT_35,
        event="respond",
        sd=6.8,
        sd_source="end of trial X",
    )
    assert (row.absolute.control, row.absolute.active, row.absolute.difference) == (35, 55, 20)
    assert row.certainty == "moderate"
    assert row.statement == "Small doses of LSD probably lower low mood a lot."
    assert row.footnotes[0] == "imprecision -1: why imprecision"
    assert row.footnotes[-1] == "-3.4 points (-4.8 to -2.0), with an SD of 6.8 (end of trial X)"


def test_the_sign_of_a_scale_is_declared():
    better = finding("Mood", SMD, judged(), LSD, **AT_35, higher_is_better=True)
    assert better.absolute.difference < 0


def test_ratio_rows_and_rows_without_people():
    harms = Pooled("RR", 1.5, 1.1, 2.0, studies=4, participants=300)
    row = finding(
        "Anxiety",
        harms,
        judged(),
        Wording("LSD", "anxiety"),
        control_risk=0.1,
        control_source="control arms of the four studies",
        per=1000,
    )
    assert str(row.absolute) == "100 of 1000 without, 150 of 1000 with, 50 more (+10 to +100)"
    assert row.statement == "LSD raises anxiety slightly."
    bare = finding("Mood", SMD, judged(), LSD, size_limits=(0.1, 0.3, 0.6))
    assert bare.absolute is None
    assert "no control risk" in bare.why_no_absolute
    assert bare.statement == "Small doses of LSD lower low mood."


def test_no_study_is_said_as_such():
    row = finding("Sleep", None, None, LSD)
    assert row.certainty == "no study"
    assert "does not show that it works, or that it does not" in row.statement


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: Pooled("SMD", 1, -0.7, -0.3, 8, 640), "does not hold"),
        (lambda: Pooled("HR", 1, 0.5, 2, 8, 640), "got 'HR'"),
        (lambda: Pooled("RR", 0.2, -0.1, 0.4, 8, 640), "not their logs"),
        (lambda: finding("Mood", SMD, None, LSD), "judge the certainty"),
        (lambda: finding("Mood", SMD, judged(), LSD, control_risk=0.3), "where the control risk"),
        (lambda: finding("Mood", SMD, judged(), LSD), "needs `size_limits`"),
        (
            lambda: finding("Mood", SMD, judged(), LSD, **AT_35, sd=6.8),
            "where the standard deviation",
        ),
        (
            lambda: finding(
                "Mood", Pooled("OR", 2, 1, 3, 8, 640), judged(), LSD, size_limits=(1, 2, 3)
            ),
            "Give the control risk",
        ),
    ],
)
def test_bad_rows_are_named(call, says):
    with pytest.raises(DataError, match=says):
        call()


def table():
    first = finding("Depression", SMD, judged(imprecision=-1), LSD, **AT_35)
    second = finding("<Anxiety>", SMD, judged(imprecision=-1), LSD, **AT_35)
    return [first, second, finding("Sleep", None, None, LSD)]


def test_footnotes_are_shared():
    rows, notes = summary_of_findings(table())
    assert rows[0].marks == rows[1].marks
    assert len(notes) == len(set(notes)) == 3


def test_text_and_frame_hold_the_same():
    text, frame = as_text(table()), to_frame(table())
    assert list(frame["certainty"]) == ["moderate", "moderate", "no study"]
    for cell in frame["statement"]:
        assert cell in text
    assert "[a] imprecision -1: why imprecision" in text


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.targets, self.cells = [], [], 0

    def handle_starttag(self, tag, attrs):
        given_ = dict(attrs)
        self.ids += [given_["id"]] if "id" in given_ else []
        self.targets += [given_["href"][1:]] if given_.get("href", "").startswith("#") else []
        self.cells += int(given_.get("colspan", 1)) if tag in ("td", "th") else 0


@pytest.mark.parametrize("whole_page", [False, True])
def test_html_links_arrive_and_rows_are_full(whole_page):
    html = summary_of_findings_html(
        table(), title="Microdosing", comparison="LSD & placebo", whole_page=whole_page
    )
    tags = Tags()
    tags.feed(html)
    assert set(tags.targets) <= set(tags.ids)
    assert len(tags.ids) == len(set(tags.ids))
    assert tags.cells == 8 * 4
    assert "&lt;Anxiety&gt;" in html
    assert "<Anxiety>" not in html
    assert ("<!doctype html>" in html) == whole_page
    assert "http" not in html.replace("https://doi.org", "")


def test_the_same_rows_make_the_same_bytes():
    both = [
        summary_of_findings_html(table(), title="Microdosing", comparison="LSD") for _ in range(2)
    ]
    assert both[0] == both[1]
