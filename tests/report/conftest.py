"""A small trial's findings, made by hand: no records, no assessment, no file."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from equipoise.estimates import Estimate, Estimates, Refusal, Source
from equipoise.report.findings import Findings, OutcomeFindings

COMMON = {"level": 0.95, "method": "Welch 1947", "assumptions": ("Randomised.",)}
COUNTS = {
    ("drug", "drug"): 48,
    ("drug", "dummy"): 40,
    ("drug", "missing"): 4,
    ("dummy", "drug"): 39,
    ("dummy", "dummy"): 102,
}
MEANS = {("drug", "drug"): 20.0, ("drug", "dummy"): 13.0, ("dummy", "drug"): 18.0}


def row(name: str, estimate: float | None, low: float, high: float, **more: Any) -> Estimate:
    se = None if estimate is None else (high - low) / 3.92
    return Estimate(name, estimate=estimate, se=se, low=low, high=high, **{**COMMON, **more})


def effects(total: tuple[float, ...], equal: tuple[float, ...]) -> tuple[Estimate, ...]:
    return (
        row("total-effect", *total, unit="points", status="planned", p=0.0161),
        row("total-effect", *total, label="welch", unit="points"),
        row("belief-standardised-effect", *equal, label="plug-in", warnings=("Collider.",)),
    )


def blinding() -> tuple[Estimate, ...]:
    return (
        row("correct-guess-rate", 0.644, 0.58, 0.702),
        row("bang-index", 0.043, -0.161, 0.248, arm="drug"),
        row("bang-index", 0.447, 0.299, 0.594, arm="dummy"),
        row("james-index", 0.376, 0.313, 0.44),
        row("belief-difference-index", 0.245, 0.117, 0.365),
    )


def drawn() -> tuple[Estimate, ...]:
    """Return everything that has a figure of its own."""
    rates = [k / 12 for k in range(13)]
    curve = [row("correct-guess-rate-curve", 10 * c - 4, 10 * c - 7, 10 * c - 1, label=f"{c:.3f}") for c in rates]  # fmt: skip  # noqa: E501
    band = [replace(r, name="correct-guess-rate-curve-band", low=-9.0, high=9.0) for r in curve]
    grid = (0.0, 0.5, 1.0)
    surface = [row("blinding-surface", 5 * a - 4 * b, -1, 1, label=f"{a:.3f},{b:.3f}") for a in grid for b in grid]  # fmt: skip  # noqa: E501
    tipping = [row("tipping-curve", 1 + 2 * k / 4, k / 2 - 1, 4, label=f"{k / 4:.2f}") for k in range(5)]  # fmt: skip  # noqa: E501
    strata = [
        row("stratum-mean", mean, mean - 2, mean + 2, arm=arm, label=f"guess {guess}")
        for (arm, guess), mean in (*MEANS.items(), (("dummy", "dummy"), 11.0))
    ]
    return (
        *curve, *band, *surface, *tipping, *strata,
        row("within-guess-effect", 1.2, -2.1, 4.5, label="guess drug"),
        row("belief-part", 1.75, 0.74, 2.94),
        row("tipping-point", 0.4375, 0.2, 0.7),
        row("principal-strata-bounds", None, -4.35, 7.06, label="belief-invariant", level=None),
        row("belief-invariant-share", 0.75, 0.69, 0.81),
    )  # fmt: skip


def outcome(name: str, rows: tuple[Estimate, ...], **more: Any) -> OutcomeFindings:
    told = tuple(replace(r, outcome=r.outcome or name) for r in rows)
    refused = (Refusal("belief-share", "its denominator covers 0", outcome=name),)
    values: dict[str, Any] = {
        "name": name, "title": f"The {name} scale", "unit": "points", "higher": "better",
        "sd": 10.0, "people": 233, "observations": 233, "guesses": COUNTS,
        "estimates": Estimates(told, refused),
    }  # fmt: skip
    return OutcomeFindings(**{**values, **more})


def whole(
    total: tuple[float, ...] = (3.23, 0.61, 5.85),
    equal: tuple[float, ...] = (1.48, -1.16, 4.12),
    main: Mapping[str, Any] | None = None,
    **more: Any,
) -> Findings:
    first = outcome("Wellness", (*effects(total, equal), *blinding(), *drawn()), **(main or {}))
    sadness = outcome(
        "Sadness", effects((-1.2, -2.34, -0.06), (-1.18, -2.37, 0.02)), higher="worse"
    )
    control = row("negative-control", -0.1, -0.3, 0.1, outcome="Speed")
    speed = outcome(
        "Speed",
        (*effects((-0.01, -0.17, 0.15), (0.0, -0.16, 0.15)), control),
        negative_control=True,
    )
    values: dict[str, Any] = {
        "title": "A small trial", "design": "parallel", "active": "drug", "control": "dummy",
        "arms": ("drug", "dummy"), "prospective": True, "guess_timing": "after-outcomes",
        "dont_know": False, "outcomes": (first, sadness, speed), "main": "Wellness",
        "source": Source("by hand", "ab" * 32), "records_sha256": "cd" * 32,
        "protocol_sha256": "ef" * 32, "version": "0.0", "seed": 7, "draws": 2000,
        "interval": "default", "generated": "2026-11-23", "warnings": ("Two dates were mended.",),
    }  # fmt: skip
    return Findings(**{**values, **more})


@pytest.fixture
def make_findings() -> Callable[..., Findings]:
    """Make findings of a trial with three outcomes; any field may be given."""
    return whole
