"""What stands behind the sentences of a review: studies in and out, search, certainty, limits."""

from equipoise.report.site.behind.amounts import without_amounts
from equipoise.report.site.behind.certainty_record import CertaintyRecord, certainty_records
from equipoise.report.site.behind.groups import Group, groups_of
from equipoise.report.site.behind.planned import Planned, planned_analyses
from equipoise.report.site.behind.searches import searched
from equipoise.report.site.behind.study_pages import StudyPage, study_pages
from equipoise.report.site.behind.study_table import Flow, StudyRow, flow_of, study_table

__all__ = [
    "CertaintyRecord",
    "Flow",
    "Group",
    "Planned",
    "StudyPage",
    "StudyRow",
    "certainty_records",
    "flow_of",
    "groups_of",
    "planned_analyses",
    "searched",
    "study_pages",
    "study_table",
    "without_amounts",
]
