"""Missing scores: imputation by strategy, analysis of the completed trial, pooling.

The order of the method: draws (parameters), impute, analyse, pool.
"""

from equipoise.analysis.imputation.reference_based import Imputed, impute_and_analyse
from equipoise.analysis.imputation.retrieved_dropout import retrieved_dropout
from equipoise.analysis.imputation.strategies import STRATEGIES, Strategy
from equipoise.analysis.imputation.tipping_map import TippingMap, tipping_map

__all__ = [
    "STRATEGIES",
    "Imputed",
    "Strategy",
    "TippingMap",
    "impute_and_analyse",
    "retrieved_dropout",
    "tipping_map",
]
