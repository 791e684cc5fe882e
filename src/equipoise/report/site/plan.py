"""site.yaml: who makes a site, who pays, when it is checked next. Nothing here is a finding."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from equipoise.protocol.part import Part, Text, Whole
from equipoise.synthesis.review.facts import Slug


class Author(Part):
    """Who made it, with what training: a person, or an organisation."""

    kind: Literal["person", "organisation"] = "person"
    name: Text
    role: Text
    training: Text


class SitePlan(Part):
    """What a site says of itself.

    Parameters
    ----------
    identifier
        Of the feed and of citations: small letters, digits and hyphens.
    looked_at
        The day on which the evidence was last gone through; a build without it counts from itself.
    update_days
        Days after which the evidence is to be looked at again.
    searched_on
        Per review, the day of its last search; where none is given the page says so.
    address
        Where the site will stand, without a slash at its end; links are relative and need none.
    """

    identifier: Slug = "evidence"
    title: Text = "Evidence"
    question: Text = "What does the evidence say?"
    language: Text = "en"
    authors: tuple[Author, ...] = ()
    funding: Text = "Not stated"
    interests: Text = "Not stated"
    reviewed_by: tuple[Author, ...] = ()
    looked_at: date | None = None
    update_days: Whole = 180
    update_policy: Text | None = None
    searched_on: dict[Slug, date] = Field({})
    licence: Text = "Not stated"
    address: Text | None = None
    source_code: Text | None = None
