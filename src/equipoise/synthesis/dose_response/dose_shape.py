"""Shapes of a dose-response curve that are linear in their coefficients."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

ShapeName = Literal["linear", "quadratic", "spline", "emax"]
KNOT_QUANTILES = {
    3: (0.10, 0.50, 0.90),
    4: (0.05, 0.35, 0.65, 0.95),
    5: (0.05, 0.275, 0.5, 0.725, 0.95),
}
"""Harrell (2015), Regression Modeling Strategies, 2nd ed., table 2.3."""


@dataclass(frozen=True, slots=True)
class DoseShape:
    """A shape: `terms` name its coefficients, `knots` are those of a spline."""

    name: ShapeName
    terms: tuple[str, ...]
    knots: tuple[float, ...] = ()

    def basis(self, dose: ArrayLike) -> FloatArray:
        """Return the columns of the shape at doses of shape (n,): shape (n, terms)."""
        d = np.asarray(dose, dtype=np.float64)
        if self.name == "linear":
            return d[:, None]
        if self.name == "quadratic":
            return np.column_stack([d, d**2])
        if self.name == "spline":
            return restricted_cubic_spline(d, self.knots)
        raise DataError("An Emax curve has no columns: its ED50 is not a coefficient.")


def dose_shape(name: ShapeName, knots: tuple[float, ...] | None = None) -> DoseShape:
    """Name a shape; a spline needs its knots, three at least and rising."""
    if name == "spline":
        t = tuple(float(k) for k in knots or ())
        if len(t) < 3 or any(b <= a for a, b in pairwise(t)):
            raise DataError(
                f"A restricted cubic spline needs three or more rising knots. Got {list(t)}. "
                "Give them: --knots 10,20,50."
            )
        more = tuple(f"dose, spline {k}" for k in range(1, len(t) - 1))
        return DoseShape("spline", ("dose", *more), t)
    if knots:
        raise DataError(f"Knots belong to a spline, not to the shape {name}.")
    terms = {"linear": ("dose",), "quadratic": ("dose", "dose squared"), "emax": ("emax", "ed50")}
    if name not in terms:
        raise DataError(f"No shape is named {name!r}: linear, quadratic, spline or emax.")
    return DoseShape(name, terms[name])


def restricted_cubic_spline(dose: ArrayLike, knots: ArrayLike) -> FloatArray:
    """Return the dose and its restricted cubic spline terms, shape (n, knots - 1).

    The terms are divided by the squared distance of the outer knots, so that all columns are in
    units of dose. Straight beyond the outer knots.

    References
    ----------
    Stone & Koo (1985), Proc Stat Comp Sect ASA 45-48. Harrell (2015), Regression Modeling
    Strategies, 2nd ed., section 2.4.5.

    Examples
    --------
    >>> print(restricted_cubic_spline([0.0, 20.0, 60.0], [10, 20, 50]).round(4).tolist())
    [[0.0, 0.0], [20.0, 0.625], [60.0, 25.0]]
    """
    d, t = np.asarray(dose, dtype=np.float64), np.asarray(knots, dtype=np.float64)
    last, before = t[-1], t[-2]

    def cubed(knot: float) -> FloatArray:
        return np.asarray(np.clip(d - knot, 0, None) ** 3)

    columns = [d]
    for knot in t[:-2]:
        term = (
            cubed(knot)
            - cubed(before) * (last - knot) / (last - before)
            + cubed(last) * (before - knot) / (last - before)
        )
        columns.append(term / (last - t[0]) ** 2)
    return np.column_stack(columns)


def knots_at_quantiles(doses: ArrayLike, number: int = 3) -> tuple[float, ...]:
    """Return knots at Harrell's quantiles of all arms' doses, the referents among them."""
    if number not in KNOT_QUANTILES:
        raise DataError(f"Knots at quantiles are 3, 4 or 5; got {number}. Or give their doses.")
    found = np.quantile(np.asarray(doses, dtype=np.float64), KNOT_QUANTILES[number])
    if len(set(found.tolist())) < number:
        raise DataError(
            f"Quantiles of the doses fall together ({found.tolist()}), as many arms have one dose. "
            "Give the knots as doses: --knots 10,20,50."
        )
    return tuple(float(k) for k in found)
