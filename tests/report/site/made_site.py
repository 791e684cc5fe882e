"""A small evidence folder to change: two reviews, mood of two trials and sleep of one."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from equipoise.report.site import Site, gather, next_site, read_evidence
from equipoise.report.site.living import read_history

from ..evidence.conftest import (  # noqa: TID252  (tests are no package)
    DOMAINS,
    outcome,
    plan,
    study,
)

DAY = date(2026, 11, 25)
SITE = {
    "identifier": "made-up-site",
    "title": "Does it help?",
    "authors": [{"name": "A. Person", "role": "editor", "training": "none"}],
    "funding": "none",
    "licence": "CC-BY-4.0",
}


def write_evidence(folder: Path, site: dict[str, Any] | None = None) -> Path:
    """Write the evidence folder: every study at low risk of bias."""
    (folder / "site.yaml").parent.mkdir(parents=True, exist_ok=True)
    write(folder / "site.yaml", SITE if site is None else site)
    write_study(folder, "a2020", -0.5)
    write_study(folder, "b2020", -0.6)
    write_study(folder, "c2020", -0.4, outcome="sleep")
    write_review(folder, "mood", ["a2020", "b2020"])
    write_review(folder, "sleep", ["c2020"])
    return folder


def write_review(folder: Path, name: str, studies: list[str]) -> None:
    review = folder / "reviews" / name
    write(
        review / "review.yaml",
        plan(
            identifier=name, title=f"LSD for {name}", studies=studies,
            studies_folder="../../studies",
            outcomes={name: outcome(label=name, words={"outcome": f"poor {name}"})},
            analyses=[{"name": "primary", "outcome": name, "comparators": ["inert-placebo"],
                       "test": "z", "method": "EE"}],
        ),
    )  # fmt: skip
    judged = {
        one: {"levels": dict.fromkeys(DOMAINS, "low"), "reasons": dict.fromkeys(DOMAINS, "read")}
        for one in studies
    }
    write(review / "judgements" / "rob2.yaml", {"studies": judged})


def write_study(folder: Path, name: str, effect: float, **changes: Any) -> None:
    write(
        folder / "studies" / f"{name}.yaml", study(name, effect, **{"outcome": "mood", **changes})
    )


def write(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")


def build(evidence: Path, out: Path, day: date = DAY) -> Site:
    """Build and write the next version."""
    history = read_history(out)
    content = gather(read_evidence(evidence), day, history.next_version(day))
    site = next_site(content, history)
    site.write(out)
    return site


def snapshot(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
