"""Pictures inside a page: text stays text, colours follow the page, same figure same bytes."""

import re
import subprocess
import sys
from html.parser import HTMLParser

import matplotlib as mpl
import pandas as pd
import pytest

from equipoise import plots
from equipoise.plots.style import ROLES

FOREST = pd.DataFrame(
    {"label": ["first", "second"], "estimate": [1.0, None], "low": [0.0, -1.0], "high": [2.0, 3.0]}
)
ARMS = ("drug", "dummy")


def forest() -> str:
    ax = plots.intervals(FOREST, scale="points")
    return plots.to_svg(ax, name="one", title="A forest", description="Two rows")


def test_text_is_text_and_the_page_chooses_its_face() -> None:
    svg = forest()
    assert ">first</text>" in svg
    assert ">points</text>" in svg
    assert "DejaVu" not in svg


def test_colours_are_variables_of_the_page() -> None:
    svg = forest()
    assert "var(--ink)" in svg
    assert not any(colour in svg for colour in ROLES)


def test_same_figure_same_bytes() -> None:
    assert forest() == forest()


def test_nothing_is_loaded_dated_or_told_of_the_machine() -> None:
    svg = forest()
    assert not re.search(r"https?:|<metadata|<!--|<\?xml|<style|Matplotlib", svg)


def test_identifiers_begin_with_the_name_and_all_are_used() -> None:
    svg = forest()
    given = set(re.findall(r'\bid="([^"]+)"', svg))
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) | {"one-title", "one-desc"}
    assert given == used
    assert all(i.startswith("one-") for i in given)


def test_it_is_named_and_described_for_those_who_cannot_see_it() -> None:
    svg = forest()
    assert 'role="img" aria-labelledby="one-title one-desc"' in svg
    assert '<title id="one-title">A forest</title><desc id="one-desc">Two rows</desc>' in svg


@pytest.mark.parametrize("nasty", ["<script>x</script>", "a $b$ & c", "$\\frac", "針\x07灸", '"q"'])
def test_hostile_labels_are_only_text(nasty: str) -> None:
    frame = FOREST.assign(label=[nasty, nasty])
    svg = plots.to_svg(
        plots.intervals(frame, scale=nasty), name="x", title=nasty, description=nasty
    )
    texts: list[str] = []
    reader = HTMLParser()
    reader.handle_data = texts.append  # type: ignore[method-assign]
    reader.feed(svg)
    assert "<script" not in svg
    assert nasty.replace("\x07", "") in texts


def test_the_caller_s_settings_are_left_alone() -> None:
    before = dict(mpl.rcParams)
    forest()
    assert dict(mpl.rcParams) == before


def test_pyplot_stays_out() -> None:
    code = "import equipoise.plots, sys; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603
