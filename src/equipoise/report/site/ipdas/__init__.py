"""The International Patient Decision Aid Standards: criteria, records, and the score of a page."""

from equipoise.report.site.ipdas.criteria import Criterion, Record, criteria, read_records
from equipoise.report.site.ipdas.marks import Mark, read_page
from equipoise.report.site.ipdas.score import Score, Scored, met_of, score

__all__ = [
    "Criterion", "Mark", "Record", "Score", "Scored", "criteria", "met_of", "read_page",
    "read_records", "score",
]  # fmt: skip
