"""Sparse events: pooled effects that stay defined and fair where arms have few or no events."""

from equipoise.synthesis.sparse.glmm import (
    EventsResult,
    glmm_odds_ratio,
    glmm_proportion,
    glmm_rate,
    glmm_rate_ratio,
)
from equipoise.synthesis.sparse.glmm_models import MODELS
from equipoise.synthesis.sparse.glmm_rows import glmm, glmm_single_arm
from equipoise.synthesis.sparse.mantel_haenszel import pooled_person_time, pooled_two_by_two
from equipoise.synthesis.sparse.peto import pooled_peto
from equipoise.synthesis.sparse.rows import MEASURES, mantel_haenszel, peto
from equipoise.synthesis.sparse.stratified_tests import (
    breslow_day_test,
    cmh_rate_test,
    cmh_test,
)
from equipoise.synthesis.sparse.tables import PersonTime, TwoByTwo, person_time, two_by_two

__all__ = [
    "MEASURES",
    "MODELS",
    "EventsResult",
    "PersonTime",
    "TwoByTwo",
    "breslow_day_test",
    "cmh_rate_test",
    "cmh_test",
    "glmm",
    "glmm_odds_ratio",
    "glmm_proportion",
    "glmm_rate",
    "glmm_rate_ratio",
    "glmm_single_arm",
    "mantel_haenszel",
    "person_time",
    "peto",
    "pooled_person_time",
    "pooled_peto",
    "pooled_two_by_two",
    "two_by_two",
]
