"""A thousand random histories against a table written by hand, apart from the rules.

The table has one row a question or medicine and one column a drug. It was filled in from the facts
file, not from the rule files, and it is read by an evaluator of its own.
"""

import random

import pytest

from equipoise.safety import Answers, screen

DRUGS = ("LSD", "psilocybin", "ketamine", "esketamine")
# short names of the rules, so that a row fits a line
R = {
    "su": "psy_suicide", "es": "esk_suicide", "age": "gap_age", "eage": "esk_age",
    "preg": "psy_preg", "epreg": "esk_preg", "psy": "psy_psychosis", "epsy": "esk_psychosis",
    "kin": "mdlsd_kin", "gkin": "gap_psilocybin_kin", "gbip": "gap_ketamine_bipolar",
    "pan": "panic_lsd", "valve": "valve", "gvalve": "gap_ketamine_valve",
    "bp": "lsd_micro_pressure",
    "gstr": "gap_psy_stroke", "gbl": "gap_bleeding", "vasc": "esk_vasc", "ich": "esk_ich",
    "brain": "esk_brain", "seiz": "gap_seizure", "gblad": "gap_bladder", "blad": "ket_bladder",
    "kid": "mdlsd_kidney", "gkid": "gap_kidney", "kkid": "ket_kidney", "liv": "mdlsd_liver",
    "gliv": "gap_liver", "gall": "gap_allergy", "eall": "esk_allergy", "gdep": "gap_dependence",
    "kdep": "ket_dependence", "drug": "mdlsd_drugs", "gdrug": "gap_psilocybin_drugs",
    "galc": "gap_alcohol", "cns": "esk_cns", "gser": "gap_serotonin", "poor": "cyp2d6_poor",
    "echo": "valve_echo", "tagen": "valve_tagen", "rep": "ket_repeated", "ghome": "gap_at_home",
    "khome": "ket_at_home", "ehome": "esk_at_home", "ldrive": "lsd_driving",
    "pdrive": "psilocybin_driving", "edrive": "esk_driving",
    "li": "lithium_psy", "lil": "lithium_lsd_effect", "lik": "li_ket", "ddi": "ddi_review",
    "lam": "lamotrigine_psy", "lamk": "lamo_ket", "tca": "tca_lsd", "ssri": "ssri_lsd_obs",
    "par": "paroxetine_lsd", "mic": "antidep_microdose", "esc": "escitalopram_psilo",
    "gad": "gap_psilocybin_antidepressant", "adk": "ad_ket", "maoi": "maoi_lsd",
    "mao": "psy_mao_metab", "maok": "maoi_ket", "emao": "esk_maoi", "inh": "cyp_inh_ket",
    "ind": "cyp_ind_ket", "cla": "clarithromycin_ket", "tic": "ticlopidine_ket", "bz": "bzd_psy",
    "bzk": "bzd_ket", "ap": "antipsychotic_psy", "apk": "antipsy_ket", "tram": "tramadol_psy",
    "stim": "esk_stim", "kts": "ketanserin_lsd",
}  # fmt: skip
QUESTIONS = """
suicide            | su         | su        | es             | es
under_18           | age        | age       | eage           | eage
pregnancy          | preg       | preg      | epreg          | epreg
breastfeeding      | preg       | preg      | epreg          | epreg
psychosis          | psy        | psy       | epsy           | epsy
psychosis_kin      | kin        | gkin      | epsy           | epsy
bipolar            | psy        | psy       | gbip           | gbip
bipolar_kin        | kin        | gkin      | gbip           | gbip
panic              | pan        |           |                |
heart              | bp         |           |                |
heart_valve        | valve      | valve     | gvalve         | gvalve
stroke             | gstr       | gstr      |                |
blood_pressure     | bp         |           |                |
aneurysm           | gbl        | gbl       | vasc           | vasc
brain_bleed        | gbl        | gbl       | ich            | ich
brain_problem      | gstr       | gstr      | brain          | brain
seizure            | seiz       | seiz      | seiz           | seiz
bladder            | gblad      | gblad     | blad           | blad
kidney             | kid        | gkid      | kkid           | kkid
liver              | liv        | gliv      | gliv           | gliv
allergy            | gall       | gall      | eall           | eall
dependence         | gdep       | gdep      | kdep           | kdep
other_drugs        | drug       | gdrug     | kdep           | kdep
alcohol            | galc       | galc      | cns            | cns
serotonin_syndrome | gser       | gser      | gser           | gser
slow_metaboliser   | poor       |           |                |
repeated           | echo tagen | tagen     | rep            | rep
at_home            | ghome      | ghome     | khome          | khome ehome
driving            | ldrive     | pdrive    | edrive         | edrive
medicine           |            |           |                |
"""
MEDICINES = """
Priadel 400 mg     | li lil ddi            | li ddi        | lik                      | =
Camcolit           | li lil ddi            | li ddi        | lik                      | =
Lamictal           | lam ddi               | lam ddi       | lamk                     | =
Seroxat            | ssri par mic ddi      | gad ddi       | adk                      | =
Cipralex 10mg      | ssri mic ddi          | esc ddi       | adk                      | =
sertraline         | ssri mic ddi          | gad ddi       | adk                      | =
Prozac             | ssri par mic ddi      | gad ddi       | adk                      | =
trazodone          | ssri mic ddi          | gad ddi       | adk                      | =
Wellbutrin XL      | par mic ddi           | gad ddi       | adk                      | =
mirtazapine        | mic ddi               | gad ddi       | adk                      | =
venlafaxine        | mic ddi               | gad ddi       | adk                      | =
amitriptyline      | tca mic ddi           | gad ddi       | adk                      | =
Nardil             | maoi mic ddi          | mao ddi       | maok emao adk            | =
moclobemide        | maoi mic ddi          | mao ddi       | maok emao adk            | =
selegiline         | maoi                  |               | maok emao                | =
linezolid          | maoi gser             | mao gser      | maok emao gser           | =
Valium             | bz ddi                | bz ddi        | bzk cns                  | =
zopiclone          | ddi                   | ddi           | cns                      | =
olanzapine         | ap ddi                | ap ddi        |                          | =
clozapine          | ap ddi                | ap ddi        | apk                      | =
haloperidol        | ap ddi                | ap ddi        | apk                      | =
Symbyax            | ap ssri par mic ddi   | ap gad ddi    | adk                      | =
Ritalin            | ddi                   | ddi           | stim                     | =
oxycodone          |                       |               | cns                      | =
Ultram             | tram gser             | tram gser     | cns gser                 | =
sumatriptan        | gser                  | gser          | gser                     | =
clarithromycin     |                       | mao           | inh cla                  | =
ticlopidine        |                       |               | inh tic                  | =
ketoconazole       |                       | mao           | inh                      | =
Tegretol           | ddi                   | ddi           | ind                      | =
rifampicin         |                       |               | ind                      | =
ketanserin         | kts                   |               |                          | =
pregabalin         |                       |               | cns                      | =
terbinafine        | par                   |               |                          | =
Grapefruit juice   |                       | mao           | inh                      | =
wine               | galc                  | galc          | cns                      | =
Blorfium           |                       |               |                          | =
vitamin D          |                       |               |                          | =
"""
CONTROL = {  # question: (LSD and psilocybin, ketamine), without its "_controlled"
    "heart": ("psy_htn_heart", "esk_htn_heart"),
    "stroke": (None, "esk_htn_heart"),
    "blood_pressure": ("psy_htn_pressure", "esk_htn_pressure"),
}
UNKNOWN = {"Blorfium", "vitamin D"}
STOP = {
    "psy_suicide", "esk_age", "esk_preg", "psy_psychosis", "esk_psychosis", "mdlsd_kin",
    "valve", "esk_vasc", "esk_ich", "esk_allergy", "lithium_psy", "lithium_lsd_effect",
    "tca_lsd", "esk_htn_heart", "psy_htn_heart", "psy_htn_pressure", "esk_htn_pressure",
    "esk_driving", "esk_at_home",
}  # fmt: skip
RECORD = {
    "panic_lsd", "cyp2d6_poor", "valve_echo", "valve_tagen", "li_ket", "ddi_review",
    "lamotrigine_psy", "lamo_ket", "ssri_lsd_obs", "paroxetine_lsd", "antidep_microdose",
    "ad_ket", "antipsy_ket", "ketanserin_lsd",
}  # fmt: skip


def table(text: str) -> dict[str, tuple[set[str], ...]]:
    found = {}
    for line in text.strip().splitlines():
        key, *cells = (cell.strip() for cell in line.split("|"))
        cells = [cells[-2] if cell == "=" else cell for cell in cells]
        found[key] = tuple({R[short] for short in cell.split()} for cell in cells)
    return found


ASKED, TAKEN = table(QUESTIONS), table(MEDICINES)


def expected(answers: dict[str, str], medicines: tuple[str, ...], drug: str) -> set[str]:
    column = DRUGS.index(drug)
    found: set[str] = set()
    for key, row in ASKED.items():
        if answers.get(key) not in {None, "no"}:
            found |= row[column]
    for medicine in medicines:
        found |= TAKEN[medicine][column]
    for key, (psychedelic, ketamine) in CONTROL.items():
        rule = psychedelic if column < 2 else ketamine
        if rule and answers.get(key) not in {None, "no"}:
            good = answers.get(f"{key}_controlled") == "yes"
            found.add(f"{rule}_controlled" if good else rule)
    return found


def level(rule: str) -> str:
    return "stop" if rule in STOP else "record" if rule in RECORD else "talk first"


def history(draw: random.Random) -> tuple[dict[str, str], tuple[str, ...]]:
    keys = [*ASKED, *(f"{key}_controlled" for key in CONTROL)]
    many = draw.choice((0.02, 0.1, 0.5))
    answers = {}
    for key in keys:
        roll = draw.random()
        if roll < 0.85:
            bad = draw.random() < many
            answers[key] = draw.choice(("yes", "not sure")) if bad else "no"
    return answers, tuple(draw.sample(sorted(TAKEN), draw.choice((0, 1, 1, 2, 4))))


@pytest.mark.parametrize("drug", DRUGS)
def test_a_thousand_histories_yield_exactly_the_rules_of_the_table(drug):
    draw = random.Random(DRUGS.index(drug))  # noqa: S311
    reached: set[str] = set()
    for _ in range(1000):
        answers, medicines = history(draw)
        found = screen(Answers(answers, medicines), drug)
        sure = {hit.rule for hit in found.hits if not hit.possible}
        assert sure == expected(answers, medicines, drug), (answers, medicines)
        assert all(hit.level == level(hit.rule) for hit in found.hits)
        assert {unknown.entered for unknown in found.unknown if unknown.entered} == (
            UNKNOWN & set(medicines)
        )
        reached |= sure
    wanted = set().union(*(row[DRUGS.index(drug)] for row in (*ASKED.values(), *TAKEN.values())))
    assert wanted <= reached


def test_the_table_names_every_rule_and_every_question(book):
    controlled = {rule for pair in CONTROL.values() for rule in pair if rule}
    named = {*R.values(), *controlled, *(f"{rule}_controlled" for rule in controlled)}
    assert named == {rule.id for rule in book.rules}
    assert set(ASKED) | {f"{key}_controlled" for key in CONTROL} == set(book.questions)
