"""The published files, counted against the data dictionary and the reference tables.

Counts and stratum means are those that the data dictionary and the reference tables print; they
were computed from the raw files by other programs (R 4.2, and the authors' own tables).
"""

import pytest

from equipoise.records import open_source, outcome_frame, read_folder, write_folder

WEEK1 = "self-blinding-microdose-week1"
ALL = "self-blinding-microdose"
AFTER = "self-blinding-microdose-outcomes"
CELLS = [(a, g) for a in ("microdose", "placebo") for g in ("microdose", "placebo")]


@pytest.fixture(scope="module", params=[WEEK1, ALL, AFTER])
def published(request, trial_data):
    return open_source(request.param)


@pytest.fixture(scope="module")
def week1(trial_data):
    return open_source(WEEK1)


@pytest.fixture(scope="module")
def weeks(trial_data):
    return open_source(ALL)


@pytest.fixture(scope="module")
def after(trial_data):
    return open_source(AFTER)


@pytest.mark.parametrize(
    ("outcome", "counts", "means", "digits"),
    [
        ("PANAS", (48, 44, 39, 102), (19.56, 12.59, 18.36, 10.95), 2),
        ("intensity", (48, 44, 38, 102), (38.10, 0.27, 35.50, 0.58), 2),
        ("CPS", (37, 34, 36, 80), (-0.043, -0.056, -0.115, 0.001), 3),
        ("QIDS", (91, 37, 56, 45), (5.80, 5.65, 6.77, 7.20), 2),
    ],
)
def test_week1_strata(week1, outcome, counts, means, digits):
    cells = outcome_frame(week1, outcome).groupby(["arm", "guess"])["score"]
    assert tuple(cells.size()[cell] for cell in CELLS) == counts
    assert tuple(round(cells.mean()[cell], digits) for cell in CELLS) == means


def test_week1_size(week1):
    assert len(week1.participants) == 242
    assert len(week1.scores) == 4337
    assert week1.scores["instrument"].nunique() == 20
    assert week1.guesses["guess"].notna().all()


@pytest.mark.parametrize(
    ("outcome", "rows", "people"),
    [("PANAS", 847, 239), ("intensity", 844, 239), ("CPS", 646, 220), ("QIDS", 859, 238)],
)
def test_all_weeks_rows_and_people(weeks, outcome, rows, people):
    frame = outcome_frame(weeks, outcome)
    assert (len(frame), frame["participant"].nunique()) == (rows, people)


def test_all_weeks_size_and_the_warning_of_the_declared_range(weeks):
    assert (len(weeks.scores), len(weeks.participants)) == (15623, 240)
    (warning,) = weeks.warnings
    assert warning.startswith("QIDS: ")
    assert "reach 31" in warning


def test_the_two_files_hold_the_same_people(week1, weeks):
    """230 of the 233 people of week 1 join, with equal values, arms and guesses."""
    joined = outcome_frame(week1, "PANAS").merge(
        outcome_frame(weeks, "PANAS", "w1s1"), on="participant", how="inner"
    )
    assert len(joined) == 230
    for column in ("score", "arm", "guess"):
        assert (joined[f"{column}_x"] == joined[f"{column}_y"]).all()


def test_long_term_file(after):
    assert (len(after.scores), len(after.participants)) == (12012, 219)
    arms = after.allocations.drop_duplicates(["participant", "arm"])["arm"].value_counts()
    assert arms.to_dict() == {"placebo": 73, "half-half": 61, "microdose": 85}
    people = after.scores.groupby("visit")["participant"].nunique()
    assert people.to_dict() == {"pre": 218, "post": 192, "ltfu": 163}
    assert "282 rows (RPWB)" in after.warnings[0]
    later = after.scores[after.scores["visit"] != "pre"].groupby("visit")["baseline"]
    assert later.apply(lambda b: int(b.isna().sum())).to_dict() == {"post": 111, "ltfu": 91}


def test_published_records_survive_a_folder(published, tmp_path):
    again = read_folder(write_folder(published, tmp_path / "records"))
    assert again.sha256 == published.sha256
    assert again.source == published.source
    assert again.protocol.sha256 == published.protocol.sha256


def test_published_records_can_be_blinded(published):
    blind = published.blind()
    assert not hasattr(blind, "allocations")
    assert len(blind.scores) == len(published.scores)
