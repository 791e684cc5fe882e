"""Pages out of results: one self-contained HTML page that begins with the answer."""

from equipoise.report.findings import Findings, OutcomeFindings
from equipoise.report.gathering import gathered
from equipoise.report.trial_report import trial_report

__all__ = ["Findings", "OutcomeFindings", "gathered", "trial_report"]
