"""equipoise impute: options to numbers, and what is said of wrong ones."""

import json
from pathlib import Path

import pandas as pd
import pytest

GOLDEN = Path(__file__).parent.parent / "golden"
MADE = GOLDEN / "imputation_made_trial_data.csv"
CALL = (
    "--formula", "score ~ base * visit + arm * visit + sex", "--subject", "id", "--visit", "visit",
    "--arm", "arm", "--reference", "placebo",
)  # fmt: skip


@pytest.fixture
def events(tmp_path):
    made = pd.read_csv(MADE)
    path = tmp_path / "events.csv"
    made[made["after"] == 1].groupby("id")["visit"].min().to_csv(path)
    return path


@pytest.fixture
def ask(run):
    def call(*options):
        result = run("impute", MADE, *CALL, *options, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    return call


def contrast(answer, label, visit="4"):
    (row,) = (
        row
        for row in answer["estimates"]
        if (row["name"], row["label"], row["visit"]) == ("imputed-contrast", label, visit)
    )
    return row


def test_strategies_agree_with_rbmi(ask, events):
    answer = ask("--events", events, "--strategy", "JR", "--strategy", "CIR")
    golden = pd.read_csv(GOLDEN / "imputation_made_trial.csv")
    for strategy in ("JR", "CIR"):
        r = golden.query(
            "configuration == 'us' and weights == 'equal' and strategy == @strategy "
            "and quantity == 'trt 4'"
        ).iloc[0]
        row = contrast(answer, strategy)
        assert row["estimate"] == pytest.approx(r["estimate"], abs=1e-9)
        assert row["se"] == pytest.approx(r["se"], abs=1e-9)
        assert row["unit"] == "score (drug less placebo)"
    assert answer["source"]["name"] == MADE.name


def test_one_arm_has_a_strategy_and_a_delta_that_grows(ask, events):
    options = ("--events", events, "--strategy", "drug=CR", "--delta", "drug=0.5,0.5,1,1")
    label = "drug CR, delta drug 0.5/0.5/1/1 with lag 1/1/0/0"
    grown = contrast(ask(*options, "--lag", "1,1,0,0"), label)
    plain = contrast(ask(*options[:4]), "drug CR")
    assert grown["estimate"] > plain["estimate"]
    assert any(text.startswith("CR:") for text in grown["assumptions"])


def test_random_methods_repeat_with_the_seed(ask):
    options = ("--strategy", "MAR", "--method", "bayes", "--draws", "5", "--seed")
    assert ask(*options, "4") == ask(*options, "4")
    assert ask(*options, "4") != ask(*options, "5")


def test_a_tipping_map_is_printed_and_drawn(run, ask, tmp_path):
    answer = ask("--tipping", "0", "20", "5", "--plot", "map.svg")
    points = [row for row in answer["estimates"] if row["name"] == "tipping-map"]
    assert len(points) == 25
    drawn = (tmp_path / "map.svg").read_text(encoding="utf-8")
    assert 'xmlns="http://www.w3.org/2000/svg"' in drawn  # a file of its own, for any viewer
    assert "var(--" not in drawn
    ask("--tipping", "0", "20", "5", "--plot", "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")
    shown = run("impute", MADE, *CALL, "--tipping", "0", "20", "5")
    assert shown.exit_code == 0, shown.stderr
    assert "Tipping point" in shown.stdout
    assert "Difference at deltas" not in shown.stdout  # the map is for programs and the figure


def test_retrieved_dropout(ask, events):
    answer = ask("--retrieved", "constant", "--events", events, "--ls-weights", "equal")
    golden = pd.read_csv(GOLDEN / "imputation_made_trial.csv")
    r = golden.query(
        "configuration == 'retrieved' and weights == 'equal' and strategy == 'constant' "
        "and quantity == 'trt 4'"
    ).iloc[0]
    row = contrast(answer, "retrieved dropout, constant")
    assert row["estimate"] == pytest.approx(r["estimate"], abs=1e-9)
    assert row["se"] == pytest.approx(r["se"], abs=1e-9)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--strategy", "XX"), 1, "no imputation strategy 'XX'"),
        (("--strategy", "drug=JR", "--strategy", "CR"), 2, "either for all arms"),
        (("--delta", "drug"), 2, "write ARM=VALUE"),
        (("--delta", "drug=x"), 2, "no number"),
        (("--lag", "a"), 2, "no number"),
        (("--plot", "map.svg"), 2, "add --tipping"),
        (("--plot", "nowhere/map.svg", "--tipping", "0", "1", "1"), 2, "no folder"),
        (("--tipping", "2", "1", "1"), 2, "LOW below HIGH"),
        (("--tipping", "0", "1", "1", "--delta", "drug=1"), 2, "varies the deltas itself"),
        (("--tipping", "0", "1", "1", "--analysis", "mmrm"), 2, "ancova"),
        (("--retrieved", "constant"), 2, "needs --events"),
        (("--events", "none.csv"), 1, "no file"),
    ],
)
def test_what_is_wrong_is_said(run, options, code, message):
    result = run("impute", MADE, *CALL, *options)
    assert result.exit_code == code
    assert message in " ".join(result.stderr.split())
