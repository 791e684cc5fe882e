"""A page or file of the site, and how pages are laid out: one frame, one style sheet."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Protocol, cast

from equipoise.report.page import environment
from equipoise.report.site.living.history import FOLDER
from equipoise.report.site.machine.described import described

if TYPE_CHECKING:
    from types import ModuleType

    from equipoise.report.evidence import Sentence
    from equipoise.report.site.content import Content


@dataclass(frozen=True, slots=True)
class File:
    """What is written: a path below the site's folder, with forward slashes, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page before it is laid out.

    Parameters
    ----------
    path
        Below the site's folder: "aid.html", "reviews/NAME.html". Links are relative, so that the
        site also opens from a disk.
    template
        Name in templates/site; it extends site/frame.html.
    values
        What the template needs beside `content`, `page` and `link`.
    menu
        The words of the page in the menu; empty where it is not in it.
    scripts
        Classic scripts that stand in the site's folder.
    """

    path: str
    title: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    menu: str = ""
    scripts: tuple[str, ...] = ()


class PageFile(Protocol):
    """A file of the folder `pages`: its place in the menu and what it makes of the content.

    It may also have `said(content)`: the sentences on its pages that no review says, such as those
    of facts. They are compared from version to version too. What is of the day of the build, and so
    differs always, is not among them.
    """

    ORDER: int

    def pages(self, content: Content) -> Iterable[Page]:
        """Make its pages; none where there is nothing to say."""
        ...


class CopyFile(Protocol):
    """A file of the folder `copies`: the content for machines, or what pages need beside them."""

    def files(self, content: Content) -> Iterable[File]:
        """Make its files."""
        ...


@cache
def page_files() -> tuple[PageFile, ...]:
    """Return every file of the folder `pages`, in the order of the menu."""
    from equipoise.report.site import pages  # noqa: PLC0415  (they import this module)

    found = [cast("PageFile", module) for module in _modules(pages)]
    return tuple(sorted(found, key=lambda one: one.ORDER))


def said_beside(content: Content) -> tuple[Sentence, ...]:
    """Return the sentences that pages say beside the reviews', each once."""
    known = {one.id for one in content.sentences}
    found = [one for file in page_files() for one in getattr(file, "said", _nothing)(content)]
    return tuple({one.id: one for one in found if one.id not in known}.values())


def _nothing(_content: Content) -> tuple[Sentence, ...]:
    return ()


@cache
def copy_files() -> tuple[CopyFile, ...]:
    """Return every file of the folder `copies`."""
    from equipoise.report.site import copies  # noqa: PLC0415

    return tuple(cast("CopyFile", module) for module in _modules(copies))


def _modules(package: ModuleType) -> list[ModuleType]:
    names = sorted(module.name for module in iter_modules(package.__path__))
    return [import_module(f"{package.__name__}.{name}") for name in names]


def lay_out(pages: Iterable[Page], content: Content, *, kept: bool = False) -> tuple[File, ...]:
    """Write every page with the same frame and menu.

    Parameters
    ----------
    kept
        As a kept copy of the version, below v/VERSION/: it says so, and leads to the newest.
    """
    made = tuple(pages)
    menu = tuple(page for page in made if page.menu)
    return tuple(File(page.path, _text(page, menu, content, kept=kept)) for page in made)


def _text(page: Page, menu: tuple[Page, ...], content: Content, *, kept: bool) -> str:
    below = f"/{FOLDER}/{content.version}/" if kept else "/"
    here = posixpath.dirname(below + page.path)

    def link(path: str) -> str:
        """Return a path as seen from this page: of this version, or with / first of the newest."""
        return posixpath.relpath(path if path.startswith("/") else below + path, here)

    template = environment().get_template(f"site/{page.template}")
    text: str = template.render(
        content=content, page=page, menu=menu, link=link, kept=kept,
        described=described(page, content), **page.values,
    )  # fmt: skip
    return text
