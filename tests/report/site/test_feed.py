"""The feed: what RFC 4287 asks for, and ids that never change."""

import re
from datetime import date, datetime
from xml.etree import ElementTree as ET

import pytest

from equipoise.report.evidence import changed
from equipoise.report.site import gather, read_evidence
from equipoise.report.site.living.history import History
from equipoise.report.site.plan import SitePlan

from .made_site import DAY, SITE, build, write, write_evidence, write_study

ATOM = "{http://www.w3.org/2005/Atom}"
XHTML = "{http://www.w3.org/1999/xhtml}"
TAG = re.compile(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:[A-Za-z0-9._/-]+")  # RFC 4151, section 2.1
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
def evidence(tmp_path):
    return write_evidence(tmp_path / "evidence")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "site"


def read(out):
    return ET.fromstring((out / "feed.xml").read_bytes())  # noqa: S314  (our own file)


def one(element, name):
    found = element.findall(ATOM + name)
    assert len(found) == 1, f"{element.tag} has {len(found)} {name}"
    return found[0]


def ids(feed):
    return [one(entry, "id").text for entry in feed.findall(ATOM + "entry")]


def test_feed_and_entries_have_what_the_format_requires(evidence, out):
    build(evidence, out)
    write_study(evidence, "a2020", -0.1)
    build(evidence, out)
    feed = read(out)
    assert feed.tag == ATOM + "feed"
    entries = feed.findall(ATOM + "entry")
    assert len(entries) == 2
    for element in (feed, *entries):
        assert TAG.fullmatch(one(element, "id").text)
        assert one(element, "title").text.strip()
        moment = one(element, "updated").text
        assert RFC_3339.fullmatch(moment)
        assert datetime.fromisoformat(moment)
    author = one(feed, "author")
    assert one(author, "name").text == "A. Person"
    rels = [link.get("rel") for link in feed.findall(ATOM + "link")]
    assert sorted(rels) == ["alternate", "self"]
    for entry in entries:
        (link,) = entry.findall(ATOM + "link")
        assert link.get("rel") == "alternate"
        content = one(entry, "content")
        assert content.get("type") == "xhtml"
        assert [child.tag for child in content] == [XHTML + "div"]  # exactly one: section 3.1.1.3


def test_the_feed_is_as_new_as_its_newest_entry(evidence, out):
    for day in (DAY, date(2026, 12, 1)):
        build(evidence, out, day)
    feed = read(out)
    moments = [one(entry, "updated").text for entry in feed.findall(ATOM + "entry")]
    assert moments == ["2026-12-01T00:00:00Z", "2026-11-25T00:00:00Z"]
    assert one(feed, "updated").text == moments[0]


def test_ids_are_unique_and_no_later_build_changes_them(evidence, out):
    build(evidence, out)
    feed_id, first = one(read(out), "id").text, ids(read(out))
    write_study(evidence, "a2020", -0.1)
    build(evidence, out)
    moved = {**SITE, "address": "https://example.org/evidence", "title": "Another title"}
    write(evidence / "site.yaml", moved)
    build(evidence, out, date(2026, 12, 1))
    feed = read(out)
    assert one(feed, "id").text == feed_id
    assert ids(feed)[-1:] == first
    assert len(set(ids(feed))) == 3
    assert feed_id not in ids(feed)


def test_an_entry_names_each_changed_sentence_and_the_study(evidence, out):
    build(evidence, out)
    before = gather(read_evidence(evidence), DAY, "1").sentences
    write_study(evidence, "a2020", -0.1)
    build(evidence, out)
    now = gather(read_evidence(evidence), DAY, "1").sentences
    entry = read(out).findall(ATOM + "entry")[0]
    told = "".join(one(entry, "content").itertext())
    expected = changed(before, now)
    headings = [part.text for part in entry.iter(XHTML + "h3")]
    assert [heading.rpartition(": ")[0] for heading in headings] == list(expected)
    assert all(each.text in told for each in now if each.id in expected)
    assert "a2020 (numbers changed)" in told


def test_a_version_without_change_says_so(evidence, out):
    build(evidence, out)
    build(evidence, out, date(2026, 12, 1))
    entry = read(out).findall(ATOM + "entry")[0]
    assert "no sentence changed" in one(entry, "title").text


def test_links_are_whole_where_the_site_knows_its_address(tmp_path, out):
    site = {**SITE, "address": "https://example.org/evidence"}
    build(write_evidence(tmp_path / "evidence", site), out)
    feed = read(out)
    links = {link.get("rel"): link.get("href") for link in feed.findall(ATOM + "link")}
    assert links["self"] == "https://example.org/evidence/feed.xml"
    (entry,) = feed.findall(ATOM + "entry")
    href = one(entry, "link").get("href")
    assert href == "https://example.org/evidence/v/2026.11.1/changes.html"
    assert one(feed, "id").text == "tag:example.org,2026-11-25:made-up-site"


def test_a_site_without_authors_still_has_the_author_that_the_format_requires(tmp_path, out):
    site = {name: value for name, value in SITE.items() if name != "authors"}
    build(write_evidence(tmp_path / "evidence", site), out)
    assert one(one(read(out), "author"), "name").text == "not stated"


def test_a_site_without_address_is_named_under_a_host_that_nobody_can_own():
    tag = History().tagged(SitePlan(identifier="made-up"), DAY)
    assert tag == "tag:made-up.invalid,2026-11-25:made-up"
    assert History(tag).tagged(SitePlan(address="https://example.org"), date(2030, 1, 1)) == tag


def test_every_page_leads_to_the_newest_feed(evidence, out):
    build(evidence, out)
    pages = sorted(out.rglob("*.html"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        link = re.search(r'rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"', text)
        assert link, page
        assert (page.parent / link[1]).resolve() == (out / "feed.xml").resolve()
