"""A figure as SVG that lives inside a page: its text is text, its colours follow the page.

Same figure, same bytes: no date, and identifiers that depend on nothing but the drawing.
"""

from __future__ import annotations

import io
import re
import warnings
from html import escape
from typing import TYPE_CHECKING

import matplotlib as mpl

from equipoise.plots.style import RC, ROLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PARTS_OF_A_FILE = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>|<!--.*?-->|<style.*?</style>", re.DOTALL
)
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def to_svg(ax: Axes, *, name: str, title: str, description: str) -> str:
    """Return the figure of `ax` as an ``<svg>`` element to be put into an HTML page.

    Parameters
    ----------
    name
        Unique in the page; the element's identifiers begin with it.
    title, description
        What a person hears who cannot see the figure.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("axes without a figure cannot be drawn")
    file = io.StringIO()
    with mpl.rc_context(RC), warnings.catch_warnings():
        # the browser has other fonts than matplotlib: a glyph missing here is there
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(file, format="svg", metadata={"Date": None}, transparent=True)
    svg = CONTROL_CHARACTERS.sub("", PARTS_OF_A_FILE.sub("", file.getvalue()))
    svg = _own_identifiers(_page_colours(_page_fonts(svg)), name)
    head = (
        f'<svg viewBox="{_view_box(svg)}" role="img" '
        f'aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>'
    )
    body = re.sub(r"^\s*<svg\b.*?>", "", svg.strip(), count=1, flags=re.DOTALL)
    return head + re.sub(r">\s+<", "><", body)


def _view_box(svg: str) -> str:
    found = re.search(r'viewBox="([-0-9. ]+)"', svg)
    return found[1] if found else "0 0 340 240"


def _page_colours(svg: str) -> str:
    for colour, role in ROLES.items():
        svg = svg.replace(f": {colour}", f": var(--{role})")
        svg = svg.replace(f'fill="{colour}"', f'style="fill: var(--{role})"')  # under a hatch
    return svg


def _page_fonts(svg: str) -> str:
    """Keep size and weight, leave the family to the page."""
    weight = r"font-weight: \1; font-size: \2px"
    svg = re.sub(r"font: (bold|\d{3}) ([\d.]+)px [^;\"]*", weight, svg)
    svg = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", svg)
    return re.sub(r"font-family: [^;\"]*;? ?", "", svg)


def _own_identifiers(svg: str, name: str) -> str:
    """Drop identifiers nothing points to; begin the others with the figure's name."""
    svg = svg.replace("xlink:href", "href")
    used = set(re.findall(r"url\(#([^)]+)\)", svg)) | set(re.findall(r'href="#([^"]+)"', svg))

    def keep(match: re.Match[str]) -> str:
        return f' id="{name}-{match[1]}"' if match[1] in used else ""

    svg = re.sub(r' id="([^"]*)"', keep, svg)
    svg = re.sub(r"url\(#", f"url(#{name}-", svg)
    return re.sub(r'href="#', f'href="#{name}-', svg)
