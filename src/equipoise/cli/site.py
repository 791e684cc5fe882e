"""The site of an evidence folder: what `equipoise synthesise EVIDENCE --out DIR` does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from equipoise.report.site import Content, Site
    from equipoise.report.site.living import History

say = partial(click.echo, err=True)


def write_site(evidence: Path, out: Path, today: date) -> None:
    """Build the next version of a site and write it; say what is old, and what changed."""
    from equipoise.report.site import (  # noqa: PLC0415
        gather,
        next_site,
        read_evidence,
        require_apart,
    )
    from equipoise.report.site.living import read_history  # noqa: PLC0415

    folder = read_evidence(evidence)
    require_apart(folder.path, out)  # before any work is done
    history = read_history(out)
    content = gather(folder, today, history.next_version(today), progress=say)
    site = next_site(content, history)
    site.write(out)
    for warning in _warnings(content, history):
        say(f"Warning: {warning}")
    _tell(site, history, out)


def _warnings(content: Content, history: History) -> Iterator[str]:
    from datetime import timedelta  # noqa: PLC0415

    from equipoise.report.site.warnings import build_warnings  # noqa: PLC0415

    yield from build_warnings(content)
    if content.today > content.next_check:
        yield (
            f"The evidence was last gone through on {content.plan.looked_at} and was due again by "
            f"{content.next_check}: search, then write the day in site.yaml as `looked_at`."
        )
    newest = history.newest
    if newest is not None:
        due = newest.day + timedelta(days=content.plan.update_days)
        if content.today > due:
            yield (
                f"The evidence was to be looked at again by {due} and no version since "
                f"{newest.version} says that it was: search before you publish."
            )


def _tell(site: Site, history: History, out: Path) -> None:
    from equipoise.report.site.living import FOLDER  # noqa: PLC0415
    from equipoise.report.site.living.words import headline  # noqa: PLC0415

    if site.history == history:
        say(f"Version {site.version} stands as it was: nothing changed today.")
    else:
        say(f"Version {site.version}: {headline(site.entry)}.")
    kept = out / FOLDER / site.version
    say(f"Wrote {len(site.files)} files into {out}, and a copy for good: {kept}")
    alone, whole = first_page(site)
    if whole:
        say(f"First page: {alone / 1000:.0f} kB, {whole / 1000:.0f} kB with what it loads.")
    say(f"Open {out / 'index.html'}")


def first_page(site: Site) -> tuple[int, int]:
    """Return the bytes of index.html, and of it with the style sheet and scripts that it loads.

    Parameters
    ----------
    site
        Both are 0 where it has no such page.
    """
    texts = {file.path: file.text for file in site.files}
    page = texts.get("index.html", "")
    loaded = [
        text
        for path, text in texts.items()
        if path.endswith((".css", ".js")) and f'"{path}"' in page
    ]
    sizes = [len(text.encode("utf-8")) for text in (page, *loaded)]
    return sizes[0], sum(sizes)
