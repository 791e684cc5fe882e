"""Effects by design class: how the trial was blinded, or against what it compared.

Pooled side by side, and contrasted in one regression. The label says what a protocol promised;
whether it kept the promise only guesses can tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.blinding.rows import ECOLOGICAL, HARTUNG_KNAPP, counted, fit_row
from equipoise.synthesis.pairwise import RandomEffectsFit, random_effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.synthesis.effects import Effects

    FloatArray = NDArray[np.float64]


def classes_of(design: Sequence[str], reference: str | None = None) -> tuple[str, ...]:
    """Return the classes, the reference first (the most frequent if None), then by name."""
    count = Counter(design)
    first = reference if reference is not None else max(sorted(count), key=lambda c: count[c])
    if first not in count:
        raise DataError(f"The reference class {first!r} is not in the table: {sorted(count)}.")
    return (first, *sorted(c for c in count if c != first))


def indicators(design: Sequence[str], classes: Sequence[str]) -> FloatArray:
    """Return a column of 0 and 1 for each class, shape (k, classes)."""
    return np.array([[float(one == c) for c in classes] for one in design])


def contrasts_fit(
    effects: Effects, design: Sequence[str], reference: str | None = None
) -> RandomEffectsFit:
    """Regress effects on design class: the first coefficient is the reference class."""
    classes = classes_of(design, reference)
    x = indicators(design, classes)
    x[:, 0] = 1.0
    return random_effects(effects, x, names=classes)


def explained(effects: Effects, tau2: float) -> float:
    """Return the share of tau2 that a model explains, 0 where it explains none.

    Raudenbush (2009), in The Handbook of Research Synthesis and Meta-Analysis, 2nd ed., ch. 16.
    """
    whole = random_effects(effects).tau2
    return max(1 - tau2 / whole, 0.0) if whole > 0 else float("nan")


def class_estimates(
    effects: Effects,
    design: Sequence[str],
    *,
    reference: str | None = None,
    level: float = 0.95,
    what: str = "design class",
) -> Estimates:
    """Pool each class, contrast the classes, and say how much of tau2 their labels explain.

    Parameters
    ----------
    effects
    design : length k
        Class of each trial: inert placebo, active placebo, low dose, waiting list, open, ...
    reference
        The class that others are compared with; the most frequent if None.
    what
        What the classes are called in text.
    """
    classes = classes_of(design, reference)
    found = sum((_pooled(effects, design, c, level) for c in classes), start=Estimates())
    if len(classes) == 1:
        return found + Estimates(
            refused=(Refusal("design-class-contrast", f"All trials are {classes[0]!r}."),)
        )
    if len(effects) <= len(classes):
        reason = f"{counted(len(effects))} cannot carry {len(classes)} classes."
        return found + Estimates(refused=(Refusal("design-class-contrast", reason),))
    fit = contrasts_fit(effects, design, reference)
    share = explained(effects, fit.tau2)
    little = (
        (f"The {what} explains {share:.0%} of the variance between trials: so coarse a label can "
         "hide good and bad blinding alike. Record what people guessed.",)
        if share < 0.25 else ()
    )  # fmt: skip
    rows = [
        fit_row(
            "design-class-contrast", fit, level, term=i, label=f"{c} less {classes[0]}",
            unit=effects.scale, estimand=f"Mean effect of {c} trials less that of {classes[0]}",
            method=f"Meta-regression. {HARTUNG_KNAPP}", assumptions=(ECOLOGICAL,), warnings=little,
        )
        for i, c in enumerate(classes)
        if i
    ]  # fmt: skip
    rows.append(
        Estimate(
            "heterogeneity-explained",
            what,
            estimate=share,
            unit="share of tau2",
            method="1 - tau2 with the classes / tau2 without, not below 0 (Raudenbush 2009)",
        )
    )
    return found + Estimates(tuple(rows))


def _pooled(effects: Effects, design: Sequence[str], of: str, level: float) -> Estimates:
    rows = np.array([one == of for one in design])
    k = int(rows.sum())
    if k < 2:
        name = effects.study[int(rows.argmax())]
        reason = f"Only {name} is of this class: read that trial's own result."
        return Estimates(refused=(Refusal("pooled-effect", reason, label=of),))
    row = fit_row(
        "pooled-effect", random_effects(effects.take(rows)), level, label=of, unit=effects.scale,
        estimand=f"Mean effect in {counted(k)} of class {of}",
    )  # fmt: skip
    return Estimates((row,))
