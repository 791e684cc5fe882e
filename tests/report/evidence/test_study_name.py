"""What a study and the side of an effect are called in a sentence."""

import pytest

from equipoise.report.evidence import sentences
from equipoise.report.evidence.study_name import named

from .conftest import analysis, outcome, study


@pytest.mark.parametrize(
    ("citation", "name"),
    [
        ("Szigeti B et al. 2021 eLife 10:e62878", "Szigeti 2021"),
        ("de Wit H et al. 2021 Addict Biol", "de Wit 2021"),
        ("Carhart-Harris R et al. 2021 NEJM (Psilodep2)", "Carhart-Harris 2021"),
        ("Coyle CM, Laws KR 2021", "Coyle 2021"),
        ("Murphy RJ et al. Biol Psychiatry (MDLSD)", "Murphy 2021"),
        ("Ross 2021, as stored in Metapsy", "Ross 2021"),
        ("LSDDEP1: Daldegan-Bueno, Muthukumaraswamy et al. 2021", "LSDDEP1 2021"),
        ("Global Health Research, note on blinding (2021)", "Global Health Research 2021"),
        ("TRANSFORM-1 and -2 pooled by sex", "TRANSFORM-1 and -2 pooled by sex 2021"),
        ("a2021, made up", "a2021"),
        ("2021", "2021"),
    ],
)
def test_a_study_is_named_by_its_first_author_and_year(citation, name):
    assert named(citation, 2021) == name


SIDES = [
    ("worse", "SMD", "below zero"),
    ("better", "SMD", "above zero"),
    ("worse", "OR", "below one"),
]


@pytest.mark.parametrize(("higher", "measure", "side"), SIDES)
def test_the_side_of_the_treatment_follows_from_what_more_means(higher, measure, side, made):
    one = study("a2020")
    one["outcomes"][0]["higher"] = higher
    one["outcomes"][0]["effects"][0] |= {"measure": measure}
    if measure == "OR":
        one["outcomes"][0]["effects"][0] |= {"estimate": 0.8, "low": 0.7, "high": 0.9, "se": None}
    plans = [analysis(measure=measure, primary=True)]
    found = made([one], outcomes={"mood": outcome(higher=higher)}, analyses=plans)
    (effect,) = [said for said in sentences(found) if said.kind == "effect"]
    assert effect.text.endswith(f"A number {side} would favour LSD.")
