"""The page: whole, alone, the same each time, safe against its own content, open to everybody."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise

import pytest

from equipoise.estimates import Estimates
from equipoise.report import numbers
from equipoise.report.blocks import PARTS
from equipoise.report.findings import GRIDS, Findings
from equipoise.report.page import render, section_files

Make = Callable[..., Findings]
VOID = {"meta", "link", "br", "img", "input", "hr", "col", "wbr"}
NASTY = "<script>alert('x')</script>\"><img src=x onerror=y> $\\frac & 針"


class Reader(HTMLParser):
    """Checks nesting, and keeps tags, attributes and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), (tag, attrs)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in ("style", "script"):
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text))


@pytest.fixture
def page(make_findings: Make) -> Reader:
    return Reader(render(make_findings()))


def test_nothing_is_loaded_and_nothing_runs(make_findings: Make) -> None:
    html = render(make_findings())
    reader = Reader(html)
    names = {tag for tag, _ in reader.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert not re.search(r"url\((?!#)|@import|javascript:", html)
    assert not [a for _, a in reader.tags for key in a if key.startswith("on") or key == "src"]
    links = [a["href"] or "" for _, a in reader.tags if "href" in a]
    assert all(link.startswith(("#", "https://doi.org/10.")) for link in links)
    assert "https://doi.org/10.1038/s41598-023-34938-7" in links


def test_every_link_within_the_page_arrives(page: Reader) -> None:
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for _, attrs in page.tags:
        for key in ("href", "aria-labelledby"):
            for target in (attrs.get(key) or "").split():
                if key != "href" or target.startswith("#"):
                    assert target.removeprefix("#") in ids


def test_same_findings_same_bytes(make_findings: Make) -> None:
    assert render(make_findings()) == render(make_findings())


def test_the_answer_comes_first_and_the_parts_in_order(page: Reader) -> None:
    found = [page.words.rindex(f" {heading} ") for heading in ("The answer", "Figures", "Methods")]
    assert found == sorted(found)
    assert [a["id"] for a in page.all("section")] == list(PARTS)


def test_headings_go_down_one_step_at_a_time(page: Reader) -> None:
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_landmarks_language_and_tables_speak(page: Reader) -> None:
    names = [tag for tag, _ in page.tags]
    assert all(names.count(tag) == 1 for tag in ("header", "main", "footer", "nav", "h1"))
    assert page.all("html") == [{"lang": "en-GB"}]
    assert all(a.get("scope") for a in page.all("th"))
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(a["role"] == "img" and a["aria-labelledby"] for a in page.all("svg"))
    assert len(page.all("figcaption")) == len(page.all("figure")) == len(page.all("svg")) == 8


def test_every_number_is_on_the_page(make_findings: Make) -> None:
    findings = make_findings()
    reader = Reader(render(findings))
    told = [float(a["value"] or "nan") for a in reader.all("data")]
    drawn_only = GRIDS - {"correct-guess-rate-curve"}
    for row in findings.estimates:
        if row.name not in drawn_only and row.estimate is not None:
            assert row.estimate in told
            more = 0 if row.name in GRIDS else 1  # tables of estimates show a digit more
            places = numbers.places_of(row) + more
            assert numbers.number(row.estimate, places) in reader.words
            assert numbers.interval(row, places) in reader.words
    statuses = [row.status for row in findings.estimates if row.name not in GRIDS]
    assert reader.words.count(" exploratory ") >= statuses.count("exploratory")


def test_refusals_assumptions_warnings_and_provenance_are_printed(make_findings: Make) -> None:
    findings = make_findings()
    words = Reader(render(findings)).words
    assert "its denominator covers 0" in words
    assert words.count("Randomised.") == 1  # an assumption of every row, printed once
    assert words.count("Two dates were mended.") == 1
    assert words.count("Collider.") == 1
    for said in ("ab" * 32, "cd" * 32, "ef" * 32, "2026-11-23", "7, 2000", "by hand", "0.0"):
        assert said in words


def test_a_real_trial_has_no_banner(page: Reader) -> None:
    assert "Simulated trial" not in page.words
    assert not page.all("aside")


def test_a_simulated_trial_says_so_and_prints_the_truth(make_findings: Make) -> None:
    truth = {"Wellness": {"drug effect": 1.0, "belief effect": 7.25}}
    reader = Reader(render(make_findings(simulated_truth=truth)))
    assert reader.words.index("Simulated trial.") < reader.words.index("A small trial", 60)
    assert "True belief effect" in reader.words
    assert {"value": "7.25"} in reader.all("data")
    assert "(simulated)" in reader.words


def test_a_simulation_without_known_truth_still_says_so(make_findings: Make) -> None:
    assert "Simulated trial." in Reader(render(make_findings(simulated_truth={}))).words


def test_hostile_strings_are_only_text(make_findings: Make) -> None:
    findings = make_findings()
    rows = tuple(
        replace(row, unit=NASTY, method=NASTY, warnings=(NASTY,), assumptions=(NASTY,))
        for row in findings.main_outcome.estimates
    )
    estimates = Estimates(rows, findings.main_outcome.estimates.refused)
    html = render(
        make_findings(
            main={"title": NASTY, "unit": NASTY, "estimates": estimates},
            title=NASTY,
            design=NASTY,
            warnings=(NASTY,),
            generated=NASTY,
            source=replace(findings.source, name=NASTY),
        )
    )
    reader = Reader(html)
    assert not {"script", "img"} & {tag for tag, _ in reader.tags}
    assert "<script>" in reader.words


def test_hostile_arm_and_outcome_names_are_only_text(make_findings: Make) -> None:
    arms = (NASTY, "dummy")
    reader = Reader(render(make_findings(active=NASTY, arms=arms)))
    assert not {"script", "img"} & {tag for tag, _ in reader.tags}


def test_missing_estimates_leave_a_sentence_and_no_figure(make_findings: Make) -> None:
    reader = Reader(render(make_findings(main={"estimates": Estimates(), "guesses": {}})))
    assert "The blinding surface is not drawn: it was not computed." in reader.words
    assert "What people guessed is not drawn: the trial has no treatment guesses." in reader.words
    assert len(reader.all("svg")) == 2  # the other outcomes' effects and the negative control


def test_a_dollar_of_estimates_does_not_grow_the_page_beyond_bounds(make_findings: Make) -> None:
    findings = make_findings()
    twenty = tuple(replace(findings.outcomes[0], name=f"Scale {k}") for k in range(20))
    assert len(render(make_findings(outcomes=(*findings.outcomes, *twenty))).encode()) < 1_000_000


def test_every_section_says_its_place() -> None:
    places = [(file.PART, file.ORDER) for file in section_files()]
    assert len(set(places)) == len(places)
    assert {part for part, _ in places} == set(PARTS)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_stands_out_in_both_schemes(scheme: int) -> None:
    css = files("equipoise.report").joinpath("templates/page.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    colour = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", blocks[scheme]))
    for role in ("ink", "muted", "active", "control", "belief"):
        assert contrast(colour[role], colour["paper"]) >= 4.5
    assert contrast(colour["banner-ink"], colour["banner"]) >= 4.5
