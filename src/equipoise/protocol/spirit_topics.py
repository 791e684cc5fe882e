"""The topics of SPIRIT 2025 in our own words, and the fields of a protocol file that answer them.

Item numbers: Chan et al. 2025, SPIRIT 2025 statement, BMJ 389:e081477. Two topics marked ``+`` go
beyond it: the estimand of ICH E9(R1) and the treatment guess, without which blinding stays a claim.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpiritItem:
    """One topic: its fields must all be filled; `advice` says what to write there."""

    item: str
    slug: str
    name: str
    fields: tuple[str, ...]
    advice: str


def _item(item: str, slug: str, name: str, fields: str, advice: str) -> SpiritItem:
    return SpiritItem(item, slug, name, tuple(fields.split()), advice)


ITEMS: tuple[SpiritItem, ...] = (
    _item("1a", "title", "Title", "title", "design, population and interventions in one line"),
    _item("1b", "summary", "Structured summary", "summary", "the plan in a few sentences"),
    _item("2", "version", "Protocol version", "version locked", "version, and day of its lock"),
    _item("3a", "contributors", "Contributors", "administration.contributors", "who, from where"),
    _item("3b", "sponsor", "Sponsor", "administration.sponsor", "name and contact; or: none"),
    _item("3c", "sponsor-role", "Role of sponsor and funders", "administration.sponsor_role",
          "their part in design, conduct, analysis and reporting"),
    _item("3d", "oversight", "Committees", "administration.oversight",
          "coordinating, steering and other groups"),
    _item("4", "registration", "Trial registration", "registration.registry",
          "registry and number, or the registry intended"),
    _item("5", "documents", "Access to protocol and analysis plan", "open_science.documents",
          "where both can be read"),
    _item("6", "data-sharing", "Data sharing", "open_science.data_sharing",
          "which data, code and materials, where and when"),
    _item("7a", "funding", "Funding", "administration.funding", "money and goods, from whom"),
    _item("7b", "conflicts", "Conflicts of interest", "administration.conflicts",
          "of investigators and committees"),
    _item("8", "dissemination", "Dissemination", "open_science.dissemination",
          "how participants and others will hear the result"),
    _item("9a", "background", "Background and rationale", "introduction.background",
          "what is known of benefits and harms, and why this trial"),
    _item("9b", "comparators", "Choice of comparators", "introduction.comparators",
          "why these comparators"),
    _item("10", "objectives", "Objectives", "introduction.objectives",
          "questions on benefits and harms"),
    _item("11", "involvement", "Patient and public involvement", "introduction.involvement",
          "in design, conduct and reporting"),
    _item("12", "design", "Trial design", "design.kind design.framework allocation.ratio",
          "kind, framework and allocation ratio"),
    _item("13", "setting", "Trial setting", "eligibility.setting", "where the trial takes place"),
    _item("14a", "eligibility", "Eligibility of participants",
          "eligibility.include eligibility.exclude", "inclusion and exclusion criteria"),
    _item("14b", "providers", "Eligibility of sites and providers", "eligibility.providers",
          "who may deliver the treatment"),
    _item("15a", "interventions", "Interventions and comparators", "arms.interventions",
          "substance, dose and how it is given, in every arm"),
    _item("15b", "modification", "Stopping or changing treatment", "care.modification",
          "when, and on whose decision"),
    _item("15c", "adherence", "Adherence", "care.adherence", "how it is helped and measured"),
    _item("15d", "concomitant", "Concomitant care", "care.concomitant",
          "what is allowed and what is not"),
    _item("16", "outcomes", "Outcomes", "instruments visits.instruments",
          "each instrument, and the visits at which it is used"),
    _item("17", "harms", "Harms", "care.harms safety",
          "how harms are asked for and judged, and which answers call for action"),
    _item("18", "timeline", "Participant timeline", "visits.day", "a day for every visit"),
    _item("19", "sample-size", "Sample size", "sample_size.ground",
          "how many, from which assumptions"),
    _item("20", "recruitment", "Recruitment", "care.recruitment", "how enough are found"),
    _item("21a", "generation", "Who generates the sequence", "allocation.generated_by",
          "a person or program without contact with participants"),
    _item("21b", "sequence", "Type of randomisation", "allocation.procedure",
          "procedure, restriction and strata; keep block sizes out of this file"),
    _item("22", "concealment", "Allocation concealment", "allocation.concealment",
          "what hides the list until assignment"),
    _item("23", "implementation", "Implementation", "allocation.implementation",
          "who enrols and who assigns"),
    _item("24a", "blinding", "Who is blind", "blinding.blind", "everyone who is kept from knowing"),
    _item("24b", "blinding-method", "How blinding is achieved", "blinding.method",
          "what makes the arms look alike"),
    _item("24c", "code-break", "Unblinding", "blinding.code_break",
          "who may break the code, when and why"),
    _item("25a", "collection", "Data collection", "data.collection",
          "forms, devices and how their quality is kept"),
    _item("25b", "retention", "Retention", "care.retention",
          "how follow-up is completed, also after treatment stops"),
    _item("26", "management", "Data management", "data.management",
          "entry, checks, storage and security"),
    _item("27a", "statistics", "Statistical methods", "analyses",
          "an analysis for every primary and secondary outcome"),
    _item("27b", "analysis-population", "Analysis population", "data.analysis_population",
          "who is included, in which arm"),
    _item("27c", "missing-data", "Missing data", "data.missing", "how handled, and why so"),
    _item("27d", "further-analyses", "Additional analyses", "data.further_analyses",
          "subgroup and sensitivity analyses"),
    _item("28a", "committee", "Data monitoring committee", "monitoring.committee",
          "members and charter, or why none is needed"),
    _item("28b", "interim", "Interim analyses", "monitoring.interim",
          "when, by whom, with which stopping rule"),
    _item("29", "monitoring", "Trial monitoring", "monitoring.trial", "how conduct is checked"),
    _item("30", "approval", "Ethics approval", "ethics.approval", "committee, number and date"),
    _item("31", "amendments", "Protocol amendments", "ethics.amendments",
          "how changes are made and told"),
    _item("32a", "consent", "Consent", "ethics.consent", "who asks, and how"),
    _item("32b", "ancillary-consent", "Consent for further use", "ethics.ancillary_consent",
          "of data and specimens in other studies"),
    _item("33", "confidentiality", "Confidentiality", "ethics.confidentiality",
          "how personal data are protected"),
    _item("34", "care-after", "Care during and after the trial", "ethics.care_after",
          "provision, and compensation for harm"),
    _item("+", "estimands", "Estimands (ICH E9(R1))", "estimands",
          "treatment, population, variable, intercurrent events and summary"),
    _item("+", "guess", "Treatment guess", "blinding.guess visits.guess",
          "who guesses, when, and whether `don't know` is an answer"),
)  # fmt: skip
