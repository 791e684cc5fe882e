"""What docs/evidence.md counts and names is what ships."""

import re
from pathlib import Path

from equipoise.synthesis.evidence import HERE, shipped_reviews
from equipoise.synthesis.evidence.facts import MODELS, facts
from equipoise.synthesis.review.folder import read_studies
from equipoise.synthesis.review.verification import counts

TEXT = (Path(__file__).parents[3] / "docs/evidence.md").read_text(encoding="utf-8")


def test_studies_and_their_facts_are_counted():
    studies = read_studies(HERE / "studies")
    verified, not_verified = counts(studies.values())
    assert (
        f"{len(studies)} studies, one file each, {len(shipped_reviews())} reviews"
        in TEXT.replace("\n", " ")
    )
    assert re.search(rf"\| studies \| {len(studies)}: .* \| {verified} \| {not_verified},", TEXT)


def test_other_facts_are_counted():
    total = 0
    for kind in MODELS:
        good, every = len(facts(kind)), len(facts(kind, unverified=True))
        assert f"| {kind} | 1 | {good} | {every - good} |" in TEXT
        total += every
    assert f"and {total} facts that are no study" in TEXT.replace("\n", " ")


def test_every_review_is_named():
    named = set(re.findall(r"`([a-z-]+)`", TEXT))
    short = {f"microdosing{name}" for name in named if name.startswith("-")}
    assert set(shipped_reviews()) <= named | short
