"""Dose-response: what a curve over doses shows, and where the data cannot carry one."""

from equipoise.synthesis.dose_response.curve_frame import arm_points, curve_frame, region_frame
from equipoise.synthesis.dose_response.dose_curve import DoseCurve, dose_curve
from equipoise.synthesis.dose_response.dose_gaps import dose_gaps, why_no_prediction
from equipoise.synthesis.dose_response.dose_regions import (
    DoseRegion,
    dose_region,
    dose_region_shares,
)
from equipoise.synthesis.dose_response.dose_response import (
    DoseResponse,
    dose_response,
)
from equipoise.synthesis.dose_response.dose_shape import dose_shape
from equipoise.synthesis.dose_response.dose_study import DoseStudy, dose_study
from equipoise.synthesis.dose_response.dose_table import (
    DoseStudies,
    studies_from_contrasts,
    studies_from_counts,
    studies_from_means,
)
from equipoise.synthesis.dose_response.dose_text import doses_from_text
from equipoise.synthesis.dose_response.drug_equivalence import common_scale, drug_slopes
from equipoise.synthesis.dose_response.emax_curve import EmaxCurve, emax_curve
from equipoise.synthesis.dose_response.greenland_longnecker import greenland_longnecker
from equipoise.synthesis.dose_response.hamling import hamling
from equipoise.synthesis.dose_response.options import DoseResponseOptions
from equipoise.synthesis.dose_response.reported_contrasts import ReportedOptions

__all__ = [
    "DoseCurve",
    "DoseRegion",
    "DoseResponse",
    "DoseResponseOptions",
    "DoseStudies",
    "DoseStudy",
    "EmaxCurve",
    "ReportedOptions",
    "arm_points",
    "common_scale",
    "curve_frame",
    "dose_curve",
    "dose_gaps",
    "dose_region",
    "dose_region_shares",
    "dose_response",
    "dose_shape",
    "dose_study",
    "doses_from_text",
    "drug_slopes",
    "emax_curve",
    "greenland_longnecker",
    "hamling",
    "region_frame",
    "studies_from_contrasts",
    "studies_from_counts",
    "studies_from_means",
    "why_no_prediction",
]
