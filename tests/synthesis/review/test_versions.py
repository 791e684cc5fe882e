"""Living results: the same inputs give the same version; a difference says what moved, and why."""

import json
from copy import deepcopy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise.errors import DataError
from equipoise.synthesis.review import read_review, synthesise
from equipoise.synthesis.review.versions import version
from equipoise.synthesis.review.versions.difference import difference
from equipoise.synthesis.review.versions.results import (
    find_result,
    read_result,
    stale,
    write_result,
)

from .conftest import analysis, plan, study, write

STUDIES = ("a2020", "b2020", "c2020")
WAITING = ("w2020", "x2020")


def everyone():
    waiting = [study(name, 13.0) for name in WAITING]
    for one in waiting:
        one["arms"][1]["kind"] = "waiting-list"
    return [study(name, 12.0 + k) for k, name in enumerate(STUDIES)] + waiting


PLANS = [
    analysis("placebo"),
    analysis("waiting", comparators=["waiting-list"]),
    analysis("both", comparators=["inert-placebo", "waiting-list"]),
]


def stored(folder, studies, **changes):
    made = read_review(write(folder, plan(analyses=PLANS) | changes, studies))
    return read_result(write_result(synthesise(made)))


def test_the_same_folder_gives_the_same_bytes(tmp_path):
    one = stored(tmp_path / "one", everyone())
    other = stored(tmp_path / "other", list(reversed(everyone())))
    assert one.version == other.version
    for name in ("estimates.json", "inputs.json"):
        assert (one.path / name).read_bytes() == (other.path / name).read_bytes()
    assert not difference(one, other)


def test_comments_and_the_order_of_keys_do_not_change_the_version(tmp_path):
    one = stored(tmp_path / "one", everyone())
    file = tmp_path / "one" / "studies" / "a2020.yaml"
    file.write_text("# a comment\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert stale(one, read_review(tmp_path / "one")) == ()


@given(
    st.sampled_from([*STUDIES, *WAITING]), st.sampled_from(["mean", "sd", "n"]), st.integers(1, 9)
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_changed_number_moves_exactly_what_hangs_on_it(tmp_path, name, field, step):
    before = stored(tmp_path / "before", everyone())
    changed = everyone()
    one = next(one for one in changed if one["id"] == name)
    one["outcomes"][0]["arms"][0][field] += step
    found = difference(before, stored(tmp_path / "after", changed))
    assert [(c.where, c.field.rsplit(" › ", 1)[1]) for c in found.fields] == [(name, field)]
    assert found.settings == found.added == found.removed == ()
    assert found.code is None
    kind = "waiting" if name in WAITING else "placebo"
    analyses = {change.label.partition(":")[0].partition(",")[0] for change in found.numbers}
    assert analyses == {kind, "both"}
    moved = {c.label for c in found.numbers if c.name == "study-effect"}
    assert moved == {f"{kind}: {name}", f"both: {name}"}
    assert {why for change in found.numbers for why in change.why} == {f"data: {name} changed"}


def test_a_changed_note_moves_no_number(tmp_path):
    before = stored(tmp_path / "before", everyone())
    changed = everyone()
    changed[0]["note"] = "looked at again"
    found = difference(before, stored(tmp_path / "after", changed))
    assert [(c.where, c.field, c.old, c.new) for c in found.fields] == [
        ("a2020", "note", None, "looked at again")
    ]
    assert found.numbers == ()


def test_a_new_study_is_named_as_the_reason(tmp_path):
    before = stored(tmp_path / "before", everyone())
    found = difference(before, stored(tmp_path / "after", [*everyone(), study("z2024", 10.0)]))
    assert (found.added, found.removed) == (("z2024",), ())
    pooled = [c for c in found.numbers if (c.name, c.label) == ("pooled-effect", "placebo")]
    assert pooled[0].why == ("data: z2024 added",)
    assert not [c for c in found.numbers if c.label.startswith("waiting")]
    back = difference(stored(tmp_path / "after", [*everyone(), study("z2024", 10.0)]), before)
    assert back.removed == ("z2024",)


def test_an_inserted_arm_moves_no_other_field(tmp_path):
    before = stored(tmp_path / "before", everyone())
    changed = deepcopy(everyone())
    changed[0]["arms"].insert(0, {"name": "other", "kind": "usual-care"})
    found = difference(before, stored(tmp_path / "after", changed))
    assert {change.field for change in found.fields} == {
        "arms › other › name", "arms › other › kind"
    }  # fmt: skip


def test_a_changed_setting_is_named_as_the_reason(tmp_path):
    before = stored(tmp_path / "before", everyone())
    plans = [PLANS[0] | {"test": "z"}, *PLANS[1:]]
    found = difference(before, stored(tmp_path / "after", everyone(), analyses=plans))
    assert [(c.field, c.old, c.new) for c in found.settings] == [
        ("analyses › placebo depression › test", None, "z")
    ]
    assert {c.label.partition(",")[0] for c in found.numbers} == {"placebo"}
    assert {why for c in found.numbers for why in c.why} == {"settings of the analysis placebo"}


@pytest.mark.parametrize(
    "changes",
    [
        {"level": 0.9},
        {"excluded": {"a2020": "why"}},
        {"intervention": {"substances": ["other"]}},
        {"outcomes": {"depression": {"label": "Depression", "higher": "worse",
                                     "instruments": ["HAM-D"]}}},
    ],
)  # fmt: skip
def test_no_number_moves_unexplained(tmp_path, changes):
    before = stored(tmp_path / "before", everyone())
    found = difference(before, stored(tmp_path / "after", everyone(), **changes))
    assert found.numbers
    assert all(change.why for change in found.numbers)


def test_changed_code_is_named_as_the_reason(tmp_path, monkeypatch):
    before = stored(tmp_path / "before", everyone())
    monkeypatch.setattr(version, "code_version", lambda: "9.9+other")
    after = stored(tmp_path / "after", everyone())
    found = difference(before, after)
    assert found.code == (before.version.code, "9.9+other")
    assert found.numbers == ()
    assert stale(before, read_review(tmp_path / "before")) == ("the code",)


def test_a_result_whose_data_changed_is_stale(tmp_path):
    before = stored(tmp_path / "review", everyone())
    assert stale(before, read_review(tmp_path / "review")) == ()
    write(tmp_path / "review", plan(analyses=PLANS), everyone()[1:])
    assert stale(before, read_review(tmp_path / "review")) == ("the studies",)
    (tmp_path / "review" / "judgements").mkdir()
    (tmp_path / "review" / "judgements" / "rob2.yaml").write_text("x: 1\n", encoding="utf-8")
    assert stale(before, read_review(tmp_path / "review")) == ("the studies", "the judgements")


def test_a_result_changed_by_hand_is_refused(tmp_path):
    before = stored(tmp_path / "review", everyone())
    file = before.path / "inputs.json"
    made = json.loads(file.read_text(encoding="utf-8"))
    made["version"]["data"] = "0" * 64
    file.write_text(json.dumps(made), encoding="utf-8")
    with pytest.raises(DataError, match="changed by hand"):
        read_result(before.path)


def test_results_are_found_by_their_first_digits(tmp_path):
    one = stored(tmp_path / "review", everyone())
    folder = read_review(tmp_path / "review")
    assert find_result(folder, one.version.short[:4]).version == one.version
    assert find_result(folder, "latest").version == one.version
    with pytest.raises(DataError, match="No version starts with 'zz'"):
        find_result(folder, "zz")
