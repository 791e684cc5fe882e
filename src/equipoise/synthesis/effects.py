"""Study effects with their sampling variances, checked once at the border.

Every method of this package takes the arrays `y` and `v` of an `Effects`, or the whole of it
where names of studies appear in messages and tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Effects of k studies.

    Parameters
    ----------
    study : length k
        The name of each row's study, as in the file.
    y, v : shape (k,)
        Effects, on the scale of analysis (log for ratios), and their sampling variances.
    scale
        What the numbers are, with the direction: "Hedges' g (below 0 favours psilocybin)".
    """

    study: tuple[str, ...]
    y: FloatArray
    v: FloatArray
    scale: str | None = None

    def __len__(self) -> int:
        return len(self.y)

    @property
    def se(self) -> FloatArray:
        """Standard errors, shape (k,)."""
        return np.sqrt(self.v)

    def take(self, rows: ArrayLike) -> Effects:
        """Keep the rows of an index or mask, shape (m,) or (k,)."""
        kept = np.arange(len(self))[np.asarray(rows)]
        study = tuple(self.study[i] for i in kept)
        return Effects(study, self.y[kept], self.v[kept], self.scale)


def checked_effects(
    y: ArrayLike,
    v: ArrayLike,
    study: Sequence[object] | None = None,
    *,
    scale: str | None = None,
) -> Effects:
    """Check effects and variances, and name their studies.

    Parameters
    ----------
    y, v : shape (k,)
        Effects and sampling variances (squared standard errors); k at least 1.
    study : length k
        Names; "study 1", "study 2", ... if None.

    Raises
    ------
    DataError
        When lengths differ, a number is missing or not finite, or a variance is not above 0;
        names the study.

    Examples
    --------
    >>> checked_effects([-0.4, -0.1], [0.04, 0.09], ["Alpha 2020", "Beta 2021"]).se
    array([0.2, 0.3])
    >>> checked_effects([-0.4], [-0.04], ["Alpha 2020"])
    Traceback (most recent call last):
    ...
    equipoise.errors.DataError: Alpha 2020 has the variance -0.04: variances are above 0. ...
    """
    y, v = np.asarray(y, dtype=np.float64), np.asarray(v, dtype=np.float64)
    if y.ndim != 1 or y.shape != v.shape or not len(y):
        raise DataError(
            f"Effects and variances are one a study, at least one. Got {y.shape} and {v.shape}."
        )
    names = tuple(f"study {i + 1}" for i in range(len(y)))
    if study is not None:
        names = tuple(str(name).strip() for name in study)
    if len(names) != len(y):
        raise DataError(f"{len(y)} effects came with {len(names)} study names: give one each.")
    for name, effect, variance in zip(names, y, v, strict=True):
        if not (np.isfinite(effect) and np.isfinite(variance)):
            raise DataError(
                f"{name} has the effect {effect:g} and the variance {variance:g}: both must be "
                "numbers. Leave the study out and say why, or compute them from what it reports."
            )
        if variance <= 0:
            raise DataError(
                f"{name} has the variance {variance:g}: variances are above 0. Look whether "
                "the column holds standard errors or limits, or lost a sign."
            )
    return Effects(names, y, v, scale)
