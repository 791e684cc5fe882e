"""Weights fixed in advance: what the effect would be under named degrees of selection.

Table 1 of Vevea & Woods (2005), Psychol Methods 10:428-443; by its authors' word examples, not
canon. p values are one-sided.
"""

from __future__ import annotations

CUTS = (0.005, 0.01, 0.05, 0.10, 0.25, 0.35, 0.50, 0.65, 0.75, 0.90, 0.95, 0.99, 0.995, 1.0)
WEIGHTS = {
    "moderate one-tailed": (
        1, 0.99, 0.95, 0.80, 0.75, 0.65, 0.60, 0.55, 0.50, 0.50, 0.50, 0.50, 0.50, 0.50,
    ),
    "severe one-tailed": (
        1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.40, 0.35, 0.30, 0.25, 0.10, 0.10, 0.10, 0.10,
    ),
    "moderate two-tailed": (
        1, 0.99, 0.95, 0.90, 0.80, 0.75, 0.60, 0.60, 0.75, 0.80, 0.90, 0.95, 0.99, 1.00,
    ),
    "severe two-tailed": (
        1, 0.99, 0.90, 0.75, 0.60, 0.50, 0.25, 0.25, 0.50, 0.60, 0.75, 0.90, 0.99, 1.00,
    ),
}  # fmt: skip
