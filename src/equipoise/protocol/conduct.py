"""Everything else a protocol states: people, setting, care, safety, data, monitoring, ethics."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from equipoise.protocol.part import Name, Part, Text, Whole

Statement = Text | None


class Registration(Part):
    """Where the trial is registered."""

    registry: Text
    number: Text | None = None
    url: Text | None = None


class Administration(Part):
    """Who is responsible, who pays."""

    contributors: Statement = None
    sponsor: Statement = None
    sponsor_role: Statement = None
    oversight: Statement = None
    funding: Statement = None
    conflicts: Statement = None


class OpenScience(Part):
    """What others will be able to read."""

    documents: Statement = Field(None, description="where protocol and analysis plan can be read")
    data_sharing: Statement = None
    dissemination: Statement = None


class Introduction(Part):
    """Why the trial is done."""

    background: Statement = None
    comparators: Statement = Field(None, description="why these comparators")
    objectives: Statement = None
    involvement: Statement = Field(None, description="of patients and the public")


class Eligibility(Part):
    """Who may take part, and where."""

    setting: Statement = None
    include: tuple[Text, ...] = ()
    exclude: tuple[Text, ...] = ()
    providers: Statement = Field(None, description="sites and those who deliver the treatment")


class Care(Part):
    """What happens to participants beside the treatment itself."""

    modification: Statement = Field(None, description="when treatment is changed or stopped")
    adherence: Statement = None
    concomitant: Statement = None
    harms: Statement = Field(None, description="how harms are asked for and assessed")
    recruitment: Statement = None
    retention: Statement = None


class SafetyRule(Part):
    """An answer that calls for a person to act, whatever the arm."""

    name: Name
    instrument: Name
    item: Annotated[Whole, Field(ge=1)] | None = Field(None, description="empty: the total")
    above: float
    action: Text
    within_hours: Annotated[float, Field(gt=0)]
    who: Text | None = None


class SampleSize(Part):
    """How many, and why so many."""

    participants: Annotated[Whole, Field(ge=1)]
    ground: Text


class DataHandling(Part):
    """How data are collected, kept and analysed beyond the named analyses."""

    collection: Statement = None
    management: Statement = None
    analysis_population: Statement = None
    missing: Statement = None
    further_analyses: Statement = None


class Monitoring(Part):
    """Who watches the trial."""

    committee: Statement = None
    interim: Statement = None
    trial: Statement = None


class Ethics(Part):
    """Approval, consent, confidentiality, care afterwards."""

    approval: Statement = None
    amendments: Statement = None
    consent: Statement = None
    ancillary_consent: Statement = None
    confidentiality: Statement = None
    care_after: Statement = None
