"""The study files against the register of facts: no number slipped, none was lost."""

import re

import pytest

from equipoise.synthesis.evidence import HERE
from equipoise.synthesis.review.folder import read_studies
from equipoise.synthesis.review.study_numbers import Statement

STUDIES = read_studies(HERE / "studies")
RENAMED = {"mindbio_lsddep2_2026": "lsddep2-2026"}
IN_A_NOTE = {("karmadep2-2025", -0.29): "Cohen d as printed beside the difference in points"}
"""Effects whose number stands in the register's `source_figure`, not in its column `effect`."""
NOT_IN = {
    "lea2020": "from memory, no figure",
    "sanz2022": "from memory, no figure",
}
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?")


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def numbers(text, *, thousands=False):
    """Return the numbers in a text; commas part them, or also join thousands."""
    texts = [text.replace(",", " "), *([text.replace(",", "")] if thousands else [])]
    return {abs(float(found)) for one in texts for found in NUMBER.findall(one)}


def told(rows_):
    known = set().union(*(numbers(" ".join(row.values()), thousands=True) for row in rows_))
    return known | {round(100 * one, 6) for one in known if one <= 1}


@pytest.fixture(scope="module")
def rows(register):
    found: dict[str, list[dict[str, str]]] = {}
    for row in register("studies"):
        name = RENAMED.get(row["study_id"], row["study_id"].replace("_", "-"))
        found.setdefault(name, []).append(row)
    return found


def test_every_study_of_the_register_has_a_file(rows):
    assert set(rows) - set(STUDIES) == set(NOT_IN)
    assert set(STUDIES) <= set(rows)
    for name in NOT_IN:
        assert not [row for row in rows[name] if row["verified"] == "yes"]


@pytest.mark.parametrize("name", sorted(STUDIES))
def test_each_effect_is_a_row_of_the_register(name, rows):
    for outcome in STUDIES[name].outcomes:
        for effect in outcome.effects:
            wanted = (effect.estimate, effect.low, effect.high)
            if (name, effect.estimate) in IN_A_NOTE:
                assert any(str(effect.estimate) in row["source_figure"] for row in rows[name])
                continue
            fits = [row for row in rows[name] if _effect(row) == wanted]
            if name == "lsddep1-2026" or effect.low is None:
                fits = [row for row in rows[name] if number(row["effect"]) == effect.estimate]
            assert fits, f"{name}: no row with {wanted}"
            assert effect.verified in {row["verified"] == "yes" for row in fits}
            assert effect.source in {row["source"] or None for row in fits} or name == "szigeti2021"
            if effect.p is not None:
                assert effect.p in {number(row["p"]) for row in fits}


def _effect(row):
    low, high = number(row["ci_low"]), number(row["ci_high"])
    both = (None, None) if low is None or high is None else (low, high)
    return number(row["effect"]), *both


@pytest.mark.parametrize("name", sorted(STUDIES))
def test_means_sds_and_sizes_of_arms_are_those_of_the_register(name, rows):
    known = {
        (number(row[f"mean_{side}"]), number(row[f"sd_{side}"]), number(row[f"n_{side}"]))
        for row in rows[name]
        for side in ("active", "control")
    }
    for outcome in STUDIES[name].outcomes:
        for arm in outcome.arms:
            assert (arm.mean, arm.sd, arm.n) in known, f"{name}: {arm.arm} {outcome.outcome}"


@pytest.mark.parametrize("name", sorted(STUDIES))
def test_no_statement_holds_a_number_that_the_register_lacks(name, rows):
    known, study = told(rows[name]), STUDIES[name]
    for outcome in study.outcomes:
        for fact in outcome.statements:
            text = fact.says
            for arm in study.arms:  # names such as LSD 20 hold their dose
                text = text.replace(arm.name, "")
            assert numbers(text) <= known, f"{name}: {fact.says}"


@pytest.mark.parametrize("name", sorted(STUDIES))
def test_no_verified_number_of_the_register_is_lost(name, rows):
    held = set()
    for outcome in STUDIES[name].outcomes:
        for fact in outcome.facts:
            if isinstance(fact, Statement):
                held |= numbers(fact.says)
            held |= {abs(x) for x in (getattr(fact, "estimate", None),) if x is not None}
    for row in rows[name]:
        effect = number(row["effect"])
        if row["verified"] == "yes" and effect is not None:
            assert {abs(effect), round(100 * abs(effect), 6)} & held, f"{name}: {row['effect']}"


@pytest.mark.parametrize("name", sorted(STUDIES))
def test_doses_sizes_guesses_and_identifiers_are_those_of_the_register(name, rows):
    known, study = told(rows[name]), STUDIES[name]
    sizes = [arm.n for arm in study.arms] + [study.population.n]
    assert {size for size in sizes if size is not None} <= known
    assert {arm.dose.amount for arm in study.arms if arm.dose and arm.dose.amount} <= known
    for guess in study.blinding.guesses:
        given = (guess.right, guess.share_right)
        assert {one for one in given if one} <= known
    if study.doi is not None:
        assert study.doi in {row["doi"] for row in rows[name]}
    assert str(study.year) in {row["year"] for row in rows[name]}


def test_what_is_from_memory_is_never_verified(rows):
    for name, study in STUDIES.items():
        for outcome in study.outcomes:
            for fact in outcome.facts:
                assert fact.verified == (fact.origin != "memory"), name
    unverified = [name for name, found in rows.items() if all(r["verified"] == "no" for r in found)]
    shown = [n for n in unverified if n in STUDIES]
    assert sorted(shown) == ["kads2023", "su2017", "zarate2006"]


def test_rows_from_people_before_and_after_are_never_beside_a_control():
    for study in STUDIES.values():
        for outcome in study.outcomes:
            kinds = {effect.contrast[1] == "baseline" for effect in outcome.effects}
            assert len(kinds) < 2, study.id


def test_reports_of_one_trial_name_each_other():
    assert "fava2018" in STUDIES["salloum2020"].same_trial_as
    assert "transform12-sex" in STUDIES["transform2-2019"].same_trial_as
    assert "cuijpers2023" in STUDIES["metapsy-cbt-dep"].same_trial_as
