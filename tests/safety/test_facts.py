"""Every verified fact is reached by a case written here; every unverified one says nothing."""

import pytest

from equipoise.safety import Answers, level_of, screen

Case = tuple[str, dict[str, str], tuple[str, ...]]


def takes(substance: str, medicine: str) -> Case:
    return substance, {}, (medicine,)


def says(substance: str, question: str, answer: str = "yes", **more: str) -> Case:
    return substance, {question: answer, **more}, ()


CASES = {  # row of interactions.csv: somebody to whom it applies
    "lithium_psy": takes("psilocybin", "Camcolit 400"),
    "lamotrigine_psy": takes("psilocybin", "Lamictal"),
    "lithium_lsd_effect": takes("LSD", "Priadel"),
    "tca_lsd": takes("LSD", "amitriptyline 25 mg"),
    "maoi_lsd": takes("LSD", "Nardil"),
    "ssri_lsd_obs": takes("LSD", "trazodone"),
    "paroxetine_lsd": takes("LSD", "Seroxat"),
    "cyp2d6_poor": says("LSD", "slow_metaboliser"),
    "escitalopram_psilo": takes("psilocybin", "Cipralex"),
    "antidep_microdose": takes("LSD", "mirtazapine"),
    "ddi_review": takes("psilocybin", "quetiapine"),
    "psy_mao_metab": takes("psilocybin", "moclobemide"),
    "ketanserin_lsd": takes("LSD", "ketanserin"),
    "bzd_ket": takes("ketamine", "Valium"),
    "lamo_ket": takes("ketamine", "lamotrigine"),
    "li_ket": takes("ketamine", "lithium carbonate"),
    "maoi_ket": takes("ketamine", "tranylcypromine"),
    "antipsy_ket": takes("ketamine", "clozapine"),
    "cyp_inh_ket": takes("ketamine", "ketoconazole"),
    "cyp_ind_ket": takes("ketamine", "carbamazepine"),
    "ad_ket": takes("ketamine", "sertraline"),
    "esk_vasc": says("esketamine", "aneurysm"),
    "esk_ich": says("ketamine", "brain_bleed"),
    "esk_allergy": says("esketamine", "allergy"),
    "esk_preg": says("ketamine", "breastfeeding"),
    "esk_cns": takes("esketamine", "oxycodone"),
    "esk_stim": takes("ketamine", "Ritalin"),
    "esk_maoi": takes("esketamine", "phenelzine"),
    "esk_htn": says("ketamine", "stroke", stroke_controlled="no"),
    "esk_psychosis": says("ketamine", "psychosis_kin"),
    "psy_psychosis": says("LSD", "bipolar"),
    "psy_suicide": says("psilocybin", "suicide"),
    "valve": says("LSD", "heart_valve"),
    "valve_echo": says("LSD", "repeated"),
    "valve_tagen": says("psilocybin", "repeated"),
    "psy_htn": says("LSD", "blood_pressure", blood_pressure_controlled="not sure"),
}
UNVERIFIED = {
    "tramadol_psy": takes("LSD", "tramadol"),
    "antipsychotic_psy": takes("LSD", "olanzapine"),
    "bzd_psy": takes("psilocybin", "lorazepam"),
    "clarithromycin_ket": takes("ketamine", "clarithromycin"),
    "ticlopidine_ket": takes("ketamine", "ticlopidine"),
    "psy_preg": says("psilocybin", "pregnancy"),
}
RATES = {  # verified harms that hang on no answer of one person: shown on the evidence page
    "mueller_ae", "mueller_sae", "family_ae", "goodwin_ae", "goodwin_1mg", "holze_pbo", "mm120_ae",
    "esk_disc", "karma_sae", "hull_worse", "mathai_ae", "athome_se", "esk_faers", "esk_eskale",
    "glue_dissoc", "micro_phys_survey", "ekstrand_drop",
}  # fmt: skip


def hits_of(case: Case):
    substance, answers, medicines = case
    return screen(Answers(answers, medicines), substance).hits


@pytest.mark.parametrize("row", CASES)
def test_a_verified_fact_is_reached(row, book):
    rules = {rule.id: rule for rule in book.rules if row in rule.facts}
    found = [hit for hit in hits_of(CASES[row]) if hit.rule in rules]
    assert found
    assert not any(hit.possible for hit in found)
    assert all(hit.verified and hit.reason and hit.source for hit in found)


@pytest.mark.parametrize("row", UNVERIFIED)
def test_an_unverified_fact_says_only_that_it_is_not_known(row, book):
    rules = {rule.id: rule for rule in book.rules if row in rule.facts}
    found = [hit for hit in hits_of(UNVERIFIED[row]) if hit.rule in rules]
    assert found
    for hit in found:
        assert hit.level == "talk first"
        assert hit.reason == book.wording["unverified"]
        assert (hit.source, hit.strength, hit.evidence) == (None, None, None)


def test_the_cases_are_all_rows_of_the_facts(interactions):
    assert {r["id"] for r in interactions if r["verified"] == "yes"} == set(CASES)
    assert {r["id"] for r in interactions if r["verified"] != "yes"} == set(UNVERIFIED)


def test_a_rule_says_what_its_fact_says(interactions, book):
    """Level, substance and source come from the row, none from another one."""
    rows = {row["id"]: row for row in interactions}
    for rule in book.rules:
        for row in (rows[fact] for fact in rule.facts if fact in rows):
            assert rule.handling == row["suggested_handling"], rule.id
            assert rule.verified == (row["verified"] == "yes"), rule.id
            about = row["substance"].replace("classic psychedelics", "LSD, psilocybin")
            assert all(word in about for word in rule.substances), rule.id
            if rule.verified:
                source = book.sources[rule.source]
                assert source.citation.split()[0].rstrip(",") in row["citation"] + row["source"]
                assert (source.doi or "") in {row["doi"], "", "10.1177/02698811231211219"}
                assert set(source.read_at) & set(row["source"].split("; "))
            if rule.verified and not rule.milder:
                assert rule.level == level_of(row["suggested_handling"]), rule.id


def site(page: str) -> str:
    return page.replace("pubmed.gov", "pubmed").split("/")[0].split(" ")[0]


def test_a_rule_shows_where_each_of_its_facts_was_read(interactions, harms, book):
    rows = {row["id"]: row for row in (*interactions, *harms)}
    pages = {key: {site(p) for p in source.read_at} for key, source in book.sources.items()}
    lost = [
        (rule.id, fact)
        for rule in book.rules
        if rule.verified
        for fact in rule.facts
        if not pages[rule.source] & {site(page) for page in rows[fact]["source"].split("; ")}
    ]
    assert not lost


def test_what_the_facts_know_from_memory_is_not_cited(book):
    """The first author of a survey, the volume of a review: see the notes of those rows."""
    cited = " ".join(source.citation for source in book.sources.values())
    assert "Winstock" not in cited
    assert "Addiction 107" not in cited


def test_every_handling_text_has_a_level(interactions):
    texts = {row["suggested_handling"] for row in interactions}
    assert len(texts) == 22
    assert {level_of(text) for text in texts} == {"stop", "talk first", "record"}


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("exclude or clinician review", "stop"),
        ("record; allowed with review", "talk first"),
        ("stratify; review need; additive sedation", "talk first"),
        ("clinician review, BP monitoring", "talk first"),
        ("exclude known valve disease; cap duration", "stop"),
    ],
)
def test_where_two_are_named_the_stricter_counts(text, level):
    assert level_of(text) == level


def test_every_verified_harm_is_in_a_rule_or_is_a_rate(harms, book):
    carried = {fact for rule in book.rules if rule.verified for fact in rule.facts}
    verified = {row["id"] for row in harms if row["verified"] == "yes"}
    assert verified == (verified & carried) | RATES
    assert not carried & RATES
    unverified = {row["id"] for row in harms} - verified
    assert not unverified & {fact for rule in book.rules for fact in rule.facts}
