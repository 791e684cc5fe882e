"""One study's contrasts between its doses and its referent dose, with their covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DoseStudy:
    """A study with m + 1 arms, the referent first.

    Parameters
    ----------
    name
        As in the file.
    dose : shape (m + 1,)
        Of each arm, the referent first: dose 0, or the lowest.
    y : shape (m,)
        Effect of each other arm against the referent, on the scale of analysis.
    covariance : shape (m, m)
        Of `y`; its members share the referent arm.
    people : shape (m + 1,)
        Of each arm, NaN where not known.
    drug : length m + 1
        Of each arm, "" where not told.
    """

    name: str
    dose: FloatArray
    y: FloatArray
    covariance: FloatArray
    people: FloatArray
    drug: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.y)


def dose_study(
    name: str,
    dose: ArrayLike,
    y: ArrayLike,
    covariance: ArrayLike,
    *,
    people: ArrayLike | None = None,
    drug: tuple[str, ...] | None = None,
) -> DoseStudy:
    """Check one study's contrasts; see `DoseStudy` for shapes.

    Raises
    ------
    DataError
        When shapes differ, a dose is negative, or the covariance is not positive definite.

    Examples
    --------
    >>> one = dose_study("Alpha 2020", [0, 20, 40], [-0.2, -0.3], [[0.04, 0.02], [0.02, 0.04]])
    >>> len(one), one.dose.tolist()
    (2, [0.0, 20.0, 40.0])
    """
    dose, y = np.asarray(dose, dtype=np.float64), np.asarray(y, dtype=np.float64)
    S = np.asarray(covariance, dtype=np.float64)
    m = len(y)
    if dose.shape != (m + 1,) or S.shape != (m, m) or m < 1:
        raise DataError(
            f"{name}: m contrasts need m + 1 doses, the referent first, and a covariance of m by "
            f"m. Got {y.shape}, {dose.shape} and {S.shape}."
        )
    if not (np.isfinite(dose).all() and (dose >= 0).all()):
        raise DataError(f"{name} has the doses {dose.tolist()}: doses are numbers from 0 up.")
    if not (np.isfinite(y).all() and np.isfinite(S).all()):
        raise DataError(f"{name} has a contrast or a variance that is not a number.")
    if not np.allclose(S, S.T, rtol=1e-9) or np.linalg.eigvalsh(S)[0] <= 0:
        raise DataError(
            f"{name}: the covariance of its contrasts is not positive definite "
            f"({np.round(S, 6).tolist()}). Look at its standard errors, which share the referent "
            "arm, and at the counts; for mean differences, --shared-variance pooled always is."
        )
    n = np.full(m + 1, np.nan) if people is None else np.asarray(people, dtype=np.float64)
    return DoseStudy(name, dose, y, (S + S.T) / 2, n, drug or ("",) * (m + 1))
