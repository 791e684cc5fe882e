"""Estimates: rows of numbers that carry their estimand, method, assumptions and warnings."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from equipoise import __version__
from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

Status = Literal["planned", "exploratory"]


@dataclass(frozen=True, slots=True)
class Source:
    """What estimates were computed from: a name a person knows and the hash of its content."""

    name: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with everything needed to read it. A field that does not apply is None.

    Parameters
    ----------
    name
        Stable slug of the quantity, e.g. ``total-effect``; documents and programs use it.
    label
        Which variant of it, e.g. ``plug-in`` or the correct-guess rate ``0.500``.
    outcome, visit, arm
        What it speaks of.
    estimate, se, low, high
        In `unit`. The interval is the method's own, not derived from `se`.
    level
        Coverage of the interval, e.g. 0.95; None where `low` and `high` are bounds.
    df
        Degrees of freedom, None for normal or resampled intervals.
    p
        Two-sided p value of no effect.
    unit
        Units and direction: "QIDS points (below 0 favours microdose)".
    estimand
        The quantity in words.
    method
        One line with its source.
    status
        "planned" when the locked protocol names this analysis, else "exploratory".
    """

    name: str
    label: str | None = None
    outcome: str | None = None
    visit: str | None = None
    arm: str | None = None
    estimate: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    df: float | None = None
    p: float | None = None
    unit: str | None = None
    estimand: str | None = None
    method: str | None = None
    status: Status = "exploratory"
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("estimate", "se", "low", "high", "level", "df", "p"):
            value = getattr(self, name)
            if value is not None:  # NumPy scalars become floats; NaN is not an answer
                number = float(value)
                object.__setattr__(self, name, None if math.isnan(number) else number)

    @property
    def title(self) -> str:
        """Name and label in one phrase, for axes and tables."""
        parts = [self.name.replace("-", " "), self.label, self.arm]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A number that was asked for and not given, with the reason."""

    name: str
    reason: str
    label: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Rows of estimates and refusals from one source.

    Examples
    --------
    >>> rows = (Estimate("total-effect", outcome="QIDS", estimate=-1.2, se=0.58),)
    >>> both = Estimates(rows) + Estimates(refused=(Refusal("belief-share", "covers 0"),))
    >>> both["total-effect"].estimate
    -1.2
    >>> len(both), both.refused[0].reason
    (1, 'covers 0')
    """

    rows: tuple[Estimate, ...] = ()
    refused: tuple[Refusal, ...] = ()
    source: Source | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.rows)

    def __add__(self, other: Estimates) -> Estimates:
        return Estimates(
            self.rows + other.rows, self.refused + other.refused, self.source or other.source
        )

    def __getitem__(self, name: str) -> Estimate:
        """Return the first row of that name."""
        for row in self.rows:
            if row.name == name:
                return row
        known = ", ".join(dict.fromkeys(row.name for row in self.rows)) or "none"
        raise DataError(f"No estimate is named {name!r}. These are: {known}.")

    def select(self, **wanted: str | None) -> Estimates:
        """Keep the rows whose fields equal those given, e.g. ``select(name="bang-index")``."""
        unknown = set(wanted) - {field.name for field in fields(Estimate)}
        if unknown:
            raise DataError(f"Estimates have no field {sorted(unknown)}.")
        rows = (r for r in self.rows if all(getattr(r, k) == v for k, v in wanted.items()))
        about = ("name", "label", "outcome")
        refused = (
            r
            for r in self.refused
            if all(getattr(r, k) == v for k, v in wanted.items() if k in about)
        )
        return Estimates(tuple(rows), tuple(refused), self.source)

    def with_fields(self, **values: Any) -> Estimates:
        """Set the same fields on every row; on refusals too where they have them."""
        common = {k: v for k, v in values.items() if k in ("name", "label", "outcome")}
        return Estimates(
            tuple(replace(row, **values) for row in self.rows),
            tuple(replace(row, **common) for row in self.refused),
            self.source,
        )

    def with_source(self, source: Source) -> Estimates:
        """Say what the rows were computed from."""
        return replace(self, source=source)

    def column(self, field: str) -> NDArray[np.float64]:
        """Return a numeric field of all rows, shape (k,), NaN where it does not apply."""
        values = [getattr(row, field) for row in self.rows]
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Every warning once, in order of appearance."""
        return _once(warning for row in self.rows for warning in row.warnings)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Every assumption once, in order of appearance."""
        return _once(assumption for row in self.rows for assumption in row.assumptions)

    def to_frame(self) -> pd.DataFrame:
        """Return one row an estimate, one column a field."""
        import pandas as pd  # noqa: PLC0415  (heavy, and JSON needs none of it)

        columns = [field.name for field in fields(Estimate)]
        return pd.DataFrame([asdict(row) for row in self.rows], columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """Return the object that every verb prints with ``--json``."""
        source = self.source or Source("unnamed")
        refused = [
            {"name": r.name, "label": r.label, "outcome": r.outcome, "reason": r.reason}
            for r in self.refused
        ]
        return {
            "equipoise": __version__,
            "source": asdict(source),
            "estimates": [_plain(asdict(row)) for row in self.rows],
            "refused": refused,
        }

    def to_json(self) -> str:
        """Return `to_dict` as JSON text, strict: no NaN, no infinity."""
        import json  # noqa: PLC0415

        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, indent=1)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw every row as a point with its interval."""
        from equipoise import plots  # noqa: PLC0415  (matplotlib is heavy)

        frame = self.to_frame()
        frame["label"] = [row.title for row in self.rows]
        units = _once(row.unit for row in self.rows if row.unit)
        return plots.intervals(frame, scale="; ".join(units), ax=ax)

    def _repr_html_(self) -> str:
        shown = ["name", "label", "outcome", "arm", "estimate", "se", "low", "high", "p", "status"]
        table: str = self.to_frame()[shown].to_html(
            index=False, float_format="{:.3g}".format, na_rep=""
        )
        return table


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Make tuples lists and infinite numbers None: JSON knows neither."""
    out: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, tuple):
            out[key] = list(value)
        elif isinstance(value, float) and not math.isfinite(value):
            out[key] = None
        else:
            out[key] = value
    return out
