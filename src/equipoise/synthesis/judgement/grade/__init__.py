"""GRADE with computable rules: one file a domain, each making a record of what it read and said."""

from equipoise.synthesis.judgement.grade.certainty import (
    WORDS,
    Certainty,
    certainties,
    certainty,
    certainty_row,
    matrix_frame,
)
from equipoise.synthesis.judgement.grade.imprecision import (
    imprecision,
    optimal_size_of_means,
    optimal_size_of_risks,
)
from equipoise.synthesis.judgement.grade.inconsistency import inconsistency
from equipoise.synthesis.judgement.grade.indirectness import indirectness, lost_blind
from equipoise.synthesis.judgement.grade.publication_bias import publication_bias
from equipoise.synthesis.judgement.grade.risk_of_bias import risk_of_bias
from equipoise.synthesis.judgement.grade.settings import GradeSettings, grade_settings
from equipoise.synthesis.judgement.grade.suggest import Evidence, inputs_now, suggest
from equipoise.synthesis.judgement.grade.upgrades import (
    dose_gradient,
    large_effect,
    opposing_confounding,
)

__all__ = [
    "WORDS",
    "Certainty",
    "Evidence",
    "GradeSettings",
    "certainties",
    "certainty",
    "certainty_row",
    "dose_gradient",
    "grade_settings",
    "imprecision",
    "inconsistency",
    "indirectness",
    "inputs_now",
    "large_effect",
    "lost_blind",
    "matrix_frame",
    "opposing_confounding",
    "optimal_size_of_means",
    "optimal_size_of_risks",
    "publication_bias",
    "risk_of_bias",
    "suggest",
]
