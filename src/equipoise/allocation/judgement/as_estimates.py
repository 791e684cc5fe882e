"""Judgements as estimates, the currency that every verb prints as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.estimates import Estimate, Estimates, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from equipoise.allocation.judgement.judge import Judgement

EXACT = "exact recursion over the procedure's states"
SIMULATED = "simulated allocations"


def as_estimates(judged: list[Judgement]) -> Estimates:
    """Return one row a number, labelled with the procedure."""
    rows = tuple(row for judgement in judged for row in _rows(judgement))
    return Estimates(rows, source=Source("allocation procedures"))


def _rows(judgement: Judgement) -> Iterator[Estimate]:
    found, label = judgement.properties, judgement.spec.describe()
    how = EXACT if found.how == "exact" else SIMULATED
    method = f"{how}; {judgement.spec.source}"
    share, people = "share of people", "people"

    def row(name: str, value: float | None, unit: str, se: float = 0.0) -> Estimate:
        return Estimate(
            name=f"allocation-{name}", label=label, estimate=value, se=se or None, unit=unit,
            method=method, warnings=judgement.warnings if name == "guess-rate" else (),
        )  # fmt: skip

    yield row("guess-rate", found.guess, share, found.guess_se)
    if found.best_guess is not None and found.certain is not None:
        yield row("best-guess-rate", found.best_guess, share)
        yield row("foreseen", found.certain, share)
    yield row("imbalance", found.imbalance, people, found.imbalance_se)
    yield row("largest-imbalance", found.worst, people)
    yield row("loss", found.loss, people)
    if judgement.test is None:
        return
    test = judgement.test
    by = f"two-sided t test at {test.alpha:g}, exact given each of {test.allocations:,} allocations"
    drift = f"drift of {test.drift:g} SD from first to last"
    favoured = f"people better by {test.favour:g} SD picked for the guessed arm"
    for name, variants in (("type-i-error", test.error_drift), ("power", test.power_drift)):
        for kind, value in variants.items():
            yield Estimate(
                name=f"allocation-{name}", label=f"{label}: {kind} {drift}", estimate=value,
                unit="probability", method=by,
            )  # fmt: skip
    yield Estimate(
        name="allocation-type-i-error", label=f"{label}: {favoured}",
        estimate=test.error_favour, unit="probability", method=by,
    )  # fmt: skip
    yield Estimate(
        name="allocation-power", label=f"{label}: no drift, effect {test.effect:g} SD",
        estimate=test.power, unit="probability", method=by,
    )  # fmt: skip
