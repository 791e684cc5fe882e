"""An axis for intervals: where a value stands in percent of the width, and round marks on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10

from equipoise.errors import DataError
from equipoise.report.numbers import number

MARGIN = 3.0
MARKS = 6
ROUND = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale from `first` to `last`; of ratios it is logarithmic, so that 1/2 mirrors 2."""

    first: float
    last: float
    ratio: bool
    marks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Return where a value stands, in percent of the width with a margin on both sides."""
        first, last, here = (self._flat(one) for one in (self.first, self.last, value))
        return round(MARGIN + (100 - 2 * MARGIN) * (here - first) / (last - first), 2)

    def _flat(self, value: float) -> float:
        return log10(value) if self.ratio else value

    @property
    def none(self) -> float:
        """The value of no difference."""
        return 1.0 if self.ratio else 0.0

    def written(self, value: float) -> str:
        """Write a mark with no more decimals than it needs."""
        places = next((k for k in range(5) if abs(round(value, k) - value) < 1e-9), 5)
        return number(value, places)


def axis_of(values: Iterable[float], *, ratio: bool = False) -> Axis:
    """Return an axis that holds all values and that of no difference.

    Raises
    ------
    DataError
        When a ratio is not above 0.
    """
    none = 1.0 if ratio else 0.0
    every = [*values, none]
    if ratio and min(every) <= 0:
        raise DataError(f"Ratios are above 0; got {min(every):g}.")
    first, last = min(every), max(every)
    if first == last:
        first, last = (0.5, 2.0) if ratio else (-1.0, 1.0)
    return Axis(first, last, ratio, _ratios(first, last) if ratio else _steps(first, last))


def _steps(first: float, last: float) -> tuple[float, ...]:
    size = 10.0 ** floor(log10(last - first)) / 10
    wide = (size * 10**k * one for k in range(3) for one in ROUND)
    step = next(one for one in wide if (last - first) / one < MARKS)
    return tuple(round(k * step, 10) for k in range(ceil(first / step), floor(last / step) + 1))


def _ratios(first: float, last: float) -> tuple[float, ...]:
    """Return round ratios, with 1 among them: fewer where there would be too many."""
    powers = range(floor(log10(first)), ceil(log10(last)) + 1)
    for choice in (ROUND, (1, 3), (1,)):
        found = [one * 10.0**k for k in powers for one in choice]
        inside = tuple(round(one, 10) for one in found if first <= one <= last)
        if len(inside) <= MARKS:
            return inside
    return (1.0,)
