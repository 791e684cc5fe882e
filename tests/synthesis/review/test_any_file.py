"""Whatever stands in a file, it is read or refused with a message: never a traceback."""

from contextlib import suppress
from copy import deepcopy

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.synthesis.review import Study, review_from_text, study_from_text
from equipoise.synthesis.review.importers import importers
from equipoise.synthesis.review.importers.options import ImportOptions
from equipoise.synthesis.review.writing import study_text

from .conftest import CHECKED, analysis, plan, study

JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**12), st.floats(), st.text(max_size=8),
    st.sampled_from(["1,5", "baseline", "drug", "10.1/x", "nan", "~", "a: b"]),
    st.just([]), st.just({}), st.just([1, "two"]), st.just({"name": "drug"}),
)  # fmt: skip
ALPHABET = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))


def paths(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for key, inner in enumerate(value):
            yield from paths(inner, (*path, key))


def changed(value, path, junk):
    if not path:
        return junk
    value = deepcopy(value)
    part = value
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = junk
    return value


def whole():
    one = study("a2020", doi="10.1000/a", same_trial_as=["b2020"], registration=["NCT1"])
    one["blinding"] = {"guesses": [{"arm": "drug", "right": 3, "wrong": 2, **CHECKED}]}
    one["outcomes"][0]["effects"] = [
        {"measure": "MD", "contrast": ["drug", "placebo"], "estimate": -2.7, "low": -6.9,
         "high": 1.5, "positive_favours": "placebo", "n": [28, 29], **CHECKED}]  # fmt: skip
    one["outcomes"][0]["statements"] = [{"contrast": ["drug", "baseline"], "says": "x", **CHECKED}]
    return one


def whole_plan():
    one = plan(analyses=[analysis(contrasts={"a2020": ["drug", "placebo"]}, moderators=["year"])])
    one["outcomes"]["depression"]["thresholds"] = {"small": 0.2, "moderate": 0.5, "large": 0.8}
    return one


@given(st.sampled_from(list(paths(whole()))), JUNK)
@example(("arms", 0, "substance"), "0\x850")
def test_a_study_file_is_read_or_refused(path, junk):
    text = yaml.safe_dump(changed(whole(), path, junk), sort_keys=False)
    with suppress(DataError):
        found = study_from_text(text)
        assert Study.model_validate(yaml.safe_load(study_text(found))) == found


@given(st.sampled_from(list(paths(whole_plan()))), JUNK)
def test_a_plan_is_read_or_refused(path, junk):
    text = yaml.safe_dump(changed(whole_plan(), path, junk), sort_keys=False)
    with suppress(DataError):
        review_from_text(text)


@given(st.text(ALPHABET, max_size=60), st.sampled_from(sorted(importers())))
def test_a_foreign_file_is_read_or_refused(text, name):
    module = importers()[name]
    module.recognises("file.csv", text)
    if not hasattr(module, "records"):
        return
    with suppress(DataError):
        module.records(text)


@given(st.sampled_from(["mean_arm1", "n_arm1", "year", "time_weeks", "precalc_g", "doi"]), JUNK)
@example("n_arm1", float("inf"))
@example("n_arm1", "NAN")
def test_a_metapsy_cell_is_read_or_refused(column, junk):
    cells = {"study": "Smith 2020", "condition_arm1": "cbt", "condition_arm2": "wl",
             "outcome_type": "msd", "instrument": "BDI", "time": "post", "mean_arm1": "14",
             "sd_arm1": "7", "n_arm1": "20", "mean_arm2": "16", "sd_arm2": "8", "n_arm2": "20",
             "year": "2020", "time_weeks": "4", "precalc_g": "", "precalc_g_se": "0.2",
             "doi": ""}  # fmt: skip
    cells[column] = '"' + str(junk).replace('"', "") + '"'
    text = ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"
    arms = {"cbt": {"arm": "cbt", "kind": "psychotherapy"}, "wl": {"kind": "waiting-list"}}
    told = ImportOptions("file.csv", outcome="d", higher="worse", arms=arms,
                         positive_favours="arm1")  # fmt: skip
    with suppress(DataError):
        importers()["metapsy"].studies(text, told)


def test_an_impossible_number_of_a_foreign_file_is_told_with_its_row():
    text = (
        "study,condition_arm1,condition_arm2,outcome_type,instrument,time,year,mean_arm1,sd_arm1,"
        "n_arm1,mean_arm2,sd_arm2,n_arm2\nSmith 2020,cbt,wl,msd,BDI,post,2020,14,0,20,16,8,20\n"
    )
    arms = {"cbt": {"kind": "psychotherapy"}, "wl": {"kind": "waiting-list"}}
    told = ImportOptions("file.csv", outcome="d", higher="worse", arms=arms)
    expected = r"file.csv, row 2: outcomes\[0\].arms\[0\].sd: found 0.0; input should be greater"
    with pytest.raises(DataError, match=expected):
        importers()["metapsy"].studies(text, told)
