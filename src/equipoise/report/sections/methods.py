"""How the numbers were computed, with the papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report.blocks import Facts, Part, Prose, Section
from equipoise.report.wording import title_of

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "methods"
ORDER = 10
REFERENCES = (
    "Altman & Bland (1995) Absence of evidence is not evidence of absence. BMJ 311:485.",
    "ICH E9(R1) (2019) Addendum on estimands and sensitivity analysis in clinical trials.",
    "Szigeti et al. (2023) The difference between ‘placebo group’ and ‘placebo control’. "
    "Sci Rep 13. doi:10.1038/s41598-023-34938-7",
)


def section(findings: Findings) -> Section:
    """Write the paragraph, then each quantity's method with its source."""
    methods: dict[str, list[str]] = {}
    for row in findings.estimates:
        if row.method and row.method not in methods.setdefault(title_of(row.name), []):
            methods[title_of(row.name)].append(row.method)
    facts = tuple((name, "; ".join(found)) for name, found in methods.items() if found)
    blocks = (Prose((_paragraph(findings),)), Facts(facts), Prose(REFERENCES, kind="note"))
    return Section("methods-text", "", blocks)


def _paragraph(findings: Findings) -> str:
    count = len(findings.outcomes)
    named = f"{count} outcomes were" if count > 1 else "One outcome was"
    text = (
        f"{named} compared between {findings.active} and {findings.control} ({findings.design} "
        "design). Effects are differences in means, "
        f"{findings.active} less {findings.control}; the sentences at the top, the captions and "
        "the tables are written by the program from the estimates. "
    )
    if findings.repeated:
        text += (
            "Participants were observed repeatedly, which intervals take into account; counts are "
            "of participant-visits. "
        )
    text += (
        f"Resampling used {findings.draws} draws from seed {findings.seed}, the same draws for all "
        f"estimates of an outcome; intervals of blinding indices: {findings.interval}. "
    )
    text += (
        "An analysis is planned where the protocol was locked before unblinding and names it, "
        "else exploratory."
        if findings.prospective
        else "The protocol file describes a trial already run, so every analysis is exploratory."
    )
    return text
