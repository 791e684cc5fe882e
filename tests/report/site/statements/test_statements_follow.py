"""One number of one study or fact is changed: the sentences that follow from it change, no other.

Which sentences those are is written here by hand, from what each sentence says.
"""

from dataclasses import replace
from typing import NamedTuple

import pytest

from equipoise.report.evidence import changed
from equipoise.report.site import gather, read_evidence
from equipoise.report.site.statements import stated

from .conftest import DAY, VERSION

KRYST = "ketamine-depression-pools:kryst-24-hours"
CIPRIANI = "antidepressants-depression:all-antidepressants"


class Change(NamedTuple):
    """A number of a study, and the sentences that follow from it."""

    study: str
    old: str
    new: str
    wanted: set[str]


CHANGES = [
    Change(
        "szigeti2021", "estimate: 5.27", "estimate: 5.37",
        {f"microdosing-energy:energy:{kind}" for kind in ("headline", "effect", "tipping")},
    ),
    Change(
        "szigeti2021", "mean: 1.92, sd: 15.65", "mean: 2.92, sd: 15.65",
        {"microdosing-wellbeing:well-being:both-changed-szigeti2021-RPWB"},
    ),
    Change(
        "kryst2020", "estimate: -0.89", "estimate: -0.92",
        {f"{KRYST}:{kind}" for kind in
         ("headline", "effect", "tipping", "apart-ketamine-depression-full-dose-active")},
    ),
    Change(
        "lii2023", "on day 1, 60%", "on day 1, 61%",
        {"ketamine-depression:depression:told-lii2023"},
    ),
    Change(
        "cipriani2018", "estimate: 0.3\n", "estimate: 0.33\n",
        {f"{CIPRIANI}:{kind}" for kind in
         ("headline", "people", "people-if-lower", "people-if-higher", "effect", "tipping")},
    ),
    Change(
        "jones2021", "estimate: 1.05", "estimate: 1.04",
        {"placebo-depression:treatment-resistant:own-start"},
    ),
]  # fmt: skip


def said(content):
    """Every sentence of the reviews, and every one that answers a statement."""
    answers = [sentence for one in stated(content) for sentence in one.sentences]
    return {one.id: one for one in (*content.sentences, *answers)}.values()


def test_one_number_of_each_study_changes_what_follows_from_it(copied, content):
    folder = copied()
    for change in CHANGES:
        edit(folder / f"studies/{change.study}.yaml", change.old, change.new)
    now = said(gather(read_evidence(folder), DAY, VERSION))
    assert set(changed(said(content), now)) == set().union(*(one.wanted for one in CHANGES))
    by_id = {one.id: one for one in now}
    for change in CHANGES:
        assert all(change.study in by_id[name].studies for name in change.wanted)


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES, ids=lambda one: f"{one.study} {one.new}")
def test_one_number_alone_changes_its_own_and_no_other(change, copied, content):
    folder = copied()
    edit(folder / f"studies/{change.study}.yaml", change.old, change.new)
    now = said(gather(read_evidence(folder), DAY, VERSION))
    assert set(changed(said(content), now)) == change.wanted


FACTS = [
    ("harms", "text: 17% of people", "text: 18% of people", {"facts:harms:ket-dep-users"}),
    ("prevalence", "text: In 2021, 332 million", "text: In 2021, 333 million",
     {"facts:prevalence:depression-world-2021-million-people"}),
]  # fmt: skip


@pytest.mark.parametrize("change", FACTS, ids=lambda one: one[0])
def test_one_number_of_a_fact_changes_its_own_sentence(change, copied, content):
    kind, old, new, wanted = change
    folder = copied()
    edit(folder / f"facts/{kind}.yaml", old, new)
    assert set(changed(said(content), said(moved(content, folder)))) == wanted


def test_a_tie_that_turns_changes_its_sentence_and_the_count(copied, content):
    folder = copied()
    file = folder / "facts/connectivity.yaml"
    edit(file, "clinical_change: 'no'", "clinical_change: 'yes'", times=3)
    found = set(changed(said(content), said(moved(content, folder))))
    names = ("doss2022", "medeiros2023", "kraus2020", "ties-counted")
    assert found == {f"facts:connectivity:{name}" for name in names}


def test_a_fact_that_nobody_checked_is_gone(copied, content):
    folder = copied()
    file = folder / "facts/harms.yaml"
    before, mark, after = file.read_text(encoding="utf-8").partition("- id: ket-dep-users\n")
    after = after.replace("verified: true", "verified: false", 1)
    file.write_text(before + mark + after, encoding="utf-8")
    name = "facts:harms:ket-dep-users"
    assert name in {one.id for one in said(content)}
    assert name not in {one.id for one in said(moved(content, folder))}


def moved(content, folder):
    """The same reviews beside the facts of another folder."""
    return replace(content, folder=replace(content.folder, path=folder))


def edit(path, old, new, times=1):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == times, (path.name, old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")
