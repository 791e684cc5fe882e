"""The safety screen as a reader uses it: the results of Python, kept and sent nowhere."""

import re
from collections.abc import Callable

import pytest

from equipoise.safety import Answers, crisis_block, rule_book, screen

from .pages import DESK, GREENISH

VERDICT = re.compile(
    r"\b(safe|safely|ok|okay|harmless|no risk|go ahead|all clear|green|suitable)\b|[✓✔✅☑]", re.I
)


def fill_in(page, answers=None, medicines=(), drugs=("LSD",), country=None) -> None:
    for question, answer in (answers or {}).items():
        page.check(f"input[name={question}][value='{answer}']")
    for drug in drugs:
        page.check(f"input[name=drug][value={drug}]")
    for medicine in medicines:
        page.fill("#medicine-name", medicine)
        page.press("#medicine-name", "Enter")
    if country:
        page.select_option("#country", country)


def show(page) -> None:
    page.get_by_role("button", name="Show the result").click()


@pytest.fixture
def opened(visit, site) -> Callable:
    return lambda **context: visit(site / "screen.html", **context)


ALL_NO = {q.id: "no" for q in rule_book().questions.values() if q.after is None}
CASES = [
    {"answers": {"suicide": "not sure"}, "country": "GB"},
    {"answers": {"suicide": "yes"}, "drugs": ("ketamine", "LSD"), "country": None},
    {"answers": {**ALL_NO, "heart": "yes", "heart_controlled": "yes"}, "drugs": ("esketamine",)},
    {"answers": {"blood_pressure": "not sure"}, "medicines": ("Priadel 400 mg", "Blorfium")},
    {"answers": ALL_NO, "medicines": ("antidepressants", "Lamictl"), "drugs": ("psilocybin",)},
    {"answers": {"medicine": "yes"}, "medicines": ("lithium with Blorfium", "<b>&amp; {entered}")},
    {"answers": ALL_NO},
    {"answers": {"medicine": "not sure", "pregnancy": "yes"}, "drugs": ("psilocybin", "ketamine")},
]


@pytest.mark.parametrize("case", CASES)
def test_the_page_shows_what_python_finds(opened, case):
    drugs = [s for s in rule_book().substances if s in case.get("drugs", ("LSD",))]
    wanted = screen(Answers(case["answers"], case.get("medicines", ())), drugs)
    with opened() as page:
        fill_in(page, **case)
        show(page)
        result = page.locator("#result")

        def texts(css: str) -> list[str]:
            return result.locator(css).all_text_contents()

        block = crisis_block(case.get("country"))
        crisis = [block.first, block.emergency, *block.lines] if wanted.crisis else []
        assert texts(".urgent strong, .urgent > p:nth-child(2), .urgent li") == crisis
        assert texts(".count") == [wanted.summary, *filter(None, [wanted.unknown_count])]
        assert texts(".found .asked") == in_groups(wanted, lambda hit: hit.asked)
        assert texts(".found .asked ~ p:not(.note, .asked)") == in_groups(
            wanted, lambda hit: [hit.reason, *filter(None, [hit.indirect])]
        )
        assert texts(".found h3") == list(groups(wanted).values())
        assert texts(".unknowns li") == [one.text for one in wanted.unknown]
        assert texts(".not-checked li") == list(wanted.not_checked)
        assert texts(":scope > p:not(.count, .actions)") == list(wanted.notes)
        assert page.told == []


def groups(wanted) -> dict[tuple[bool, str], str]:
    return {(hit.crisis, hit.level_text): hit.level_text for hit in wanted.hits}


def in_groups(wanted, of: Callable) -> list[str]:
    keys = list(groups(wanted))
    hits = sorted(wanted.hits, key=lambda hit: keys.index((hit.crisis, hit.level_text)))
    return [text for hit in hits for text in of(hit)]


def test_using_the_screen_asks_nothing_and_leaves_nothing(opened, site):
    with opened() as page:
        page.wait_for_timeout(100)
        address, title, steps = page.url, page.title(), page.evaluate("history.length")
        page.asked.clear()
        fill_in(page, {"suicide": "yes"}, ("Priadel", "Blorfium"), country="US")
        show(page)
        page.get_by_role("button", name="Remove Blorfium").click()
        show(page)
        page.wait_for_timeout(300)
        assert page.asked == []
        assert (page.url, page.title(), page.evaluate("history.length")) == (address, title, steps)
        kept = "[localStorage.length, sessionStorage.length, document.cookie, window.name]"
        assert page.evaluate(kept) == [0, 0, "", ""]
        assert page.context.cookies() == []
        page.reload()
        assert page.locator("main input:checked, #medicines li").count() == 0
        fill_in(page, {"suicide": "yes"}, ("Priadel",), country="US")
        page.get_by_role("link", name="In a crisis? Get help now").click()
        page.go_back()
        page.wait_for_function("document.querySelectorAll('main input:checked').length === 0")
        assert page.locator("#medicines li").count() == 0
        assert page.locator("#country").input_value() == ""


def test_a_page_that_comes_back_from_memory_is_empty(opened):
    with opened() as page:
        fill_in(page, {"suicide": "yes"}, ("Priadel",), country="US")
        show(page)
        back = "window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
        page.evaluate(back)
        assert page.locator("main input:checked, #medicines li").count() == 0
        assert not page.locator("#result").is_visible()


def test_the_screen_works_by_keyboard_alone(opened):
    """Only the keys Tab, arrows, Space and Enter, and letters for names."""
    with opened() as page:
        press = page.keyboard.press

        def tab_to(css: str) -> None:
            for _ in range(200):
                press("Tab")
                if page.evaluate("css => document.activeElement.matches(css)", css):
                    return
            raise AssertionError(css)

        tab_to("input[name=suicide]")
        press("ArrowDown")
        press("ArrowDown")
        assert page.locator("input[name=suicide][value='not sure']").is_checked()
        tab_to("#country")
        page.keyboard.type("United K")
        assert "116 123" in page.locator("#crisis-now").inner_text()
        tab_to("input[name=drug][value=psilocybin]")
        press("Space")
        tab_to("#medicine-name")
        page.keyboard.type("Lamictl")
        press("Enter")
        tab_to("#medicines button")
        press("Enter")
        assert page.locator(":focus").inner_text() == "Undo this choice"
        tab_to("#show")
        press("Enter")
        assert page.evaluate("document.activeElement.id") == "result"
        status = page.get_by_role("status")
        assert status.get_attribute("aria-live") == "polite"
        assert status.inner_text().startswith("The result is below.")
        assert "We read it as: lamotrigine." in page.locator("#result").inner_text()


def test_a_crisis_is_answered_at_once_and_stands_above_every_result(opened):
    with opened() as page:
        alert = page.locator("#crisis-now")
        assert alert.get_attribute("role") == "alert"
        assert alert.inner_text() == ""
        page.check("input[name=suicide][value=yes]")
        assert crisis_block().first in alert.inner_text()
        page.select_option("#country", "AU")
        assert "13 11 14" in alert.inner_text()
        page.select_option("#country", label="Another country")
        assert "We have no crisis line for your country" in alert.inner_text()
        fill_in(page, medicines=("Priadel",))
        show(page)
        first = page.evaluate("document.getElementById('result').firstElementChild.className")
        assert first == "urgent"
        page.check("input[name=suicide][value=no]")
        assert alert.inner_text() == ""


def test_no_rule_is_never_called_safe_and_nothing_is_green(opened):
    with opened() as page:
        for medicines in ((), ("Blorfium",), ("Priadel",)):
            fill_in(page, ALL_NO, medicines)
            show(page)
            said = page.locator("#result").inner_text()
            assert not VERDICT.search(said)
            assert page.evaluate(GREENISH) == []
            if not medicines:
                assert "That is not proof of safety." in said
                assert "What we did not check" in said


def test_an_unknown_name_is_loud_until_a_name_is_chosen(opened):
    with opened() as page:
        fill_in(page, medicines=("Lamictl",), drugs=("ketamine",))
        entry = page.locator("#medicines li")
        assert 'We do not know the name "Lamictl"' in entry.inner_text()
        assert page.get_by_role("status").inner_text().endswith("doctor about it.")
        show(page)
        assert "Not in our list: 1 of 1" in page.locator("#result").inner_text()
        page.get_by_role("button", name="I meant Lamictal").click()
        assert not page.locator("#result").is_visible()
        show(page)
        given = Answers({}, ("Lamictl",), {"Lamictl": "Lamictal"})
        assert page.locator("#result .found .asked").all_text_contents() == [
            text for hit in screen(given, "ketamine").hits for text in hit.asked
        ]
        page.get_by_role("button", name="Undo this choice").click()
        assert 'We do not know the name "Lamictl"' in entry.inner_text()


@pytest.mark.parametrize("typed", ["I take lithium and Blorfium", "Blorfium lithium"])
def test_a_chosen_name_never_takes_the_place_of_a_longer_text(opened, typed):
    with opened() as page:
        fill_in(page, medicines=(typed,))
        page.get_by_role("button", name="Add lithium too").click()
        show(page)
        wanted = screen(Answers({}, (typed, "lithium")), "LSD")
        assert wanted.unknown
        told = page.locator("#result .unknowns li").all_text_contents()
        assert told == [one.text for one in wanted.unknown]


def test_a_name_that_was_typed_but_not_added_counts(opened):
    with opened() as page:
        fill_in(page)
        page.fill("#medicine-name", "Blorfium")
        show(page)
        assert 'name "Blorfium"' in page.locator("#result").inner_text()


def test_a_changed_answer_takes_the_result_away(opened):
    with opened() as page:
        fill_in(page)
        show(page)
        page.check("input[name=pregnancy][value=yes]")
        assert not page.locator("#result").is_visible()
        assert "Show the result again" in page.get_by_role("status").inner_text()


def test_a_follow_up_is_asked_only_where_it_hangs_on_an_answer(opened):
    with opened() as page:
        more = page.locator("#ask-heart_controlled")
        assert not more.is_visible()
        fill_in(page, {"heart": "yes", "heart_controlled": "yes"})
        fill_in(page, {"heart": "no"})
        assert not more.is_visible()
        show(page)
        wanted = screen(Answers({"heart": "no"}), "LSD")
        assert page.locator("#result .count").all_text_contents() == [wanted.summary]
        assert "under control" not in page.locator("#result").inner_text()


def test_without_a_drug_it_says_what_is_missing_and_goes_there(opened):
    with opened() as page:
        show(page)
        assert "Choose at least one drug" in page.locator("#drug-error").inner_text()
        assert page.evaluate("document.activeElement.name") == "drug"
        assert not page.locator("#result").is_visible()


def test_clear_takes_everything_away(opened):
    with opened() as page:
        fill_in(page, {"suicide": "yes"}, ("Priadel",), country="US")
        show(page)
        page.get_by_role("button", name="Clear all answers").click()
        assert page.locator("main input:checked, #medicines li").count() == 0
        assert page.locator("#crisis-now").inner_text() == ""
        assert not page.locator("#result").is_visible()


def test_the_printed_result_is_the_result_with_a_list_for_the_clinician(opened):
    with opened() as page:
        fill_in(page, {"pregnancy": "not sure", "liver": "no"}, ("Priadel", "Blorfium"))
        show(page)
        page.emulate_media(media="print")
        assert not page.locator("form").is_visible()
        assert not page.locator("#rules").is_visible()
        taken = page.locator("#result .clinician").inner_text()
        for text in ("Stop: Takes lithium.", "Priadel. We read it as: lithium.", "I am not sure"):
            assert text in taken
        assert 'We do not know the name "Blorfium"' in taken
        assert rule_book().questions["pregnancy"].text in taken


def test_the_blank_list_can_be_printed_from_the_page(opened):
    with opened() as page:
        page.evaluate("""() => { window.print = () => {
          window.printed = document.body.dataset.print; } }""")
        page.get_by_role("button", name="Print the list of questions").click()
        assert page.evaluate("[window.printed, document.body.dataset.print]") == ["blank", "page"]
        page.emulate_media(media="print")
        assert page.locator("#blank-lines li").count() == 5
        assert page.locator("#blank-lines").is_visible()


def test_without_script_rules_questions_and_crisis_lines_are_there(opened):
    with opened(java_script_enabled=False) as page:
        text = re.sub(r"\s+", " ", page.locator("main").inner_text())
        assert "only the filled-in screen does not work" in text
        assert page.locator("table.rules tbody tr").count() == len(rule_book().rules)
        for question in rule_book().questions.values():
            assert question.text in text
        assert page.locator("#blank-lines").is_visible()
        assert not page.locator("button").first.is_visible()
        page.get_by_text("Crisis lines of all countries").first.click()
        assert page.get_by_role("cell", name="116 123").first.is_visible()


@pytest.mark.parametrize(("width", "scheme"), [(375, "dark"), (1280, "light")])
def test_axe_finds_nothing_on_a_result(opened, axe, width, scheme):
    size = {**DESK, "width": width}
    with opened(viewport=size, color_scheme=scheme) as page:
        fill_in(page, {"suicide": "yes", "heart": "yes"}, ("Priadel", "Lamictl"), country="IE")
        show(page)
        # the table of rules was looked at with the page as it opens
        assert axe(page, {"exclude": [[".all-rules"]]}) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
