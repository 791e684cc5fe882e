"""A review as a folder: what it asks, its studies one file each, its versions."""

from equipoise.synthesis.review.folder import ReviewFolder, read_plan, read_review, read_studies
from equipoise.synthesis.review.plan import Review, ReviewAnalysis, review_schema
from equipoise.synthesis.review.reading import (
    read_review_file,
    read_study,
    review_from_text,
    study_from_text,
)
from equipoise.synthesis.review.scaffold import new_review
from equipoise.synthesis.review.selection import Row, Selection, select
from equipoise.synthesis.review.shelf import Shelf
from equipoise.synthesis.review.study import Study, study_schema
from equipoise.synthesis.review.synthesise import Synthesis, synthesise

__all__ = [
    "Review",
    "ReviewAnalysis",
    "ReviewFolder",
    "Row",
    "Selection",
    "Shelf",
    "Study",
    "Synthesis",
    "new_review",
    "read_plan",
    "read_review",
    "read_review_file",
    "read_studies",
    "read_study",
    "review_from_text",
    "review_schema",
    "select",
    "study_from_text",
    "study_schema",
    "synthesise",
]
