"""equipoise dose-response: a table with a row an arm."""

import json

import pytest

ARMS = """trial,drug,dose,r,n,mean,sd
a,placebo,0 mg,10,50,20,5
a,x,10 mg,18,50,18,5
a,x,40 mg,25,50,15,6
b,placebo,0 mg,12,60,21,5
b,y,20 mg,22,60,17,5
c,x,10 mg,15,40,19,4
c,y,40 mg,22,40,16,5
d,placebo,0 mg,9,45,20,5
d,y,10 mg,14,45,19,5
d,x,20 mg,20,45,16,5
"""
COUNTS = ("--study", "trial", "--dose", "dose", "--events", "r", "--total", "n")
MEANS = ("--study", "trial", "--dose", "dose", "--mean", "mean", "--sd", "sd", "--n", "n")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "arms.csv"
    path.write_text(ARMS, encoding="utf-8")
    return path


def printed(result):
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_counts_give_effects_refusals_and_a_figure(run, table, tmp_path):
    result = run(
        "dose-response", table, *COUNTS, "--at", 20, "--at", 30, "--at", 50, "--method", "ml",
        "--regions", "low:0-15", "--regions", "full:15-", "--plot", "curve.svg", "--json",
    )  # fmt: skip
    found = printed(result)
    labels = {(row["name"], row["label"]) for row in found["estimates"]}
    assert ("dose-effect", "20 vs 0") in labels
    assert ("dose-region-share", "low, people") in labels
    refused = {row["label"]: row["reason"] for row in found["refused"]}
    assert "highest dose" in refused["50 vs 0"]
    assert "between 20 and 40" in refused["30 vs 0"]
    figure = (tmp_path / "curve.svg").read_text(encoding="utf-8")
    assert "no study here" in figure
    assert "dose, mg" in figure


@pytest.mark.parametrize("measure", ["md", "smd", "cohen-d", "glass-delta"])
def test_means(run, table, measure):
    found = printed(run("dose-response", table, *MEANS, "--measure", measure, "--json"))
    slope = next(row for row in found["estimates"] if row["name"] == "dose-coefficient")
    assert slope["estimate"] < 0


@pytest.mark.parametrize(
    "shape", [("linear",), ("quadratic",), ("spline", "--knots", "0,10,40"), ("emax",)]
)
def test_shapes_in_a_table(run, table, shape):
    result = run("dose-response", table, *COUNTS, "--method", "fixed", "--shape", *shape)
    assert result.exit_code == 0, result.stderr
    assert "Dose-response of 4 studies, log odds ratio" in result.stdout


def test_two_stages_name_whom_they_leave_out(run, table):
    found = run("dose-response", table, *COUNTS, "--two-stage", "--shape", "quadratic")
    assert found.exit_code == 0, found.stderr
    assert "2 studies have too few doses" in found.stdout
    assert run("dose-response", table, *COUNTS, "--one-stage").exit_code == 0


def test_equivalents(run, table, tmp_path):
    (tmp_path / "worth.csv").write_text("drug,equivalent\nx,10\ny,20\n", encoding="utf-8")
    asked = ("--drug", "drug", "--equivalents", "worth.csv", "--unit-dose", 10, "--gap", 0.9)
    found = printed(run("dose-response", table, *COUNTS, *asked, "--json"))
    test = next(row for row in found["estimates"] if row["name"] == "equivalence-test")
    assert test["df"] == 1
    (tmp_path / "worth.csv").write_text("drug,equivalent\nx,10\n", encoding="utf-8")
    result = run("dose-response", table, *COUNTS, *asked)
    assert result.exit_code == 1
    assert "no equivalent for 'y'" in result.stderr


def test_reported_contrasts_of_several_designs(run, tmp_path):
    rows = [
        "id,type,dose,y,se,cases,n",
        *("a,cc,0,0,,30,100", "a,cc,10,0.2,0.3,40,100", "a,cc,20,0.6,0.3,55,100"),
        *("b,ir,0,0,0,30,1000", "b,ir,10,0.1,0.25,35,1000", "b,ir,20,0.5,0.24,50,1000"),
    ]
    (tmp_path / "c.csv").write_text("\n".join(rows), encoding="utf-8")
    columns = ("--study", "id", "--dose", "dose", "--effect", "y", "--se", "se")
    counts = ("--events", "cases", "--total", "n", "--design", "type")
    slopes = []
    for covariance in ("greenland-longnecker", "hamling"):
        asked = (*columns, *counts, "--covariance", covariance, "--json")
        found = printed(run("dose-response", "c.csv", *asked))
        slopes.append(found["estimates"][0]["estimate"])
    assert slopes[0] == pytest.approx(slopes[1], rel=0.05)
    assert slopes[0] != slopes[1]
    result = run("dose-response", "c.csv", *columns)
    assert result.exit_code == 1
    assert "--correlation 0.5" in result.stderr


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--events", "r"), "Name the columns of one kind"),
        ((*COUNTS[4:], *MEANS[4:]), "Name the columns of one kind"),
        ((*COUNTS[4:], "--measure", "smd"), "does not go with counts"),
        ((*COUNTS[4:], "--measure", "irr"), "--person-time"),
        ((*COUNTS[4:], "--knots", "a,b"), "separated by commas"),
        ((*COUNTS[4:], "--equivalents", "x.csv"), "needs --drug"),
        ((*COUNTS[4:], "--one-stage", "--two-stage"), "Take --one-stage or --two-stage"),
    ],
)
def test_usage(run, table, more, told):
    result = run("dose-response", table, "--study", "trial", "--dose", "dose", *more)
    assert result.exit_code == 2
    assert told in result.stderr


def test_ssri_from_the_file(run, trial_data):
    """The common-effect spline of dosresmeta 2.2.0, tests/golden/dose_response.csv."""
    file = trial_data / "evidence" / "ssri_dose.csv"
    columns = ("--study", "studyID", "--dose", "dose", "--events", "r", "--total", "n")
    asked = ("--shape", "spline", "--knots", "10,20,50", "--method", "fixed", "--json")
    rows = printed(run("dose-response", file, *columns, *asked))["estimates"]
    slopes = [row["estimate"] for row in rows if row["name"] == "dose-coefficient"]
    assert slopes == pytest.approx([0.020686541, -0.031492128], rel=1e-6)
