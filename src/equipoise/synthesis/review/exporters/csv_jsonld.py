"""Plain tables with their meaning beside them: CSV, CSV on the Web, schema.org as JSON-LD.

Model for Tabular Data and Metadata on the Web, W3C Recommendation, 17 December 2015;
schema.org Dataset and ScholarlyArticle.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

from equipoise import __version__

if TYPE_CHECKING:
    from equipoise.synthesis.review.selection import Row
    from equipoise.synthesis.review.synthesise import Synthesis

NAME = "csv-jsonld"
SEARCHED = "Systematic review with meta-analysis"
CHOSEN = "Meta-analysis of chosen studies; no record of a systematic search"
"""What a review without `searches/` may call itself: nobody can see that nothing was missed."""
EFFECTS = {  # column: (datatype of CSVW, what it is)
    "analysis": ("string", "The planned analysis that pooled the row"),
    "study": ("string", "The study's id"),
    "citation": ("string", "The study's citation"),
    "doi": ("string", "Digital object identifier"),
    "year": ("integer", "Year of publication"),
    "arm": ("string", "The arm with the intervention"),
    "comparator": ("string", "What it was compared with"),
    "comparator_kind": ("string", "Kind of comparator"),
    "outcome": ("string", "Outcome of the review"),
    "instrument": ("string", "How it was measured"),
    "visit": ("string", "When it was measured"),
    "measure": ("string", "Effect measure; OR, RR, HR and ROM as natural logarithms"),
    "effect": ("double", "Effect, arm less comparator"),
    "se": ("double", "Its standard error"),
    "verified": ("boolean", "Whether a person compared the numbers with their source"),
    "how": ("string", "How the effect was made from what was reported"),
}
RESULTS = ("name", "label", "outcome", "estimate", "se", "low", "high", "level", "df", "p", "unit",
           "method")  # fmt: skip


def export(synthesis: Synthesis) -> dict[str, str]:
    """Return two tables, the description of their columns, and the description of the whole."""
    return {
        "effects.csv": _effects(synthesis),
        "results.csv": _results(synthesis),
        "csv-metadata.json": _json(_csvw(synthesis)),
        "dataset.jsonld": _json(dataset(synthesis)),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _effects(synthesis: Synthesis) -> str:
    rows = [
        _effect(synthesis, name, row)
        for name, chosen in synthesis.selections.items()
        for row in chosen.rows
    ]
    return _table(tuple(EFFECTS), rows)


def _effect(synthesis: Synthesis, name: str, row: Row) -> dict[str, Any]:
    analysis = synthesis.folder.review.analysis(name)
    return {
        "analysis": name, "study": row.study.id, "citation": row.study.citation,
        "doi": row.study.doi or "", "year": row.study.year, "arm": row.contrast[0],
        "comparator": row.contrast[1], "comparator_kind": row.study.kind_of(row.contrast[1]),
        "outcome": analysis.outcome, "instrument": row.outcome.instrument or "",
        "visit": row.outcome.visit, "measure": analysis.measure, "effect": repr(row.effect.y),
        "se": repr(row.effect.v**0.5), "verified": "true" if row.verified else "false",
        "how": row.effect.how,
    }  # fmt: skip


def _results(synthesis: Synthesis) -> str:
    rows = [
        {name: "" if (v := getattr(row, name)) is None else v for name in RESULTS}
        for row in synthesis.estimates
    ]
    return _table(RESULTS, rows)


def _table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _csvw(synthesis: Synthesis) -> dict[str, Any]:
    columns = [
        {"name": name, "titles": name, "datatype": kind, "dc:description": about}
        for name, (kind, about) in EFFECTS.items()
    ]
    numbers = ("estimate", "se", "low", "high", "level", "df", "p")
    results = [
        {"name": name, "titles": name, "datatype": "double" if name in numbers else "string"}
        for name in RESULTS
    ]
    return {
        "@context": "http://www.w3.org/ns/csvw",
        "dc:title": synthesis.folder.review.title,
        "tables": [
            {"url": "effects.csv", "tableSchema": {"columns": columns}},
            {"url": "results.csv", "tableSchema": {"columns": results}},
        ],
    }


def dataset(synthesis: Synthesis) -> dict[str, Any]:
    """Return the review as a schema.org Dataset."""
    review, version = synthesis.folder.review, synthesis.version
    articles = [
        {
            "@type": "ScholarlyArticle",
            "name": study.citation,
            "datePublished": str(study.year),
            **({"sameAs": f"https://doi.org/{study.doi}"} if study.doi else {}),
        }
        for study in synthesis.folder.studies.values()
    ]
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": review.title,
        "description": f"{review.question.intervention} against {review.question.comparator} in "
        f"{review.question.population}: {review.question.outcome}",
        "identifier": version.sha256,
        "version": review.version,
        "creator": {"@type": "SoftwareApplication", "name": "equipoise",
                    "softwareVersion": __version__},
        "variableMeasured": [one.label for one in review.outcomes.values()],
        "measurementTechnique": SEARCHED if synthesis.folder.searches.is_dir() else CHOSEN,
        "citation": articles,
        "distribution": [
            {"@type": "DataDownload", "contentUrl": name, "encodingFormat": "text/csv"}
            for name in ("effects.csv", "results.csv")
        ],
    }  # fmt: skip
