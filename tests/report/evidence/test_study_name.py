"""What a study is called in a sentence."""

import pytest

from equipoise.report.evidence.study_name import named


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
