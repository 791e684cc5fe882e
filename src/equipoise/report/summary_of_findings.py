"""The summary-of-findings table as HTML: a fragment that any page can hold, and a page of its own.

Footnotes are links, people of a hundred stand beside each effect, and no cell says
anything by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from equipoise.report.page import environment
from equipoise.synthesis.judgement.findings_table import Finding, mark, summary_of_findings

SIGNS = {"high": "⊕⊕⊕⊕", "moderate": "⊕⊕⊕⊖", "low": "⊕⊕⊖⊖", "very low": "⊕⊖⊖⊖"}


def summary_of_findings_html(
    findings: Sequence[Finding],
    *,
    title: str,
    comparison: str,
    prefix: str = "sof",
    whole_page: bool = False,
) -> str:
    """Write the table.

    Parameters
    ----------
    title, comparison
        The question, and who was compared with whom: "LSD microdose against placebo".
    prefix
        Of the ids inside, so that a page may hold several tables.
    whole_page
        A page of its own, else a fragment.
    """
    rows, notes = summary_of_findings(findings)
    text: str = (
        environment()
        .get_template("summary_of_findings.html")
        .render(
            rows=rows,
            notes=notes,
            title=title,
            comparison=comparison,
            prefix=prefix,
            whole_page=whole_page,
            signs=SIGNS,
            mark=mark,
        )
    )
    return text
