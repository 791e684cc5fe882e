"""Printed sheets: labels tell no arm, cards tell it inside; what no font shows is refused."""

import shutil
import subprocess

import pytest

from equipoise.concealment.seal.printing import emergency_cards, kit_labels, print_sheets
from equipoise.concealment.seal.printing.cards import PANEL, STRIP_HEIGHT
from equipoise.concealment.seal.printing.sheet import write_pdf
from equipoise.errors import DataError

from .conftest import ARMS


def words_on(page):
    """Return every text of a page with its height on the sheet, in millimetres."""
    return [(text.get_text(), text.get_position()[1]) for text in page.axes[0].texts]


@pytest.fixture(scope="module")
def printed(sealed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("print")
    print_sheets(sealed, folder)
    return folder


def test_no_label_tells_an_arm(sealed):
    pages = list(kit_labels("LSD-1", {kit.code: "London" for kit in sealed.drawn}))
    told = [text for page in pages for text, _ in words_on(page)]
    assert not [text for text in told for arm in ARMS if arm in text]
    assert {kit.code for kit in sealed.drawn} <= set(told)


def test_each_card_has_the_code_outside_and_the_arm_only_inside(sealed):
    arms = {kit.code: kit.arm for kit in sealed.drawn}
    pages = list(emergency_cards("LSD-1", arms))
    assert len(pages) == 5
    for page in pages:
        for text, y in words_on(page):
            panel = int((y - 6) % STRIP_HEIGHT // PANEL)
            assert (text in ARMS) <= (panel == 1)
            assert (text in arms) <= (panel == 0)
    inside = [text for page in pages for text, _ in words_on(page) if text in ARMS]
    assert sorted(inside) == sorted(arms.values())


def test_the_pattern_over_the_arm_is_the_same_on_every_card(sealed):
    arms = {kit.code: kit.arm for kit in sealed.drawn}
    patterns = {
        text
        for page in emergency_cards("LSD-1", arms)
        for text, _ in words_on(page)
        if "\n" in text
    }
    assert len([text for text in patterns if text.count("\n") > 5]) == 1


def test_files_are_their_owners_and_the_same_each_time(printed, sealed, tmp_path):
    labels, cards = printed / "kit-labels.pdf", printed / "emergency-cards.pdf"
    assert [path.stat().st_mode & 0o777 for path in (labels, cards)] == [0o600, 0o600]
    arms = {kit.code: kit.arm for kit in sorted(sealed.drawn, key=lambda kit: kit.code)}
    write_pdf(emergency_cards("LSD-1", arms), tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == cards.read_bytes()


def test_a_printer_reads_what_was_written(printed):
    """With the system's own PDF reader, where there is one."""
    if (reader := shutil.which("pdftotext")) is None:
        pytest.skip("pdftotext is not installed: the PDF is read by nobody here")
    path = printed / "emergency-cards.pdf"
    said = subprocess.run(  # noqa: S603  (a program of this machine)
        [reader, "-layout", path, "-"], capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert said.count("EMERGENCY CARD") == 20
    assert said.count("LSD 20 µg") + said.count("placebo") == 20


def test_an_arm_that_the_font_cannot_show_is_refused_before_anybody_needs_the_card(tmp_path):
    with pytest.raises(DataError, match="cannot show '安', '慰'"):
        list(emergency_cards("LSD-1", {"K7QX-9MRT": "安慰"}))


def test_a_dollar_is_no_mathematics_and_a_long_arm_fits(tmp_path):
    long = "psilocybin 25 mg in a single session, then $placebo$ for the eight weeks that follow it"
    (page,) = emergency_cards("LSD-1", {"K7QX-9MRT": long})
    told = [text for text, _ in words_on(page) if "psilocybin" in text]
    assert " ".join(told[0].split()) == long
    write_pdf([page], tmp_path / "long.pdf")
