"""Judgement with an audit trail: risk of bias, certainty, confidence, and the table of both.

`rob2`, `robins_i`, `grade` and `cinema` make records (`Judgement`) that a `Ledger` keeps.
"""

from equipoise.synthesis.judgement.ledger import Ledger
from equipoise.synthesis.judgement.ledger_file import read_ledger, write_ledger
from equipoise.synthesis.judgement.preanswered import Preanswers, preanswered
from equipoise.synthesis.judgement.record import Judgement, decided
from equipoise.synthesis.judgement.risk_of_bias_table import (
    Assessed,
    domain_names,
    judge_studies,
    risk_of_bias_rows,
    traffic_frame,
)
from equipoise.synthesis.judgement.rob2 import RiskOfBias, assess_rob2, overall_rob2
from equipoise.synthesis.judgement.robins_i import RobinsI, assess_robins_i, overall_robins_i
from equipoise.synthesis.judgement.study_answers import StudyAnswers, from_columns, from_mapping

__all__ = [
    "Assessed",
    "Judgement",
    "Ledger",
    "Preanswers",
    "RiskOfBias",
    "RobinsI",
    "StudyAnswers",
    "assess_rob2",
    "assess_robins_i",
    "decided",
    "domain_names",
    "from_columns",
    "from_mapping",
    "judge_studies",
    "overall_rob2",
    "overall_robins_i",
    "preanswered",
    "read_ledger",
    "risk_of_bias_rows",
    "traffic_frame",
    "write_ledger",
]
