"""Metapsy both ways, and the published psilocybin data from file to pooled effect."""

import pytest
from numpy.testing import assert_allclose

from equipoise.errors import DataError
from equipoise.synthesis.review import Study, read_review, synthesise
from equipoise.synthesis.review.exporters import metapsy as out
from equipoise.synthesis.review.importers import metapsy
from equipoise.synthesis.review.importers.arm_map import proposed
from equipoise.synthesis.review.importers.options import ImportOptions
from equipoise.synthesis.review.writing import write_study

from .conftest import CHECKED, analysis, plan, study, write

PROVENANCE = {"source", "origin", "checked_by", "verified", "note"}


def options(text, **changes):
    arms = proposed(metapsy.arm_labels(text))
    told = {"outcome": "depression", "higher": "worse", "arms": arms, "checked_by": "anna"}
    return ImportOptions("file.csv", **(told | changes))


def main12(evidence, **columns):
    frame = evidence("psilocybin_main12").assign(
        condition_arm1="psilocybin", outcome_type="msd", **columns
    )
    frame["condition_arm2"] = "other " + frame["condition_arm2"]
    return frame.to_csv(index=False)


def pooled(text, tmp_path, **changes):
    told = options(text, **changes)
    for key in told.arms:
        told.arms[key]["kind"] = "experimental" if key == "psilocybin" else "usual-care"
    write(tmp_path, plan(analyses=[analysis(comparators=["usual-care"])]), [])
    for one in metapsy.studies(text, told):
        write_study(tmp_path / "studies", one)
    return synthesise(read_review(tmp_path)).estimates["pooled-effect"]


def test_psilocybin_from_means_agrees_with_metafor(evidence, tmp_path):
    """tests/golden/review_effects.R prints the numbers (metafor 3.8-1, escalc and rma)."""
    row = pooled(main12(evidence), tmp_path)
    golden = (-0.907325678634, 0.161807460861, -1.263461498781, -0.551189858486)
    assert_allclose((row.estimate, row.se, row.low, row.high), golden, rtol=1e-10)


def test_psilocybin_from_its_own_effects_agrees_with_the_published_page(evidence, tmp_path):
    """The living review prints g = -0.903, 95% -1.256 to -0.550."""
    frame = evidence("psilocybin_main12")
    text = main12(evidence, precalc_g=frame["g"], precalc_g_se=frame["g_se"])
    row = pooled(text, tmp_path, positive_favours="arm2")
    assert_allclose((row.estimate, row.low, row.high), (-0.903, -1.256, -0.550), atol=5e-4)


@pytest.mark.parametrize("name", ["psilocybin_depression", "psychotherapy_gad"])
def test_out_and_in_again_gives_the_same_numbers(evidence, name):
    frame = evidence(name)
    text = frame.to_csv(index=False)
    first = metapsy.studies(text, options(text, positive_favours="arm1"))
    assert len(first) == frame["study"].nunique()
    told = {"arms": out.arms_of(first), "positive_favours": "arm1"}
    table = out.table(first)
    again = metapsy.studies(table, options(table, **told))
    assert [plain(one) for one in again] == [plain(one) for one in first]
    assert out.table(again) == table


def plain(one: Study):
    """Everything that Metapsy has columns for, in the order that it is read."""
    data = one.model_dump(mode="json", by_alias=True)
    for row in data["outcomes"]:
        for block in (*row["arms"], *row["effects"]):
            for field in PROVENANCE:
                block.pop(field)
    named = {arm for row in data["outcomes"] for arm in _named(row)}
    data["arms"] = sorted((a for a in data["arms"] if a["name"] in named), key=str)
    data["outcomes"] = sorted((row for row in data["outcomes"] if _named(row)), key=str)
    return data


def _named(row):
    return [a["arm"] for a in row["arms"]] + [a for e in row["effects"] for a in e["contrast"]]


def test_a_study_of_ours_survives_the_journey():
    data = study("smith2020", citation="Smith 2020", doi="10.1000/one")
    data["outcomes"][0]["arms"][0] |= {"baseline_mean": 28.0, "baseline_sd": 5.0}
    data["outcomes"].append({**data["outcomes"][0], "visit": "week 8", "days": 56, "arms": [
        {"arm": "drug", "events": 12, "total": 28, **CHECKED},
        {"arm": "placebo", "events": 9, "total": 29, **CHECKED}]})  # fmt: skip
    first = [Study.model_validate(data)]
    table = out.table(first)
    again = metapsy.studies(table, options(table, arms=out.arms_of(first)))
    expected = plain(first[0])
    for row in expected["outcomes"]:
        row["design"] = "independent"  # the importer says it, the file said nothing
    assert plain(again[0])["outcomes"] == sorted(expected["outcomes"], key=str)
    assert plain(again[0])["arms"] == expected["arms"]
    assert again[0].doi == "10.1000/one"


def test_what_nobody_checked_stays_unchecked_whoever_reads_it_back():
    mixed = [Study.model_validate(study("a2020")), Study.model_validate(
        study("b2020", verified=False))]  # fmt: skip
    table = out.table(mixed)
    again = metapsy.studies(table, options(table, arms=out.arms_of(mixed), checked_by="anna"))
    facts = {one.id: {fact.verified for row in one.outcomes for fact in row.facts} for one in again}
    assert facts == {"a2020": {True}, "b2020": {False}}


def test_a_ready_made_effect_needs_its_direction():
    text = (
        "study,condition_arm1,condition_arm2,outcome_type,instrument,time,year,precalc_g,"
        "precalc_g_se\nSmith 2020,cbt,wl,precalc,BDI,post,2020,-0.4,0.2\n"
    )
    with pytest.raises(DataError, match="which arm a positive `precalc_g` favours"):
        metapsy.studies(text, options(text))
    (one,) = metapsy.studies(text, options(text, positive_favours="arm2"))
    assert one.outcomes[0].effects[0].positive_favours == "wl"
    with pytest.raises(DataError, match="whether a higher score is better or worse"):
        metapsy.studies(text, options(text, higher=None))


def test_a_decimal_comma_in_the_file_is_told_with_row_and_column():
    text = (
        "study,condition_arm1,condition_arm2,outcome_type,instrument,time,year,mean_arm1,sd_arm1,"
        'n_arm1,mean_arm2,sd_arm2,n_arm2\nSmith 2020,cbt,wl,msd,BDI,post,2020,"14,1",7,20,16,8,20\n'
    )
    with pytest.raises(DataError, match=r"row 2, mean_arm1: found '14,1'.*decimal comma"):
        metapsy.studies(text, options(text))
