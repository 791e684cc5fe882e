"""Selection models: the chance that a study is seen depends on its p value."""

from equipoise.synthesis.small_study.selection.fit import selection_model
from equipoise.synthesis.small_study.selection.result import Parameter, SelectionFit
from equipoise.synthesis.small_study.selection.weights import TYPES

__all__ = ["TYPES", "Parameter", "SelectionFit", "selection_model"]
