"""What a page says of itself to machines: schema.org as JSON-LD, in the page's own head."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from equipoise.report.site.content import Content
    from equipoise.report.site.page import Page
    from equipoise.report.site.plan import Author, SitePlan

CONTEXT = "https://schema.org"
ESCAPED = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""A block of data in HTML ends at the first `</`, whatever stands around it."""


def described(page: Page, content: Content) -> Markup:
    """Return the JSON-LD of a page, ready to stand inside a script element of that type."""
    made = {"@context": CONTEXT, **web_page(page.path, page.title, content)}
    text = json.dumps(made, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.translate(ESCAPED))  # noqa: S704  (escaped in the line above)


def web_page(path: str, title: str, content: Content) -> dict[str, Any]:
    """Return a page as schema.org has it; a review's page names its data."""
    plan = content.plan
    made: dict[str, Any] = {
        "@type": "MedicalWebPage",
        "name": title,
        "inLanguage": plan.language,
        "dateModified": content.today.isoformat(),
        "version": content.version,
        "isPartOf": {"@type": "WebSite", "name": plan.title},
        **credit(plan),
    }
    if plan.address:
        made["url"] = f"{plan.address}/{path}"
    name = path.removeprefix("reviews/").removesuffix(".html")
    if path == f"reviews/{name}.html" and name in content.reviews:
        made["mainEntity"] = {
            "@type": "Dataset",
            "name": content.reviews[name].review.title,
            "description": title,
            "version": content.version,
            "dateModified": content.today.isoformat(),
            "identifier": content.reviews[name].synthesis.version.sha256,
            "distribution": distribution(name, content),
            **credit(plan),
        }
    return made


def credit(plan: SitePlan) -> dict[str, Any]:
    """Return who made something and under which licence; nothing that site.yaml leaves open."""
    made: dict[str, Any] = {}
    if plan.authors:
        made["author"] = [_author(one) for one in plan.authors]
    if plan.licence != type(plan)().licence:
        made["license"] = {"@type": "CreativeWork", "name": plan.licence}
    return made


def _author(one: Author) -> dict[str, str]:
    kind = "Person" if one.kind == "person" else "Organization"
    return {"@type": kind, "name": one.name}


FORMATS = {
    ".json": "application/ld+json",
    ".csv": "text/csv",
    "-studies.csv": "text/csv",
    ".fhir.json": "application/fhir+json",
}
"""The copies of a review, by how their names end."""


def distribution(name: str, content: Content) -> list[dict[str, str]]:
    """Return the copies of a review for machines; addresses are relative to its page."""
    before = f"{content.plan.address}/reviews/" if content.plan.address else ""
    return [
        {"@type": "DataDownload", "contentUrl": f"{before}{name}{end}", "encodingFormat": kind}
        for end, kind in FORMATS.items()
    ]
