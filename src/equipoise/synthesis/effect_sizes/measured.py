"""One measure of effect for every row of a table, with an account of where numbers came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError
from equipoise.synthesis.effect_sizes.checks import EffectSize, FloatArray
from equipoise.synthesis.effect_sizes.columns import find_columns, numbers, study_names
from equipoise.synthesis.effect_sizes.conversions import sd_from_se
from equipoise.synthesis.effect_sizes.measures import Measure, measure_named
from equipoise.synthesis.effect_sizes.zero_cells import ZeroCells
from equipoise.synthesis.effects import Effects, checked_effects

if TYPE_CHECKING:
    import pandas as pd

SE_TO_SD = "Standard deviations are standard errors of means times the square root of people."
REST = "Totals are those with and those without the event."


@dataclass(frozen=True, slots=True)
class RowAccount:
    """Where one effect came from.

    Parameters
    ----------
    study, measure
        Its name; the code of the measure.
    source
        What the paper gave: "means and SDs", "t", ...
    assumptions
        What had to hold for it.
    flipped
        Whether its sign was turned, since its scale runs the other way.
    """

    study: str
    measure: str
    source: str
    assumptions: tuple[str, ...] = ()
    flipped: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Effects of a table.

    Parameters
    ----------
    effects
        To be pooled.
    measure
        What they are.
    rows : shape (k,)
        Which rows of the table they are of, from 0: those without numbers are left out.
    account : length k
    warnings
        Names what was left out, and why.
    """

    effects: Effects
    measure: Measure
    rows: NDArray[np.int64]
    account: tuple[RowAccount, ...]
    warnings: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return columns study, yi, sei, vi, measure, source, flipped, assumptions."""
        import pandas as pd  # noqa: PLC0415

        return pd.DataFrame(
            {
                "study": self.effects.study,
                "yi": self.effects.y,
                "sei": self.effects.se,
                "vi": self.effects.v,
                "measure": [row.measure for row in self.account],
                "source": [row.source for row in self.account],
                "flipped": [row.flipped for row in self.account],
                "assumptions": [" ".join(row.assumptions) for row in self.account],
            }
        )


def measured(
    frame: pd.DataFrame,
    measure: str,
    names: Mapping[str, str] | None = None,
    *,
    study: str | None = None,
    zero: ZeroCells | None = None,
    variance: str | None = None,
) -> Measured:
    """Compute a measure for every row that has its numbers.

    Parameters
    ----------
    frame
        A row a comparison.
    measure
        A code of `MEASURES`.
    names
        Column of each number of `Measure.needs`; common names are found. In the place of sd1 and
        sd2 there may be se1 and se2; of total1 and total2, nonevents1 and nonevents2.
    study
        Column of names.
    zero, variance
        The rule for zero cells, and which variance, where the measure has several.

    Raises
    ------
    DataError
        When columns are missing, no row has all numbers, or a number cannot be.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"study": ["A", "B"], "events1": [4, 6], "total1": [123, 306],
    ...                       "events2": [11, 29], "total2": [139, 303]})
    >>> measured(table, "RR").effects.y.round(4)
    array([-0.8893, -1.5854])
    """
    how = measure_named(measure)
    columns, assumptions = _needed(frame, how, names or {})
    studies = study_names(frame, study)
    complete = np.asarray(np.isfinite(np.stack(list(columns.values()))).all(axis=0))
    warnings = [*_left_out(studies, ~complete, "lack numbers")]
    if not complete.any():
        raise DataError(f"No row has all numbers of {measure}: {', '.join(how.needs)}.")
    kept = np.flatnonzero(complete)
    named = [studies[k] for k in kept]
    values = {name: column[kept] for name, column in columns.items()}
    if "se1" in values or "se2" in values or "se" in values:
        values = _with_sds(values, named)
    options = _options(how, zero, variance)
    found = how.compute(*(values[name] for name in how.needs), **options, study=named)
    return gathered(found, how, kept, studies, _source(how), assumptions, warnings)


def gathered(
    found: EffectSize,
    measure: Measure,
    rows: NDArray[np.int64],
    studies: Sequence[str],
    source: str,
    assumptions: tuple[str, ...],
    warnings: Sequence[str] = (),
) -> Measured:
    """Leave out rows whose effect is NaN, and put the rest together."""
    there = np.isfinite(found.y) & np.isfinite(found.v)
    told = _left_out(
        [studies[k] for k in rows], ~there, "have no effect under the rule for zero cells"
    )
    if not there.any():
        raise DataError(f"No study has an effect. {' '.join(told)}")
    kept = rows[there]
    names = [studies[k] for k in kept]
    effects = checked_effects(found.y[there], found.v[there], names, scale=measure.title)
    account = tuple(RowAccount(name, measure.code, source, assumptions) for name in names)
    return Measured(effects, measure, kept, account, (*warnings, *told))


def _source(measure: Measure) -> str:
    """Say what the paper gave, by the numbers that the measure needs."""
    kinds = {
        "time": "counts in person-time",
        "time1": "counts in person-time",
        "events": "counts",
        "events1": "counts",
        "log_rank_variance": "O-E and V",
        "sd": "means and SDs",
        "sd1": "means and SDs",
        "sd2": "means and SDs",
    }
    return next((word for name, word in kinds.items() if name in measure.needs), "correlation")


def _needed(
    frame: pd.DataFrame, measure: Measure, names: Mapping[str, str]
) -> tuple[dict[str, FloatArray], tuple[str, ...]]:
    """Take the columns that a measure needs, or those that stand in their place."""
    stands = {n: n.replace("sd", "se") for n in measure.needs if n.startswith("sd")}
    stands |= {n: n.replace("total", "nonevents") for n in measure.needs if n.startswith("total")}
    asked = set(names) - {*measure.needs, *stands.values()}
    if asked:
        raise DataError(
            f"{measure.code} needs {', '.join(measure.needs)}; it has no use for "
            f"{', '.join(sorted(asked))}."
        )
    found = find_columns(frame.columns, measure.needs, names)
    others = find_columns(frame.columns, stands.values(), names)
    columns, assumptions, lost = {}, [], []
    for need in measure.needs:
        stand = stands.get(need)
        if stand in others and (need not in found or (stand in names and need not in names)):
            rest = numbers(frame, others[stand], stand)
            if stand.startswith("nonevents"):
                events = "events" + need.removeprefix("total")
                rest = rest + numbers(frame, found[events], events) if events in found else rest
                columns[need] = rest
                assumptions.append(REST)
            else:
                columns[stand] = rest
                assumptions.append(SE_TO_SD)
        elif need in found:
            columns[need] = numbers(frame, found[need], need)
        else:
            lost.append(need)
    if lost:
        raise DataError(
            f"{measure.code} ({measure.title}) needs {', '.join(measure.needs)}; no column was "
            f"found for {', '.join(lost)}. Name them. The columns are: "
            f"{', '.join(map(str, frame.columns))}."
        )
    return columns, tuple(dict.fromkeys(assumptions))


def _with_sds(values: dict[str, FloatArray], study: Sequence[str]) -> dict[str, FloatArray]:
    out = dict(values)
    for name in ("se1", "se2", "se"):
        if name in values:
            arm = name[2:]
            n = values.get(f"n{arm}", values.get("n"))
            if n is not None:
                out[f"sd{arm}"] = sd_from_se(values[name], n, study=study)
    return out


def _options(measure: Measure, zero: ZeroCells | None, variance: str | None) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if zero is not None:
        if not measure.zero_cells:
            raise DataError(f"{measure.code} has no zero cells to correct.")
        options["zero"] = zero
    if variance is not None:
        if variance not in measure.variances:
            known = ", ".join(measure.variances) or "one only"
            raise DataError(f"{measure.code} has no variance {variance!r}: {known}.")
        options["variance"] = variance
    return options


def _left_out(studies: Sequence[str], out: NDArray[np.bool_], why: str) -> tuple[str, ...]:
    """Name the rows that are not used."""
    names = [studies[int(k)] for k in np.flatnonzero(out)]
    if not names:
        return ()
    shown = "; ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    return (f"{len(names)} of {len(studies)} rows {why} and are left out: {shown}.",)
