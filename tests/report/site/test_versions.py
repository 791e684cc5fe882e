"""Versions: what changed is told by sentence, and what is out keeps its bytes."""

import hashlib
import json
import re
import shutil
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from numpy.testing import assert_allclose

from equipoise.errors import DataError
from equipoise.report.evidence import Opens, Sentence, changed
from equipoise.report.site import build_site, gather, read_evidence
from equipoise.report.site.living import publish as publishing
from equipoise.report.site.living import read_history
from equipoise.report.site.pages import changes as changes_page
from equipoise.synthesis.review.screening.log import Vote, add_vote
from equipoise.synthesis.review.screening.record import Record, add_records

from .made_site import DAY, SITE, build, snapshot, write, write_evidence, write_review, write_study

LATER = date(2026, 11, 26)


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    return write_evidence(tmp_path / "evidence")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "site"


def said_by(evidence: Path):
    return gather(read_evidence(evidence), DAY, "2026.11.1").sentences


def texts(site):
    return {file.path: file.text for file in site.files}


def test_two_builds_of_the_same_evidence_and_day_are_the_same_bytes(evidence, tmp_path):
    for name in ("one", "two"):
        build(evidence, tmp_path / name)
    assert snapshot(tmp_path / "one") == snapshot(tmp_path / "two")


def test_building_again_on_the_same_day_changes_nothing(evidence, out):
    assert build(evidence, out).version == "2026.11.1"
    before = snapshot(out)
    assert build(evidence, out).version == "2026.11.1"
    assert snapshot(out) == before


def test_one_number_changed_lists_exactly_the_sentences_that_changed_and_the_study(evidence, out):
    build(evidence, out)
    before = said_by(evidence)
    write_study(evidence, "a2020", -0.1)
    entry = build(evidence, out).entry
    expected = changed(before, said_by(evidence))
    assert expected  # else the test could not fail
    assert tuple(change.id for change in entry.changes) == expected
    assert not any(name.startswith("sleep:") for name in expected)
    assert [(one.study, one.how) for one in entry.studies] == [("a2020", "numbers changed")]
    for change in entry.changes:
        assert [one.study for one in change.studies] == ["a2020"]
        assert change.causes == ()


def test_the_page_of_changes_shows_both_texts_and_no_other_sentence(evidence, out):
    old = {one.id: one for one in said_by(evidence)}
    build(evidence, out)
    write_study(evidence, "a2020", -0.1)
    site = build(evidence, out)
    page = (out / "changes.html").read_text(encoding="utf-8")
    listed = re.findall(r'class="change" data-sentence="([^"]+)"', page)
    assert tuple(listed) == changed(old.values(), said_by(evidence))
    new = {one.id: one for one in said_by(evidence)}
    for name in listed:
        assert old[name].text in page
        assert new[name].text in page
    assert '<a href="studies/a2020.html">a2020 (numbers changed)</a>' in page
    assert (out / "v" / site.version / "changes.html").read_text(encoding="utf-8").count(
        'class="change"'
    ) == len(listed)


def test_a_change_says_what_kind_it_is(evidence, out):
    build(evidence, out)
    write_study(evidence, "a2020", -0.51)  # the size word stays, numbers move
    changes = {change.id: change for change in build(evidence, out).entry.changes}
    headline = changes["mood:primary:headline"]
    assert headline.kinds == ("number",)
    (moved,) = headline.numbers
    assert moved.name == "pooled-effect, primary"
    # two effects with one standard error: the mean of -0.5 and -0.6, then of -0.51 and -0.6
    assert_allclose([moved.before, moved.after], [-0.55, -0.555], rtol=0, atol=1e-12)


def test_a_note_in_a_study_is_named_and_moves_no_sentence(evidence, out):
    build(evidence, out)
    write_study(evidence, "a2020", -0.5, note="Read again.")
    entry = build(evidence, out).entry
    assert entry.version == "2026.11.2"
    assert entry.changes == ()
    assert [(one.study, one.how) for one in entry.studies] == [
        ("a2020", "its file changed, no number")
    ]


def test_a_study_that_is_new_or_gone_is_named(evidence, out):
    build(evidence, out)
    write_study(evidence, "d2021", -0.3)
    write_review(evidence, "mood", ["a2020", "d2021"])
    entry = build(evidence, out).entry
    assert {one.study: one.how for one in entry.studies} == {"b2020": "gone", "d2021": "new"}
    headline = next(one for one in entry.changes if one.id == "mood:primary:headline")
    assert [one.study for one in headline.studies] == ["b2020", "d2021"]


def test_a_judgement_that_moves_the_certainty_is_named_as_the_cause(evidence, out):
    build(evidence, out)
    (evidence / "reviews" / "mood" / "judgements" / "rob2.yaml").unlink()
    entry = build(evidence, out).entry
    headline = next(one for one in entry.changes if one.id == "mood:primary:headline")
    assert "certainty" in headline.kinds
    assert headline.studies == ()
    assert headline.causes == ("the judgements of the review changed",)


def test_a_review_that_goes_takes_its_sentences_and_its_page_at_the_root(evidence, out):
    build(evidence, out)
    shutil.rmtree(evidence / "reviews" / "sleep")
    entry = build(evidence, out).entry
    gone = [change for change in entry.changes if change.kinds == ("gone",)]
    assert {change.id.partition(":")[0] for change in gone} == {"sleep"}
    assert all(change.after is None for change in gone)
    assert not (out / "reviews" / "sleep.html").exists()  # it would pass for what we say now
    assert (out / "v" / "2026.11.1" / "reviews" / "sleep.html").exists()


def test_a_list_of_files_that_leads_out_of_the_site_takes_nothing_away(evidence, out, tmp_path):
    build(evidence, out)
    mine = tmp_path / "mine.txt"
    mine.write_text("mine\n", encoding="utf-8")
    kept = out / "v" / "2026.11.1"
    (kept / "SHA256SUMS").write_text(
        f"{hashlib.sha256(mine.read_bytes()).hexdigest()}  ../mine.txt\n", encoding="utf-8"
    )
    made = json.loads((out / "versions.json").read_text(encoding="utf-8"))
    made["versions"][0]["copy"] = hashlib.sha256((kept / "SHA256SUMS").read_bytes()).hexdigest()
    (out / "versions.json").write_text(json.dumps(made), encoding="utf-8")
    shutil.copy(mine, out / "v" / "mine.txt")  # so that the list holds, seen from the copy
    build(evidence, out, LATER)
    assert mine.exists()


def test_a_sentence_of_a_fact_is_compared_too_and_its_file_is_named(evidence, out, monkeypatch):
    def fact(text):
        return Sentence("fact:a", "fact", text, "", "", "", (), (), "", Opens())

    monkeypatch.setattr(changes_page, "said", lambda _: [fact("Some slept badly.")], raising=False)
    build(evidence, out)
    assert "Some slept badly." in (out / "sentences.json").read_text(encoding="utf-8")
    write(evidence / "site.yaml", {**SITE, "funding": "somebody"})
    monkeypatch.setattr(changes_page, "said", lambda _: [fact("Many slept badly.")])
    (change,) = build(evidence, out).entry.changes
    assert (change.id, change.kinds) == ("fact:a", ("words",))
    assert change.causes == ("site.yaml changed",)


def test_no_change_on_a_later_day_is_a_version_that_says_so(evidence, out):
    build(evidence, out)
    site = build(evidence, out, LATER)
    assert site.version == "2026.11.2"
    assert site.entry.changes == ()
    page = texts(site)["changes.html"]
    assert "No sentence changed" in page
    assert "No search for new studies is recorded" in page
    assert not re.search(r'class="change"', page)


def test_a_version_without_change_takes_little_room(evidence, out):
    build(evidence, out)
    whole = len((out / "versions.json").read_bytes())
    build(evidence, out, LATER)
    assert len((out / "versions.json").read_bytes()) - whole < 500


def test_months_start_anew(evidence, out):
    days = [DAY, LATER, date(2026, 12, 1), date(2027, 1, 1)]
    names = [build(evidence, out, day).version for day in days]
    assert names == ["2026.11.1", "2026.11.2", "2026.12.1", "2027.01.1"]


def test_every_kept_copy_stays_as_it_was_through_later_versions(evidence, out):
    build(evidence, out)
    first = snapshot(out / "v" / "2026.11.1")
    write_study(evidence, "a2020", -0.1)
    build(evidence, out)
    write(evidence / "site.yaml", {**SITE, "title": "Another title"})
    build(evidence, out, date(2026, 12, 24))
    assert snapshot(out / "v" / "2026.11.1") == first
    assert sorted(one.name for one in (out / "v").iterdir()) == [
        "2026.11.1", "2026.11.2", "2026.12.1",
    ]  # fmt: skip


def test_a_kept_copy_can_be_verified_with_its_list(evidence, out):
    build(evidence, out)
    kept = out / "v" / "2026.11.1"
    lines = (kept / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split("  ")) for line in lines)
    assert listed == {
        path: hashlib.sha256(data).hexdigest()
        for path, data in snapshot(kept).items()
        if path != "SHA256SUMS"
    }


@pytest.mark.parametrize("harm", ["changed", "missing", "list"])
def test_a_version_that_was_tampered_with_stops_the_build(evidence, out, harm):
    build(evidence, out)
    file = out / "v" / "2026.11.1" / ("SHA256SUMS" if harm == "list" else "reviews/mood.html")
    if harm == "missing":
        file.unlink()
    else:
        file.write_text("something else\n", encoding="utf-8")
    before = snapshot(out)
    with pytest.raises(DataError, match=r"2026\.11\.1 is out and may not change"):
        build(evidence, out, LATER)
    assert snapshot(out) == before


def test_other_bytes_are_never_written_over_a_version_that_is_out(evidence, out):
    content = gather(read_evidence(evidence), DAY, "2026.11.1")
    build_site(content).write(out)
    write_study(evidence, "a2020", -0.1)
    before = snapshot(out)
    with pytest.raises(DataError, match="lists other versions"):
        build_site(gather(read_evidence(evidence), DAY, "2026.11.1")).write(out)
    assert snapshot(out) == before
    (out / "versions.json").unlink()  # and without the list neither
    with pytest.raises(DataError, match="is out and may not change"):
        build_site(gather(read_evidence(evidence), DAY, "2026.11.1")).write(out)
    assert snapshot(out) == {k: v for k, v in before.items() if k != "versions.json"}


def test_a_day_before_the_newest_version_is_refused(evidence, out):
    build(evidence, out, LATER)
    with pytest.raises(DataError, match="Versions go forward"):
        build(evidence, out, DAY)


@pytest.mark.parametrize(
    "harm",
    ["{", "[]", "{}", '{"format": "another"}', "said", "state", "order", "date", "\xff"],
)
def test_a_versions_file_that_cannot_be_read_stops_the_build_and_touches_nothing(
    evidence, out, harm
):
    build(evidence, out)
    build(evidence, out, LATER)
    file = out / "versions.json"
    made = json.loads(file.read_text(encoding="utf-8"))
    if harm in ("said", "state"):
        made["versions"][0][harm] = "0" * 64
    elif harm == "order":
        made["versions"].reverse()
    elif harm == "date":
        made["versions"][0]["date"] = "yesterday"
    text = json.dumps(made) if harm.isalpha() and harm != "\xff" else harm
    file.write_bytes(text.encode("latin-1"))
    before = snapshot(out)
    with pytest.raises(DataError, match=r"versions\.json does not hold the versions") as told:
        build(evidence, out, LATER)
    assert "Nothing was written" in str(told.value)
    assert snapshot(out) == before


def test_a_changed_sentence_in_the_versions_file_is_seen(evidence, out):
    build(evidence, out)
    file = out / "versions.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("lowers", "raises"), encoding="utf-8")
    assert file.read_text(encoding="utf-8") != text
    with pytest.raises(DataError, match="does not have the hash"):
        read_history(out)


def test_a_kept_copy_that_the_list_lacks_stops_the_build(evidence, out):
    build(evidence, out)
    old = (out / "versions.json").read_bytes()
    build(evidence, out, LATER)
    (out / "versions.json").write_bytes(old)  # as from a backup
    with pytest.raises(DataError, match=r"holds 2026\.11\.2, which versions\.json does not list"):
        build(evidence, out, date(2026, 12, 1))


@pytest.mark.parametrize("step", range(6))
def test_a_crash_at_any_step_leaves_a_site_and_the_next_build_mends_it(
    evidence, out, monkeypatch, step
):
    build(evidence, out)
    old = snapshot(out)
    calls = []
    replace = Path.replace

    def failing(self, target):
        calls.append(target)
        if len(calls) > step:
            raise OSError("no space left")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(OSError, match="no space left"):
        build(evidence, out, LATER)
    monkeypatch.undo()
    now = snapshot(out)
    assert set(old) <= set(now)  # nothing that could be read is gone
    assert {k: v for k, v in now.items() if k.startswith("v/2026.11.1/")} == {
        k: v for k, v in old.items() if k.startswith("v/2026.11.1/")
    }
    site = build(evidence, out, LATER)
    assert site.version == "2026.11.2"
    assert {k: v.decode() for k, v in snapshot(out).items() if not k.startswith("v/")} == texts(
        site
    )
    assert not list(out.glob(".building-*"))


def test_a_crash_while_writing_touches_no_file_of_the_site(evidence, out, monkeypatch):
    build(evidence, out)
    before = snapshot(out)

    def failing(*_args):
        raise OSError("no space left")

    monkeypatch.setattr(publishing, "_write", failing)
    with pytest.raises(OSError, match="no space left"):
        build(evidence, out, LATER)
    assert snapshot(out) == before


SCHEME = re.compile(r"[a-z]+:")


class Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, _tag, attrs):
        values = [value for name, value in attrs if name in ("href", "src") and value]
        self.found += [value for value in values if not SCHEME.match(value)]


OF_OTHERS = {"crisis.html", "index.html"}
"""Pages that other parts of the site make, which this small folder may lack."""


def test_every_link_of_the_root_and_of_each_kept_copy_arrives(evidence, out):
    build(evidence, out)
    write_study(evidence, "a2020", -0.1)
    build(evidence, out)
    pages = sorted(out.rglob("*.html"))
    assert len(pages) > 8
    for page in pages:
        links = Links()
        links.feed(page.read_text(encoding="utf-8"))
        targets = [(page.parent / link.partition("#")[0]).resolve() for link in links.found]
        lost = {str(t) for t in targets if not t.exists() and t.name not in OF_OTHERS}
        assert not lost, page


def test_a_kept_copy_says_that_it_is_one_and_leads_to_the_newest(evidence, out):
    build(evidence, out)
    kept = (out / "v" / "2026.11.1" / "reviews" / "mood.html").read_text(encoding="utf-8")
    root = (out / "reviews" / "mood.html").read_text(encoding="utf-8")
    assert "This is a kept copy of version 2026.11.1" in kept
    assert 'href="../../../index.html"' in kept
    assert "kept copy" not in root
    crisis = re.search(r'class="crisis" href="([^"]+)"', kept)
    assert crisis  # old numbers may be dead: the newest page, always
    assert crisis[1] == "../../../crisis.html"


def test_searched_on_is_said_where_it_is_recorded(tmp_path, out):
    site = {**SITE, "searched_on": {"mood": date(2026, 11, 1)}}
    evidence = write_evidence(tmp_path / "evidence", site)
    files = texts(build(evidence, out))
    assert "Searched on" in files["reviews/mood.html"]
    assert "1 November 2026" in files["reviews/mood.html"]
    assert "No day of a search is recorded" in files["reviews/sleep.html"]
    assert "mood: searched on 1 November 2026" in files["changes.html"]


def test_a_search_is_news_though_no_sentence_moves(evidence, out):
    build(evidence, out)
    write(evidence / "site.yaml", {**SITE, "searched_on": {"mood": date(2026, 11, 25)}})
    entry = build(evidence, out).entry
    assert entry.version == "2026.11.2"
    assert entry.searched == {"mood": date(2026, 11, 25)}
    assert entry.files == ("site.yaml",)


def test_the_day_of_the_last_vote_on_a_record_is_told(evidence, out):
    searches = evidence / "reviews" / "mood" / "searches"
    searches.mkdir()
    add_records(
        searches, [Record("A trial")], search="a.ris", sha256="0" * 64, source="x", kind="database"
    )
    for person, day in (("one", "2026-10-02"), ("two", "2026-10-01")):
        add_vote(searches, Vote("r1", "title", person, "include", "", day), ["r1"])
    files = texts(build(evidence, out))
    assert '<time datetime="2026-10-02">2 October 2026</time>' in files["reviews/mood.html"]
    assert "last screened" not in files["reviews/sleep.html"]
