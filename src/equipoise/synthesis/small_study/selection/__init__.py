"""Selection models: the chance that a study is seen depends on its p value."""

from equipoise.synthesis.small_study.selection.fit import SelectionFit, selection_model
from equipoise.synthesis.small_study.selection.weights import TYPES

__all__ = ["TYPES", "SelectionFit", "selection_model"]
