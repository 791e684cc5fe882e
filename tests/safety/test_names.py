"""Only exact names count; what is not known is named as unknown."""

import csv
import random
import string
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.safety import Answers, medicine_names, screen
from equipoise.safety.names import Names
from equipoise.safety.normalise import distance, normalise

FOLDER = Path(__file__).parents[2] / "src/equipoise/safety/medicines"


def listed() -> list[str]:
    """Every name of the files, as it stands there."""
    found = []
    for file, first in (("brands", "name"), ("ingredients", "ingredient"), ("classes", "class")):
        with (FOLDER / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                found += [row[first], *filter(None, row.get("words", "").split("|"))]
    return found


def bare(text: str) -> str:
    parted = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in parted if not unicodedata.combining(c))


LITHIUM = ["Priadel", "Camcolit", "Lithobid", "Quilonum retard", "Téralithe"]
NAMELESS = ["", "   ", "400 mg", "---", "tablet", "sodium 10 mg", "🙂", "\x00"]
TWO_IN_ONE = ["Symbyax", "olanzapine + fluoxetine", "fluoxetine and olanzapine",
              "olanzapine/fluoxetine 6mg/25mg"]  # fmt: skip


@pytest.mark.parametrize("brand", LITHIUM)
@pytest.mark.parametrize("typed", ["{}", "{} 400 mg", "{} 400mg tablets", "{} XR", "{} 250mg/5ml"])
def test_lithium_by_any_name_stops(brand, typed):
    found = screen(Answers(medicines=(typed.format(brand),)), "LSD")
    assert found.at("stop")[0].rule in {"lithium_psy", "lithium_lsd_effect"}
    assert not found.unknown


def test_every_listed_name_is_found_in_many_spellings(names):
    salts = ["hydrochloride", "sodium", "carbonate"]
    for name in listed():
        known = names.exact(name)
        assert known, name
        for typed in (
            name.upper(),
            name.lower(),
            bare(name),
            f"  {name}  ",
            f"{name} 10 mg",
            f"{name} 37.5mg capsules",
            *(f"{name} {salt}" for salt in salts),
            name.replace("'", "’"),
            unicodedata.normalize("NFD", name),
        ):
            assert names.look_up(typed).known == (known,), typed


def test_a_letter_more_less_or_other_never_hits_silently(names):
    """Unless the new word stands in our list itself."""
    letters = string.ascii_lowercase
    known = {normalise(name, names.left_out) for name in listed()}
    draw = random.Random(7)  # noqa: S311
    for name in listed():
        word = bare(name)
        for k in draw.sample(range(len(word)), min(2, len(word))):
            if not word[k].isalpha():
                continue
            new = draw.choice(letters.replace(word[k], ""))
            for edited in (word[:k] + word[k + 1 :], word[:k] + new + word[k + 1 :],
                           word[:k] + new + word[k:]):  # fmt: skip
                entry = names.look_up(edited)
                if normalise(edited, names.left_out) in known:
                    continue
                assert not entry.known, (name, edited)
                assert entry.unknown == (edited,)


def test_a_thousand_random_strings_are_all_unknown():
    draw = random.Random(11)  # noqa: S311
    letters = string.ascii_letters + string.digits + " éß-'µ"
    for _ in range(1000):
        typed = "".join(draw.choices(letters, k=draw.randint(5, 14)))
        found = screen(Answers(medicines=(typed,)), "LSD")
        assert found.unknown[0].entered == typed
        assert typed in found.unknown[0].text
        assert found.unknown_count == "Not in our list: 1 of 1 that you entered."
        assert all(hit.possible for hit in found.hits)
        assert found.level in {"talk first", "stop"}


@pytest.mark.parametrize("typed", NAMELESS)
def test_what_holds_no_name_is_unknown(typed, names):
    entry = names.look_up(typed)
    assert not entry.known
    assert entry.unknown == (typed,)


@pytest.mark.parametrize("typed", ["duloxetin", "fluoxetne", "Celebrex", "Lamisel", "Priadle"])
def test_a_near_name_is_offered_and_its_rules_are_only_possible(typed, names):
    entry = names.look_up(typed)
    if entry.known:  # duloxetin is the German word
        assert typed == "duloxetin"
        return
    found = screen(Answers(medicines=(typed,)), "LSD")
    assert all(hit.possible for hit in found.hits)
    assert found.unknown[0].offered == tuple(n.name for n in entry.offered[typed])


def test_known_mix_ups_are_two_different_names(names):
    for one, other in [("Lamisil", "Lamictal"), ("duloxetine", "fluoxetine"),
                       ("fluoxetine", "fluvoxamine")]:  # fmt: skip
        assert names.exact(one) != names.exact(other)


def test_an_offered_name_counts_once_it_is_confirmed():
    typed = "Priadle"
    before = screen(Answers(medicines=(typed,)), "LSD")
    after = screen(Answers(medicines=(typed,), confirmed={typed: "Priadel"}), "LSD")
    assert before.unknown
    assert {h.rule for h in before.at("stop")} == {h.rule for h in after.at("stop")}
    assert all(h.possible for h in before.hits)
    assert not after.unknown
    assert not any(h.possible for h in after.hits)


def test_confirming_another_medicine_takes_its_rules():
    found = screen(Answers(medicines=("Lamictl",), confirmed={"Lamictl": "Lamisil"}), "LSD")
    assert [hit.rule for hit in found.hits] == ["paroxetine_lsd"]


def test_a_confirmed_name_must_be_one_of_ours():
    with pytest.raises(DataError, match="'nonsense', confirmed for 'x', is not in our list"):
        screen(Answers(medicines=("x",), confirmed={"x": "nonsense"}), "LSD")


@pytest.mark.parametrize("typed", TWO_IN_ONE)
def test_a_combination_yields_all_its_ingredients(typed):
    rules = {hit.rule for hit in screen(Answers(medicines=(typed,)), "LSD").hits}
    assert {"antipsychotic_psy", "paroxetine_lsd", "ssri_lsd_obs"} <= rules


def test_the_unknown_part_of_a_combination_is_named():
    found = screen(Answers(medicines=("lithium with Blorfium",)), "LSD")
    assert found.at("stop")
    assert found.unknown[0].text.startswith('We do not know "Blorfium" in "lithium with Blorfium"')


def test_a_class_word_yields_the_rules_of_its_class_and_perhaps_those_of_members():
    found = screen(Answers(medicines=("antidepressants",)), "LSD")
    sure = {hit.rule for hit in found.hits if not hit.possible}
    perhaps = {hit.rule for hit in found.hits if hit.possible}
    assert sure == {"antidep_microdose", "ddi_review"}
    assert {"tca_lsd", "maoi_lsd", "ssri_lsd_obs", "paroxetine_lsd"} <= perhaps
    tricyclic = screen(Answers(medicines=("tricyclics",)), "LSD")
    assert "tca_lsd" in {hit.rule for hit in tricyclic.hits if not hit.possible}


def test_a_name_that_stands_for_two_things_is_refused(tmp_path):
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "brands.csv").open("a", encoding="utf-8") as brands:
        brands.write("Priadel,sertraline,XX\n")
    with pytest.raises(DataError, match="'Priadel' stands for Priadel"):
        medicine_names(tmp_path)


def test_a_brand_of_an_unlisted_ingredient_is_refused(tmp_path):
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "brands.csv").open("a", encoding="utf-8") as brands:
        brands.write("Newium,unobtainium,XX\n")
    with pytest.raises(DataError, match="Newium has an ingredient that is not listed"):
        medicine_names(tmp_path)


def test_every_ingredient_or_class_that_a_rule_names_can_be_found(book, names: Names):
    tags = frozenset().union(*(name.tags for name in names.by_key.values()))
    assert {tag for rule in book.rules for tag in rule.medicines} <= tags


@given(st.text(max_size=12), st.text(max_size=12))
def test_distance_is_symmetric_and_zero_only_for_the_same(a, b):
    assert distance(a, b, 20) == distance(b, a, 20)
    assert (distance(a, b, 20) == 0) == (a == b)
    assert distance(a, b, 20) <= max(len(a), len(b))


@given(st.text(max_size=40))
def test_any_text_is_either_known_or_named_as_unknown(text):
    entry = medicine_names().look_up(text)
    assert entry.known or entry.unknown == (text,)


def test_a_list_in_one_line_loses_none_of_its_names():
    typed = "prozac lithium tramadol valium ritalin nardil lamictal seroquel"
    entry = medicine_names().look_up(typed)
    assert {n.name.lower() for n in entry.offered[typed]} == set(typed.split())
    found = screen(Answers(medicines=(typed,)), "ketamine")
    assert {"li_ket", "bzd_ket", "esk_stim", "maoi_ket"} <= {hit.rule for hit in found.hits}
    assert all(hit.possible for hit in found.hits)
