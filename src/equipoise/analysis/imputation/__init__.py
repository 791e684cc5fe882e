"""Missing scores: imputation by strategy, analysis of the completed trial, pooling.

The order of the method: draws (parameters), impute, analyse, pool.
"""

from equipoise.analysis.imputation.reference_based import Imputed, impute_and_analyse
from equipoise.analysis.imputation.strategies import STRATEGIES, Strategy

__all__ = ["STRATEGIES", "Imputed", "Strategy", "impute_and_analyse"]
