"""The mixed model for repeated measures (MMRM), fitted on per-pattern moments.

`mmrm` takes a table and a formula, `fit_mmrm` arrays, `fit_many` thousands of trials at once.
"""

from equipoise.analysis.mmrm.fit import DfMethod, MmrmFit, fit_mmrm
from equipoise.analysis.mmrm.many import ManyFits, fit_many
from equipoise.analysis.mmrm.model import Mmrm, mmrm
from equipoise.analysis.mmrm.refits import Refits, leave_one_out, refits
from equipoise.analysis.mmrm.structures import STRUCTURES

__all__ = [
    "STRUCTURES",
    "DfMethod",
    "ManyFits",
    "Mmrm",
    "MmrmFit",
    "Refits",
    "fit_many",
    "fit_mmrm",
    "leave_one_out",
    "mmrm",
    "refits",
]
