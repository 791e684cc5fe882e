"""equipoise blinding-synthesis: all that the columns allow, side by side."""

import json
from pathlib import Path

import pytest

TRIALS = Path(__file__).parents[1] / "golden/blinding_synthesis_trials.csv"
EFFECTS = ("--study", "study", "--effect", "effect", "--se", "se")
GUESSES = ("--guesses", "right1,wrong1,unsure1,right2,wrong2,unsure2", "--draws", "200")


def told(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def names(found):
    return {row["name"] for row in found["estimates"]}


def test_effects_alone_give_the_tipping_point_and_say_what_is_missing(run):
    found = told(run("blinding-synthesis", TRIALS, *EFFECTS, "--json"))
    assert names(found) == {"bias-adjusted-effect", "bias-tipping-point"}
    assert {row["name"] for row in found["refused"]} == {
        "effect-at-chance-guessing", "design-class-contrast", "design-discrepancy",
        "control-arm-share",
    }  # fmt: skip
    assert "--guesses" in found["refused"][1]["reason"]


def test_everything_at_once(run, tmp_path):
    more = (
        *GUESSES, "--design", "class", "--reference", "active", "--randomised", "randomised",
        "--margin", "0.2", "--smallest-important", "0.1", "--bias", "inert=0.3:0.1",
    )  # fmt: skip
    picture = tmp_path / "b.svg"
    result = run("blinding-synthesis", TRIALS, *EFFECTS, *more, "--plot", picture, "--json")
    found = told(result)
    assert "<svg" in picture.read_text(encoding="utf-8")
    assert {
        "effect-at-chance-guessing", "blinding-slope", "design-class-contrast",
        "bias-tipping-point", "design-discrepancy", "discrepancy-probability",
        "design-adjusted-effect", "distance-to-chance", "leverage-at-chance", "index-reliability",
    } <= names(found)  # fmt: skip
    labels = {r["label"] for r in found["estimates"] if r["name"] == "design-class-contrast"}
    assert labels == {"inert less active"}
    text = run("blinding-synthesis", TRIALS, *EFFECTS, *more).stdout
    assert "Effect had people guessed by chance" in text
    assert all(len(line) <= 100 for line in text.splitlines())


def test_a_given_index_agrees_with_the_counts_it_came_from(run, tmp_path, made_index):
    one = told(run("blinding-synthesis", TRIALS, *EFFECTS, *GUESSES, "--json"))
    columns = ("--index", "M", "--index-se", "M_se", "--draws", "200")
    two = told(run("blinding-synthesis", made_index, *EFFECTS, *columns, "--json"))
    for a, b in zip(one["estimates"], two["estimates"], strict=True):
        assert (a["name"], a["label"]) == (b["name"], b["label"])
        assert a["estimate"] == pytest.approx(b["estimate"], rel=1e-6)  # sd squared and rooted


@pytest.fixture
def made_index(tmp_path):
    import pandas as pd  # noqa: PLC0415

    from equipoise.synthesis.blinding import index_of_counts  # noqa: PLC0415

    table = pd.read_csv(TRIALS)
    index = index_of_counts(table.iloc[:, 4:10].to_numpy(float).reshape(-1, 2, 3))
    table["M"], table["M_se"] = index.index, index.variance**0.5
    path = tmp_path / "with_index.csv"
    table.to_csv(path, index=False)
    return path


def test_arms_by_comparator(run, evidence_file):
    columns = "baseline_m_arm1,baseline_sd_arm1,mean_arm1,n_arm1,baseline_m_arm2"
    columns += ",baseline_sd_arm2,mean_arm2,n_arm2"
    arms = ("--study", "study", "--arms", columns, "--comparator", "condition_arm2", "--json")
    found = told(run("blinding-synthesis", evidence_file, *arms))
    share = [r for r in found["estimates"] if r["name"] == "control-arm-share"]
    assert [r["label"] for r in share][:2] == ["all", "all, bivariate"]
    assert round(share[0]["estimate"], 2) == 0.37
    assert any("left out there: Back 2024, Lewis 2025" in text for text in share[0]["warnings"])
    assert any("not a placebo effect" in text for text in share[0]["warnings"])


def test_the_published_tipping_point(run, evidence_file, tmp_path):
    columns = ("--study", "study", "--effect", "g", "--se", "g_se", "--design", "blinding")
    picture = tmp_path / "tip.png"
    result = run("blinding-synthesis", evidence_file, *columns, "--plot", picture, "--json")
    rows = told(result)["estimates"]
    tipping = [r["estimate"] for r in rows if r["name"] == "bias-tipping-point"]
    assert [round(t, 6) for t in tipping] == [0.550056]
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.fixture
def evidence_file(trial_data):
    path = trial_data / "evidence/psilocybin_main12.csv"
    if not path.is_file():
        pytest.skip("published study rows not found below EQUIPOISE_DATA")
    return path


def test_what_belief_found_is_pooled(run, write, rows):
    columns = ("--participant", "id", "--arm", "arm", "--guess", "guess", "--outcome", "SCORE")
    files = []
    for k, name in enumerate(("one", "two")):
        table = [[*row[:3], str(int(row[3]) + k * (i % 3)), row[4]] for i, row in enumerate(rows)]
        trial = write(f"{name}.csv", table)
        more = ("--active", "drug", "--control", "placebo", "--draws", "100", "--json")
        result = run("belief", trial, *columns, *more)
        assert result.exit_code == 0, result.stderr
        files.append(trial.with_suffix(".json"))
        files[-1].write_text(result.stdout, encoding="utf-8")
    found = told(run("blinding-synthesis", files[0], "--belief", files[1], "--json"))
    pooled = {r["label"]: r for r in found["estimates"] if r["name"] == "decomposed-effect"}
    assert set(pooled) == {"total", "belief made equal", "belief part", "bounds"}


@pytest.mark.parametrize(
    ("more", "code", "text"),
    [
        (("--effect", "effect", "--se", "se"), 2, "--study"),
        (("--study", "study", "--effect", "effect"), 2, "go together"),
        ((*EFFECTS, "--index", "se"), 2, "go together"),
        ((*EFFECTS, "--guesses", "right1,wrong1"), 2, "6 columns"),
        ((*EFFECTS, "--bias", "inert"), 2, "CLASS=MEAN"),
        (("--study", "study"), 1, "or those of the arms"),
        ((*EFFECTS, "--design", "kind"), 1, "no column"),
        ((*EFFECTS, "--randomised", "class"), 1, "1 or 0"),
        (("--study", "study", "--effect", "class", "--se", "se"), 1, "no number"),
        ((*EFFECTS, "--bias", "open=0.2"), 1, "design class"),
    ],
)
def test_wrong_use_says_what_to_do(run, more, code, text):
    result = run("blinding-synthesis", TRIALS, *more)
    assert result.exit_code == code
    assert text in result.stderr
