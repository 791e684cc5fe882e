"""Each criterion of the standards: its text at its place on the page, and true of the data."""

import json
import re

import pytest

from equipoise.report.evidence.sentence import BANNED
from equipoise.report.site.aid_plan import read_aid
from equipoise.synthesis.evidence.facts import facts

from .conftest import TODAY, built
from .dom import numbers, tree

DOSE = re.compile(
    r"\d\s*(?:mg|µg|μg|ug|mcg|mg/kg|microgram\w*|milligram\w*)\b|\b\d+(?:\.\d+)? ?g\b"
    r"|every (?:\w+ )?days?\b|\b(?:once|twice|\d+ times) (?:a|per) (?:day|week)\b"
    r"|\b(?:weekly|daily) dos|\bdays? (?:on|off)\b",
    re.IGNORECASE,
)
ADVICE = re.compile(
    r"\brecommend|\bshould\b|\bbest\b|\badvise|\bsuggest|\bought to\b|\bwe think\b|\byou need\b"
    r"|\bright for you\b|\bfirst choice\b|\bpreferred?\b|\bworth (?:a )?try",
    re.IGNORECASE,
)
SELLERS = re.compile(r"\bbuy\b|\bshop\b|\bdealer|\bvendor|\bdark ?net|\bsupplier|\bgrow kit", re.I)


@pytest.fixture(scope="module")
def plan(content):
    return read_aid(content.folder)


def marked(aid, criterion):
    """Blocks with a mark, that are seen without a script and without opening anything."""
    found = [one for one in aid.all(data_ipdas=criterion) if not one.folded]
    assert found, criterion
    assert all(one.text.strip() for one in found), criterion
    return found


# --- qualifying


def test_q1_each_condition_is_named_and_said(aid, plan, content):
    blocks = {one.attrs["data-condition"]: one for one in marked(aid, "Q1")}
    assert set(blocks) == {one.id for one in plan.conditions}
    for name, block in blocks.items():
        assert name in block.one("h3").text.lower()
        assert block.all("p")[0].text.strip()
    asked = [
        content.reviews[query.partition(":")[0]].review
        for option in plan.options
        for name, queries in option.helps.items()
        for query in queries
    ]
    assert all(
        any(name in f"{review.title} {review.question.outcome}".lower() for name in blocks)
        for review in asked
    )


def test_q2_the_first_sentence_asks_and_names_every_option(pages, aid, plan):
    (block,) = marked(aid, "Q2")
    assert aid.all("p")[0] is block
    question, _, rest = block.text.partition("?")
    assert block.text.count("?") == 1
    assert question.strip()
    places = [rest.index(option.name) for option in plan.in_order]
    assert places == sorted(places)


def test_q3_rows_are_the_options_of_the_data_and_none_is_hidden(aid, plan):
    names = [option.name for option in plan.in_order]
    (options,) = marked(aid, "Q3")
    assert [one.text.strip() for one in options.all("dt")] == names
    for table in aid.all("table", class_="two-sides"):
        rows = table.one("tbody").all("tr")
        assert [row.all("th")[0].text.strip() for row in rows] == names
        assert not any(row.folded or "hidden" in row.attrs for row in rows)


def test_options_stand_by_name_and_doing_nothing_first(plan):
    first, *others = plan.in_order
    assert first.first
    assert [one.name.lower() for one in others] == sorted(one.name.lower() for one in others)
    micro = [one.id for one in plan.in_order].index("microdosing")
    assert 0 < micro < len(plan.options) - 1


def test_q4_and_q5_every_cell_is_filled_or_says_no_study(aid, plan):
    good, bad = marked(aid, "Q4"), marked(aid, "Q5")
    assert len(good) == len(bad) == len(plan.options) * len(plan.conditions)
    for cell in (*good, *bad):
        for line in cell.all("li"):
            gap = line.attrs["data-sentence"].endswith(":gap")
            assert ("No study in this version." in line.text) == gap


def test_q6_five_headings_each_with_a_source_or_its_lack(aid, plan):
    blocks = marked(aid, "Q6")
    assert len(blocks) == len(plan.options)
    for block in blocks:
        assert [one.text for one in block.all("dt") if one.above is block] == [
            "Body", "Mind", "Daily life", "Time", "Money",
        ]  # fmt: skip
        for said in [one for one in block.all("dd") if one.above is block]:
            lines = said.all(data_sentence=None)
            assert lines
            for line in lines:
                gap = not line.attrs["data-studies"]
                assert ("No source read in this version." in line.text) == gap


# --- certifying


def test_c1_good_and_bad_sides_look_the_same(aid, texts):
    for table in marked(aid, "C1"):
        for row in table.one("tbody").all("tr"):
            good, bad = row.all("td")
            assert good.attrs["class"] == bad.attrs["class"]
            assert [one.tag for one in good.all("ul")] == [one.tag for one in bad.all("ul")]
    for option in aid.all("section", class_="option"):
        assert [one.text for one in option.all("h4")] == [
            "What may help", "What may harm", "What it is like",
        ]  # fmt: skip
    charts = aid.all("figure", class_="chance")
    assert len({chart.attrs["class"] for chart in charts}) == 1
    fills = re.findall(r'fill="url\(#(\w+)-(\w+)\)"', texts["aid.html"])
    assert {group for group, _ in fills} == {"with", "without"}  # arms, and not good or bad


def test_c2_every_line_opens_to_its_studies_or_is_a_gap(aid):
    marked(aid, "C2")
    sources = aid.one(id="sources").text
    lines = aid.all("div", data_sentence=None)
    assert len(lines) > 50
    for line in lines:
        name, studies = line.attrs["data-sentence"], line.attrs["data-studies"]
        if name.endswith(":gap"):
            assert not studies
            continue
        assert studies or line.attrs["data-certainty"] == "assumed", name
        if ":harms:" in name:  # its facts stand just below, each with its own
            continue
        opened = line.all("li") or line.above.all("li")  # a box's lines share those of its first
        assert opened, name
        assert all(one.text.strip() in sources for one in opened), name
    assert sources.count("doi:") > 15


def test_c2_a_source_of_each_study_stands_in_the_list(aid, content):
    sources = aid.one(id="sources").text
    used = {study for line in aid.all("div", data_sentence=None)
            for study in line.attrs["data-studies"].split()
            if not line.attrs["data-sentence"].startswith(("fact:", "aid:"))}  # fmt: skip
    known = {
        name: study for told in content.reviews.values()
        for name, study in told.synthesis.folder.studies.items()
    }  # fmt: skip
    assert used
    for name in used:
        assert (known[name].doi or known[name].citation) in sources, name


def test_c2_a_doi_with_brackets_is_a_link_as_a_whole(aid):
    links = {one.attrs["href"] for one in aid.one(id="sources").all("a")}
    assert "https://doi.org/10.1016/S0140-6736(17)32802-7" in links
    assert "https://doi.org/10.1002/wps.21069" in links


def test_c3_the_time_is_the_day_of_the_build(pages, aid, texts):
    (block,) = marked(aid, "C3")
    assert block.one("time").attrs["datetime"] == TODAY.isoformat()
    for kept in re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', texts["aid.html"], re.DOTALL
    ):
        assert json.loads(kept)["dateModified"] == TODAY.isoformat()


def test_c4_due_again_after_the_days_of_the_policy(aid, plan, content):
    (block,) = marked(aid, "C4")
    last, due = (one.attrs["datetime"] for one in block.all("time"))
    assert last == plan.looked_at.isoformat()
    assert (type(TODAY).fromisoformat(due) - plan.looked_at).days == content.plan.update_days
    assert content.plan.update_policy in block.text


def test_c5_no_count_without_low_high_and_certainty(aid):
    marked(aid, "C5")
    rows = [row for table in aid.all("table", data_certainty=None)
            for row in table.one("tbody").all("tr")]  # fmt: skip
    assert len(rows) > 5
    for row in rows:
        if "not counted" in row.text:
            continue
        shown = row.one("td", class_="count").text
        assert row.one("td", class_="sure-word").text.strip()
        ends = [row.one("td", class_=name).text for name in ("low", "high")]
        if "not told" in ends:  # a scenario without a range: never shown as a range of no width
            assert ends == ["not told", "not told"]
            assert shown.isdigit()
            continue
        low, high = map(int, ends)
        assert low < high or high in (0, 100, 1000), row.text
        assert low <= high
        assert shown == "not known" or low <= int(shown) <= high


def test_c6_who_paid_is_the_plan_s_and_never_empty(aid, content):
    (block,) = marked(aid, "C6")
    assert content.plan.funding.strip()
    assert f"Who paid: {content.plan.funding}" in block.text
    assert content.plan.interests in block.text


def test_what_nobody_looked_at_is_not_told_as_spared(aid):
    """None of these reviews has ten trials with Egger's test, or a count of registered trials."""
    cells = [one.text for one in aid.all("td", data_domain="publication bias")]
    assert cells
    assert set(cells) <= {"not looked at", "not judged"}


def test_c1_a_long_list_of_harms_is_said_to_be_no_measure(aid, plan):
    note = aid.one(id="length-note").text
    assert "does not mean that an option does more harm" in note
    told = {row.attrs["data-option"]: row.all("td")[1].text
            for row in aid.one(id="sides-depression").all("tr", data_option=None)}  # fmt: skip
    for option in ("cbt", "medication", "microdosing", "ketamine"):
        assert "No study in this version" not in told[option], option


def test_q4_to_q6_hold_more_than_gaps_for_every_option(aid, plan):
    """A page of gaps alone would meet no standard: each option has a good and a bad side told, and
    each that is taken up something of what it is like."""
    table = aid.one(id="sides-depression")
    for row in table.all("tr", data_option=None):
        for cell in row.all("td"):
            assert "No study in this version" not in cell.text, row.attrs["data-option"]
    for option in plan.options:
        living = aid.one("section", data_option=option.id).one("dl", class_="living")
        told = [one for one in living.all("div", data_sentence=None) if one.attrs["data-studies"]]
        assert told, option.id


def test_harms_of_other_people_stand_apart_and_say_so(aid, content, plan):
    """What users for pleasure have is no harm of supervised care."""
    (option,) = (one for one in plan.options if one.id == "ketamine")
    (users,) = (one for one in option.harms if one.id == "users")
    assert "indirect" in users.name
    section = aid.one("section", data_option="ketamine")
    for block in section.all("div", class_="outcome"):
        if block.one("h5").text in (users.name, *(one.name for one in option.harms if one.of)):
            continue
        for word in ("recreational", "pleasure", "heavy users", "dance-music", "telehealth"):
            assert word not in block.text, (block.one("h5").text, word)


def test_each_answer_in_the_table_says_when_and_of_whom(aid):
    """Ketamine at 24 hours stands beside a medicine at 8 weeks: the cell has to say so."""
    for table in aid.all("table", class_="two-sides"):
        for line in table.all("li", data_sentence=None):
            if not line.attrs["data-sentence"].endswith(":headline"):
                continue
            without_number = "no number" in line.text or "cannot show" in line.text
            assert without_number or "When asked: " in line.text, line.text


# --- quality


def test_k1_doing_nothing_is_told_by_placebo_or_waiting(aid, content):
    (block,) = marked(aid, "K1")
    bound = {one.attrs["data-sentence"] for one in block.all("div", data_sentence=None)}
    assert "antidepressants-depression:all-antidepressants:control" in bound
    assert "fact:depression-untreated-well-again" in bound  # placebo is more than nothing
    assert "Without a treatment" not in block.text
    known = {one.id: one for one in content.sentences}
    said = known["antidepressants-depression:all-antidepressants:control"]
    assert said.text in block.text
    shown = int(said.estimates[0].text)
    figure = block.one("figure", data_source=said.id)
    assert int(figure.one("td", class_="count").text) == shown


def test_k2_one_table_a_condition_with_scoped_heads(aid, plan):
    tables = marked(aid, "K2")
    assert len(tables) == len(plan.conditions)
    for table in tables:
        heads = table.all("th")
        assert all(one.attrs.get("scope") in ("col", "row") for one in heads)
        assert len([one for one in heads if one.attrs["scope"] == "col"]) == 3


def test_k3_each_outcome_has_counts_or_says_that_there_are_none(aid, plan):
    blocks = marked(aid, "K3")
    assert len(blocks) == len(plan.options) * len(plan.conditions)
    for block in blocks:
        assert block.all("figure", class_="chance") or any(
            words in block.text
            for words in (
                "No study in this version",
                "No study here says how many",
                "gave no number",
                "No review here counts how many",
            )
        ), block.text


def test_k4_each_chance_says_for_whom(aid):
    for figure in aid.all("figure", class_="chance"):
        people = figure.one("p", data_ipdas="K4").text
        assert re.search(r"People like: \S", people), people
    assert marked(aid, "K4")


def test_k5_k7_whole_people_of_one_number_a_table(aid):
    marked(aid, "K5")
    marked(aid, "K7")
    for figure in aid.all("figure", class_="chance"):
        of = figure.attrs["data-of"]
        assert of in ("100", "1000")
        assert [f"Of {int(of):,}"] == [
            one.text for one in figure.all("th", scope="col") if one.text.startswith("Of ")
        ]
        for one in figure.all("td", class_="count"):
            assert one.text == "not known" or one.text.isdigit()
        counts = [int(one.text) for one in figure.all("td", class_="count") if one.text.isdigit()]
        assert max(counts, default=0) <= int(of)


def test_the_difference_is_that_of_the_counts_shown(aid):
    told = 0
    for figure in aid.all("figure", class_="chance"):
        counts = [int(one.text) for one in figure.all("td", class_="count") if one.text.isdigit()]
        said = re.search(r"That is (\d+) (more|fewer)", figure.one("figcaption").text)
        if said:
            gap = int(said[1]) * (1 if said[2] == "more" else -1)
            assert gap == counts[0] - counts[1]
            told += 1
    assert told >= 3


def test_k6_no_table_holds_counts_of_two_options(aid):
    (block,) = marked(aid, "K6")
    assert "at the same time" in block.text
    for figure in aid.all("figure", class_="chance"):
        caption = figure.one("caption").text
        assert "When asked: " in caption or "The time is not told." in caption
        inside = [
            one for one in _above(figure) if one.tag == "section" and "data-option" in one.attrs
        ]
        assert len(inside) == 1  # of one option alone, both groups in one study
    for table in aid.all("table", class_="two-sides"):
        assert not re.search(r"\d+ more|\d+ fewer", table.text)


def _above(node):
    while node.above is not None:
        node = node.above
        yield node


def test_k8_words_table_and_icons_give_the_same_integers(aid):
    figures = aid.all("figure", class_="chance")
    assert len(figures) > 5
    for figure in figures:
        of = int(figure.attrs["data-of"])
        words = figure.one("figcaption", data_ipdas="K8").text
        rows = {row.attrs["data-group"]: row for row in figure.one("tbody").all("tr")}
        drawn = figure.all("svg")
        shown = {name: row for name, row in rows.items() if "not counted" not in row.text}
        assert len(drawn) == len(shown)
        for svg, (group, row) in zip(drawn, shown.items(), strict=True):
            ends = [row.one("td", class_=name).text for name in ("low", "high")]
            ranged = "not told" not in ends
            count = row.one("td", class_="count").text
            low, high = map(int, ends if ranged else (count, count))
            icons = {"solid": 0, "striped": 0, "thin": 0}
            for rect in svg.all("rect"):
                name, kind = rect.attrs["fill"].removeprefix("url(#").rstrip(")").split("-")
                assert name == group
                area = int(rect.attrs["width"]) * int(rect.attrs["height"])
                icons[kind] += area // (10 * 17)
            assert icons == {"solid": low, "striped": high - low, "thin": of - high}
            assert {name: int(svg.attrs[f"data-{name}"]) for name in icons} == icons
            told = numbers(words)
            assert {low, high, of} <= set(told)
            shown_count = row.one("td", class_="count").text
            assert shown_count == "not known" or int(shown_count) in told
            assert (f"{low} to {high}" if ranged else "range is not told") in words


def test_k9_cards_with_five_steps_and_no_sum(aid, plan):
    (form,) = marked(aid, "K9")
    cards = form.all("fieldset")
    assert len(cards) == len(plan.values) == 8
    for card, value in zip(cards, plan.values, strict=True):
        assert card.one("legend").text == value.text
        radios = card.all("input", type_="radio")
        assert len(radios) == 5
        assert {one.attrs["name"] for one in radios} == {value.id}
        assert not any("checked" in one.attrs for one in radios)
    assert form.attrs["autocomplete"] == "off"
    assert "action" not in form.attrs
    assert not re.search(r"\b(?:sum|total|score)\b", form.text, re.IGNORECASE)


def test_k10_steps_are_a_list_and_each_is_reached(aid):
    (steps,) = marked(aid, "K10")
    assert steps.tag == "ol"
    links = steps.all("a")
    assert len(links) == 5
    for k, link in enumerate(links, start=1):
        head = aid.one("h2", id=link.attrs["href"].removeprefix("#"))
        assert head.text.startswith(f"Step {k} of 5:")
        assert link.text in head.text


def test_k11_the_blank_list_stands_on_both_pages(pages, plan):
    for path in ("aid.html", "aid-print.html"):
        (block,) = marked(pages[path], "K11")
        assert [one.text for one in block.one("ul").all("li")] == list(plan.questions)
        assert len(block.all("span", class_="chosen")) == len(plan.values)


def test_k18_counts_equal_the_review_folder(aid, content, plan):
    (table,) = marked(aid, "K18")
    rows = table.all("tr", data_query=None)
    queries = {
        query for option in plan.options for asked in option.helps.values() for query in asked
    }
    assert {row.attrs["data-query"] for row in rows} == queries
    for row in rows:
        review, _, analysis = row.attrs["data-query"].partition(":")
        made = content.reviews[review].synthesis
        listed = made.folder.review.studies
        studies, pooled, out = (int(one.text) for one in row.all("td", class_="right"))
        assert studies == len(listed)
        assert pooled == len(made.selections[analysis].rows)
        assert out == len(made.selections[analysis].left_out)
        assert all(kind in row.text for kind in made.folder.review.eligibility.designs)


def test_k19_five_reasons_for_each_answer_that_was_graded(aid, content):
    (table,) = marked(aid, "K19")
    domains = {
        "risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias",
    }  # fmt: skip
    assert {one.attrs["data-domain"] for one in table.all("th", data_domain=None)} == domains
    moved = {"not lowered": 0, "lowered": -1, "lowered twice": -2, "not looked at": 0,
             "one study only": 0}  # fmt: skip
    graded = 0
    for row in table.all("tr", data_query=None):
        cells = {one.attrs["data-domain"]: one.text for one in row.all("td", data_domain=None)}
        assert set(cells) == domains
        review, _, analysis = row.attrs["data-query"].partition(":")
        found = content.reviews[review].synthesis.found[analysis].select(name="certainty").rows
        if not found:
            assert set(cells.values()) == {"not judged"}
            continue
        graded += 1
        for domain, said in cells.items():
            lowered = [why for why in found[0].assumptions if why.startswith(f"{domain} -")]
            assert bool(lowered) == (moved[said] < 0), (row.attrs["data-query"], domain)
    assert graded > 5


def test_k20_no_author_without_a_credential(aid, content):
    (block,) = marked(aid, "K20")
    authors = block.all("li", data_author=None)
    assert len(authors) == len(content.plan.authors) > 0
    for one in authors:
        assert one.one("span", class_="role").text.strip()
        assert one.one("span", class_="training").text.strip()


# --- what must not stand there


@pytest.mark.parametrize("path", ["aid.html", "aid-print.html", "ipdas.html"])
def test_no_dose_no_schedule_no_source_no_advice(pages, path):
    text = pages[path].one("main").text
    for pattern in (DOSE, ADVICE, SELLERS, BANNED):
        found = pattern.search(text)
        assert found is None, text[max(found.start() - 80, 0) : found.end() + 40]


def test_the_patterns_find_what_they_are_for():
    for text in ("10 ug", "0.5 mg/kg", "15 µg", "0.3 g", "every third day", "twice a week"):
        assert DOSE.search(text), text
    for text in ("We recommend it", "you should", "the best option", "preferred"):
        assert ADVICE.search(text), text


def test_facts_with_amounts_are_told_without_and_say_so(aid, content):
    cut = [one for one in facts("harms") if DOSE.search(one.text)]
    shown = {one.attrs["data-sentence"]: one for one in aid.all("div", data_sentence=None)}
    told = [shown[f"fact:{one.id}"] for one in cut if f"fact:{one.id}" in shown]
    assert told  # few: texts of facts hold no amount, and only a mention of doses is cut
    assert all("This page gives no dose" in one.text for one in told)


def test_every_verified_harm_of_an_option_is_told(aid, plan, content):
    full = {one.id for one in facts("harms", substance="ketamine") if one.dose_class == "full"}
    full |= {one.id for one in facts("harms", substance="esketamine")}
    section = aid.one("section", id="option-ketamine")
    told = {one.attrs["data-sentence"] for one in section.all("div", data_sentence=None)}
    assert {f"fact:{name}" for name in full} <= told
    assert full


def test_no_story_and_no_colour_by_side(texts):
    assert not re.search(r"\bblockquote\b|\btestimon|\bmy story\b", texts["aid.html"], re.I)
    assert "style=" not in texts["aid.html"]


# --- print


def test_the_print_copy_has_nothing_closed_and_says_the_same(pages):
    print_copy, aid = pages["aid-print.html"], pages["aid.html"]
    assert not [one for one in print_copy.all("details") if "open" not in one.attrs]
    said = [[one.attrs["data-sentence"] for one in page.all(data_sentence=None)]
            for page in (print_copy, aid)]  # fmt: skip
    assert said[0] == said[1]
    data = "application/ld+json"  # a block of data, which no browser runs
    assert not [one for one in print_copy.all("script") if one.attrs.get("type") != data]


def test_same_content_same_bytes(content, texts):
    assert built(content) == texts


def test_nothing_is_built_without_a_plan(changed, tmp_path):
    content = changed()
    (tmp_path / "aid.yaml").unlink()
    assert built(content) == {}


def test_a_changed_question_is_a_changed_page_and_no_more(changed, texts):
    made = built(changed(("aid.yaml", "How sure are you of what I have?", "Why now?")))
    assert "Why now?" in tree(made["aid.html"]).text
    assert made["ipdas.html"] == texts["ipdas.html"]
