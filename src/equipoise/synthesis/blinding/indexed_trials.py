"""Trials that say what their people guessed: effect, blinding index, design class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.blinding.design_classes import classes_of, indicators
from equipoise.synthesis.blinding.extrapolation import Reach, reach
from equipoise.synthesis.effects import checked_effects
from equipoise.synthesis.pairwise import RandomEffectsFit, random_effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.synthesis.blinding.indices import TrialIndex
    from equipoise.synthesis.effects import Effects

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class IndexedTrials:
    """Trials that report their blinding.

    Parameters
    ----------
    effects
    index, index_variance, covariance : shape (k,)
        Blinding index, its sampling variance, and its sampling covariance with the effect.
    design : length k
        Design class of each; all one class where none was given.
    classes
        The reference first.
    """

    effects: Effects
    index: FloatArray
    index_variance: FloatArray
    covariance: FloatArray
    design: tuple[str, ...]
    classes: tuple[str, ...]

    @property
    def X(self) -> FloatArray:  # noqa: N802
        """A column a class, shape (k, classes)."""
        return indicators(self.design, self.classes)

    def naive(self) -> RandomEffectsFit:
        """Regress the effects on the observed index: a coefficient a class, then the slope."""
        x = np.column_stack([self.X, self.index])
        return random_effects(self.effects, x, names=(*self.classes, "index"))

    def reach(self, of: int, weights: FloatArray) -> Reach:
        """Say how far index 0 is from the trials of a class."""
        X = self.X
        return reach(self.index, X, weights, np.eye(X.shape[1])[of], X[:, of] == 1)


def indexed(
    effects: Effects,
    index: TrialIndex,
    design: Sequence[str] | None = None,
    *,
    reference: str | None = None,
    correlation: float = 0.0,
) -> IndexedTrials:
    """Keep the trials with a blinding index.

    Parameters
    ----------
    correlation
        Of the sampling errors of effect and index, since the same people give both. Above 0
        where those who benefit guess right for that reason and benefit is positive.
    """
    if not -1 < correlation < 1:
        raise DataError(f"A correlation lies between -1 and 1. Got {correlation:g}.")
    if len(index.index) != len(effects):
        raise DataError(f"{len(effects)} effects came with {len(index.index)} blinding indices.")
    kept = index.known
    if not kept.any():
        raise NotIdentifiedError(
            "No trial reports what people guessed: without it nothing here can tell blind "
            "trials from unblinded ones. Ask authors for guesses by arm."
        )
    m, w = index.index[kept], index.variance[kept]
    if (np.abs(m) > 1).any() or (w < 0).any():
        bad = int(((np.abs(m) > 1) | (w < 0)).argmax())
        raise DataError(
            f"{effects.take(kept).study[bad]} has the blinding index {m[bad]:g}: an index lies in "
            "[-1, 1], and its variance is not below 0."
        )
    few = effects.take(kept)
    classes = ("all",) if design is None else None
    labels = ("all",) * len(few) if design is None else tuple(np.asarray(design)[kept].tolist())
    return IndexedTrials(
        few,
        m,
        w,
        correlation * np.sqrt(few.v * w),
        labels,
        classes or classes_of(labels, reference),
    )


def require_spread(trials: IndexedTrials, level: float) -> None:
    """Refuse the structural slope, a ratio, where the spread of indices may be 0."""
    known = trials.index_variance > 0
    if not known.all():
        return
    seen = checked_effects(trials.index, trials.index_variance, trials.effects.study)
    q = float(random_effects(seen, trials.X, method="EE", test="z").at_zero.ypy)
    df = len(trials.index) - len(trials.classes)
    p = float(chdtrc(df, q))
    if p > 1 - level:
        raise NotIdentifiedError(
            f"The trials' blinding indices differ no more than their sampling error may make them "
            f"(Q = {q:.1f}, {df} df, p = {p:.2f}): the slope is a ratio over a spread "
            "that may be 0."
        )
