"""N-of-1 trials: cycles of treatment and control in one person, alone or in a series."""

from equipoise.analysis.n_of_1.cycles import Cycles, Person, cycles_table
from equipoise.analysis.n_of_1.n_of_1 import individual_effects, n_of_1
from equipoise.analysis.n_of_1.one_stage import OneStage, one_stage
from equipoise.analysis.n_of_1.paired_cycles import OrderTest, order_test, paired_fit
from equipoise.analysis.n_of_1.random_effects import RandomEffects, random_effects
from equipoise.analysis.n_of_1.serial_regression import SerialRegression, serial_regression
from equipoise.analysis.n_of_1.uncertain_spread import uncertain_prediction, uncertain_shrinkage

__all__ = [
    "Cycles",
    "OneStage",
    "OrderTest",
    "Person",
    "RandomEffects",
    "SerialRegression",
    "cycles_table",
    "individual_effects",
    "n_of_1",
    "one_stage",
    "order_test",
    "paired_fit",
    "random_effects",
    "serial_regression",
    "uncertain_prediction",
    "uncertain_shrinkage",
]
