"""Other programs' files: what they hold is read, what they do not say is asked for."""

from math import sqrt
from pathlib import Path

import pytest
import yaml
from numpy.testing import assert_allclose

from equipoise.analysis import total_effect
from equipoise.errors import DataError
from equipoise.records import UnblindedRecords, quick_table
from equipoise.simulation import SCENARIOS, demo_protocol, simulate
from equipoise.synthesis.review.importers import clinicaltrials, importer_for, importers, revman
from equipoise.synthesis.review.importers.arm_map import confirmed_map, proposed
from equipoise.synthesis.review.importers.options import ImportOptions, number
from equipoise.synthesis.review.importers.trial import study_of
from equipoise.synthesis.review.screening.record import cleaned
from equipoise.synthesis.review.study import Study
from equipoise.synthesis.review.writing import study_text

FILES = Path(__file__).with_name("files")


@pytest.fixture
def parallel(tmp_path) -> UnblindedRecords:
    """Forty people of two arms, with guesses."""
    rows = [f"{k},{'ab'[k % 2]},{('a', 'b', 'unsure')[k % 3]},{k % 7}" for k in range(40)]
    file = tmp_path / "trial.csv"
    file.write_text("\n".join(["id,arm,guess,score", *rows]), encoding="utf-8")
    columns = {"participant": "id", "arm": "arm", "guess": "guess", "outcome": "score"}
    return quick_table(file, **columns, active="a", control="b", unsure=["unsure"],
                       higher="worse")  # fmt: skip


def text_of(name):
    return (FILES / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("made.ris", "ris"), ("made.nbib", "nbib"), ("made.bib", "bibtex"), ("made.csv", "csv"),
     ("made_europe_pmc.json", "europe-pmc")],
)  # fmt: skip
def test_the_same_publication_is_read_from_every_format(name, kind):
    importer = importer_for(name, text_of(name))
    assert kind == importer.NAME
    records = [cleaned(one) for one in importer.records(text_of(name))]
    assert len(records) == 2
    first = records[0]
    assert first.title.lower() == "low-dose examplamine for depression: a randomised trial"
    assert (first.year, first.doi, first.first_author) == (2021, "10.1234/made.1", "muller")
    assert len(first.authors) == 2
    if kind in ("nbib", "csv", "europe-pmc"):
        assert first.pmid == "30000001"
    if kind in ("ris", "nbib", "europe-pmc"):
        assert first.registration == "NCT01234567"


def test_a_ris_record_with_other_tags_is_read():
    second = cleaned(importer_for("made.ris", text_of("made.ris")).records(text_of("made.ris"))[1])
    assert second.title == "A title under another tag"
    assert (second.year, second.doi, second.first_author) == (2019, "10.1234/made.2", "ito")


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter():
    for name in ("made.ris", "made.nbib"):
        importer = importer_for(name, text_of(name))
        odd = "\ufeff" + text_of(name).replace("\n", "\r\n")
        assert importer.records(odd) == importer.records(text_of(name))


def test_an_unknown_file_is_refused_with_the_formats():
    with pytest.raises(DataError, match=r"No format fits x.txt. Say which it is: --format bibtex"):
        importer_for("x.txt", "hello")
    assert "trial" in importers()


def test_a_decimal_comma_in_a_table_is_named():
    with pytest.raises(DataError, match=r"row 3: found '14,1'.*decimal comma: write 14.1"):
        number("14,1", "row 3")
    assert number("NA", "row 3") is None


def test_a_map_is_refused_until_a_person_confirms_it(tmp_path):
    proposal = {"arms": proposed({"psil": "psilocybin", "wl": "waitlist"})}
    path = tmp_path / "maps" / "file.yaml"
    with pytest.raises(DataError, match="confirmed by a person") as error:
        confirmed_map(path, proposal, "file.csv")
    assert "waiting-list" in str(error.value)
    with pytest.raises(DataError, match="is not confirmed"):
        confirmed_map(path, proposal, "file.csv")
    stored = yaml.safe_load(path.read_text(encoding="utf-8")) | {"confirmed_by": "anna"}
    path.write_text(yaml.safe_dump(stored), encoding="utf-8")
    assert confirmed_map(path, proposal, "file.csv")["arms"]["wl"]["kind"] == "waiting-list"
    more = {"arms": proposed({"psil": "psilocybin", "wl": "waitlist", "pcb": "placebo"})}
    with pytest.raises(DataError, match="says nothing about pcb"):
        confirmed_map(path, more, "file.csv")


def registry(**outcomes):
    proposal = clinicaltrials.proposal(text_of("NCT00000001.json"))
    for key, told in outcomes.items():
        proposal["outcomes"][key.replace("_", " ")] |= told
    return ImportOptions(
        "NCT00000001.json", arms=proposal["arms"], outcomes=proposal["outcomes"]
    )  # fmt: skip


USED = {"use": True, "outcome": "depression", "higher": "worse"}


def test_groups_are_proposed_by_their_titles_whatever_their_order():
    proposal = clinicaltrials.proposal(text_of("NCT00000001.json"))
    groups = [{key: g["arm"] for key, g in proposal["outcomes"][f"outcome {i}"]["groups"].items()}
              for i in (1, 2)]  # fmt: skip
    assert groups[0] == {"OG000": "Placebo", "OG001": "Examplamine 10 ug"}
    assert groups[1] == {"OG000": "Examplamine 10 ug", "OG001": "Placebo"}
    assert {key: arm["kind"] for key, arm in proposal["arms"].items()} == {
        "Examplamine 10 ug": "experimental", "Placebo": "inert-placebo"}  # fmt: skip
    assert proposal["outcomes"]["outcome 1"]["is_change"]


def test_a_registry_entry_becomes_a_study():
    (study,) = clinicaltrials.studies(text_of("NCT00000001.json"), registry(outcome_1=USED))
    assert (study.id, study.year, study.registration) == ("nct00000001", 2021, ("NCT00000001",))
    assert study.design.randomised
    assert study.blinding.blinded == ("participants", "outcome-assessors")
    arms = {one.arm: (one.n, one.mean, one.sd, one.is_change) for one in study.outcomes[0].arms}
    assert arms == {"Placebo": (29, -8.1, 7.0, True), "Examplamine 10 ug": (28, -10.4, 6.5, True)}
    assert not any(fact.verified for fact in study.outcomes[0].facts)


def test_what_a_spread_is_follows_from_its_label():
    (study,) = clinicaltrials.studies(
        text_of("NCT00000001.json"),
        registry(outcome_1={"use": False}, outcome_2=USED, outcome_3=USED, outcome_4=USED),
    )
    interval, counts, quartiles = study.outcomes
    assert "outcome 2, OG001: NA" in study.note  # nothing is left out in silence
    (one,) = interval.arms  # the other is NA
    assert_allclose(one.se, 4 / (2 * 2.0518305164802833))  # t with 27 df, R: qt(.975, 27)
    assert one.origin == "derived"
    assert f"{one.se * sqrt(28):.4g}" in one.note
    assert [(arm.events, arm.total) for arm in counts.arms] == [(12, 28), (9, 29)]
    assert [(arm.q1, arm.median, arm.q3) for arm in quartiles.arms] == [(20, 30, 44), (12, 25, 40)]


def test_a_registry_outcome_without_direction_is_refused():
    with pytest.raises(DataError, match="the map does not say `outcome`"):
        clinicaltrials.studies(text_of("NCT00000001.json"), registry())
    undirected = {"use": True, "outcome": "depression"}
    with pytest.raises(DataError, match="the map does not say `higher`"):
        clinicaltrials.studies(text_of("NCT00000001.json"), registry(outcome_1=undirected))


def test_a_group_without_an_arm_is_refused():
    options = registry(outcome_1=USED)
    options.outcomes["outcome 1"]["groups"]["OG000"]["arm"] = None
    with pytest.raises(DataError, match="OG000: the map does not say which arm"):
        clinicaltrials.studies(text_of("NCT00000001.json"), options)


def test_revman_rows_become_studies():
    arms = {"Experimental": {"arm": "drug", "kind": "experimental"},
            "Control": {"arm": "placebo", "kind": "inert-placebo"}}  # fmt: skip
    told = ImportOptions("revman.csv", higher="worse", measure="OR", positive_favours="arm2",
                         arms=arms, checked_by="anna")  # fmt: skip
    smith, jones = revman.studies(text_of("revman.csv"), told)
    assert (smith.id, jones.id) == ("smith2020", "jones2021")
    assert [row.outcome for row in smith.outcomes] == ["depression", "response"]
    assert [(a.mean, a.sd, a.n) for a in smith.outcomes[0].arms] == [(14.1, 7.9, 28),
                                                                     (16.8, 8.2, 29)]  # fmt: skip
    assert [(a.events, a.total) for a in smith.outcomes[1].arms] == [(12, 40), (20, 42)]
    effect = jones.outcomes[0].effects[0]
    assert_allclose((effect.estimate, effect.se), (0.4723665527, 0.46))  # exp(-0.75)
    assert effect.verified
    assert effect.checked_by == "anna"
    with pytest.raises(DataError, match="does not say the measure of its ready-made effects"):
        revman.studies(text_of("revman.csv"), ImportOptions("revman.csv", higher="worse",
                       arms=arms))  # fmt: skip


def test_a_trial_becomes_a_study_with_its_guesses(parallel):
    study = study_of(parallel, year=2026)
    assert Study.model_validate(yaml.safe_load(study_text(study))) == study
    scores = parallel.total_scores
    assert study.outcomes
    for row in study.outcomes:
        for arm in row.arms:
            own = scores[(scores["instrument"] == row.instrument) & (scores["visit"] == row.visit)
                         & (scores["arm"] == arm.arm)]["score"].dropna()  # fmt: skip
            assert_allclose((arm.n, arm.mean, arm.sd), (len(own), own.mean(), own.std()))
            assert arm.verified
    asked = scores.drop_duplicates("participant").dropna(subset=["guess"])
    for told in study.blinding.guesses:
        own = asked[asked["arm"] == told.arm]["guess"]
        assert (told.right, told.unsure) == ((own == told.arm).sum(), (own == "unsure").sum())
        assert told.right + told.wrong + told.unsure == len(own)


def test_a_trial_that_changes_arms_gives_the_effects_of_its_model():
    records = simulate(demo_protocol(), SCENARIOS["drug and belief"], seed=1)
    study = study_of(records, year=2026)
    row = next(row for row in study.outcomes if row.instrument == "PHQ-9")
    total = total_effect(records, "PHQ-9")["total-effect"]
    plain, adjusted = row.effects
    assert (plain.estimate, plain.se) == (total.estimate, total.se)
    assert not plain.adjusted_for_guess
    assert adjusted.adjusted_for_guess
    assert abs(adjusted.estimate) < abs(plain.estimate)  # belief had its part
    assert row.repeated
    assert all(arm.n is None for arm in row.arms)
    assert study.blinding.guesses[0].repeated
