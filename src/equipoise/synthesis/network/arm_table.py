"""Find the arms in a table: a row an arm (long), or a row a study (wide: treatment1, n1, ...)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError
from equipoise.synthesis.network.arms import ArmRows
from equipoise.synthesis.study_cells import numbers as number_column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

NAMES = {
    "study": ("study", "studlab", "studyid", "study_id", "id", "trial", "author"),
    "treatment": ("treatment", "treat", "trt", "t", "arm", "drug", "agent", "intervention"),
    "events": ("events", "event", "resp", "responders", "response", "responder", "cases", "r", "e"),
    "n": ("n", "total", "size", "participants", "randomised"),
    "time": ("time", "person_years", "person_time", "exposure"),
    "mean": ("mean", "mean_change", "m", "y", "diff"),
    "sd": ("sd", "s"),
    "se": ("se",),
}
"""Names that columns have in files, by what they hold; the first found is taken, and said."""

NUMBERED = re.compile(r"^(.*?)[_.]?(?:arm)?[_.]?([1-9]\d?)$")


def arms_of_table(frame: pd.DataFrame, columns: Mapping[str, str | None] | None = None) -> ArmRows:
    """Read arms of a table, long or wide.

    Parameters
    ----------
    frame
        Long: a row an arm, with columns of study and treatment. Wide: a row a study, with columns
        treatment1, treatment2, ... and the numbers likewise (n1, resp1, ...).
    columns
        Which column (long) or stem (wide) holds study, treatment, events, n, time, mean, sd or se;
        what is not told is looked for under common names.

    Raises
    ------
    DataError
        When a column told is not there, or none is found for studies, treatments or outcomes.
    """
    told = {name: column for name, column in (columns or {}).items() if column}
    names = list(frame.columns)
    stems = _stems(names)
    wide = told.get("treatment") in stems or (
        "treatment" not in told and _find("treatment", names) is None
        and _find("treatment", stems) is not None
    )  # fmt: skip
    return _wide(frame, told, stems) if wide else _long(frame, told)


def _stems(columns: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return numbered columns by stem: resp -> {1: resp1, 2: resp2}."""
    found: dict[str, dict[str, str]] = {}
    for column in columns:
        match = NUMBERED.match(column)
        if match and match[1]:
            found.setdefault(match[1], {})[match[2]] = column
    return {stem: numbers for stem, numbers in found.items() if len(numbers) > 1}


def _find(what: str, columns: Sequence[str] | Mapping[str, object]) -> str | None:
    lower = {column.lower(): column for column in columns}
    return next((lower[name] for name in NAMES[what] if name in lower), None)


def _chosen(
    told: Mapping[str, str], columns: Sequence[str] | Mapping[str, object]
) -> dict[str, str]:
    """Return the column of each thing: as told, else found; means are looked for without counts."""
    for what, column in told.items():
        if what != "study" and column not in columns:
            shown = ", ".join(columns)
            raise DataError(f"No column {column!r} for {what}. There are: {shown}.")
    looked_for = {
        True: ("mean", "sd", "n"),
        False: ("events", "n") if "time" not in told else ("events", "time"),
    }["mean" in told or "sd" in told or "se" in told]
    chosen = dict(told)
    for what in looked_for:
        name = told.get(what) or _find(what, columns)
        chosen |= {what: name} if name else {}
    if "events" not in chosen and "mean" not in chosen:
        for what in ("mean", "sd", "se"):
            name = _find(what, columns)
            chosen |= {what: name} if name else {}
    if "events" in chosen and "n" not in chosen and "time" not in chosen:
        time = _find("time", columns)
        chosen |= {"time": time} if time else {}
    return chosen


def _check_outcome(chosen: Mapping[str, str], shown: str) -> None:
    counts = "events" in chosen and ("n" in chosen or "time" in chosen)
    means = "mean" in chosen and "n" in chosen and ("sd" in chosen or "se" in chosen)
    if not (counts or means):
        raise DataError(
            "No outcome of arms was found: counts need --events and --n (or --time), means --mean, "
            f"--sd (or --arm-se) and --n. There are: {shown}."
        )


def _long(frame: pd.DataFrame, told: dict[str, str]) -> ArmRows:
    chosen = _chosen(told, list(frame.columns))
    for what in ("study", "treatment"):
        column = told.get(what) or _find(what, list(frame.columns))
        if column is None or column not in frame.columns:
            raise DataError(
                f"No column of {what} was found: name it with --{what}. There are: "
                f"{', '.join(frame.columns)}."
            )
        chosen[what] = column
    _check_outcome(chosen, ", ".join(frame.columns))
    study = _texts(frame[chosen["study"]])
    treatment = _texts(frame[chosen["treatment"]])
    numbers = {
        what: number_column(frame, column)
        for what, column in chosen.items()
        if what not in ("study", "treatment")
    }
    keep = [k for k in range(len(frame)) if study[k] and treatment[k]]
    notes = []
    if len(keep) < len(frame):
        notes.append(f"{len(frame) - len(keep)} rows without a study or treatment are left out.")
    return ArmRows(
        tuple(study[k] for k in keep),
        tuple(treatment[k] for k in keep),
        _with_sd({what: values[keep] for what, values in numbers.items()}),
        _found("a row an arm", chosen),
        tuple(notes),
        chosen["study"],
    )


def _wide(frame: pd.DataFrame, told: dict[str, str], stems: dict[str, dict[str, str]]) -> ArmRows:
    chosen = {w: s for w, s in _chosen(told, stems).items() if w != "study"}
    chosen["treatment"] = told.get("treatment") or _find("treatment", stems) or ""
    _check_outcome(chosen, ", ".join(frame.columns))
    label, study = _studies(frame, told.get("study"))
    arms = stems[chosen["treatment"]]
    names = np.array([_texts(frame[column]) for column in arms.values()], dtype=object)
    kept = np.argwhere(names.T != "")  # by study, then by arm
    numbers = {}
    for what, stem in chosen.items():
        if what != "treatment":
            columns = [_numbered(frame, stems[stem].get(number)) for number in arms]
            numbers[what] = np.array(columns)[kept[:, 1], kept[:, 0]]
    found = {"study": label} if label else {}
    found |= {what: f"{stem}1, ..." for what, stem in chosen.items()}
    return ArmRows(
        tuple(study[k] for k in kept[:, 0]),
        tuple(names[arm, k] for k, arm in kept),
        _with_sd(numbers),
        _found("a row a study", found),
        (),
        label,
    )


def _studies(frame: pd.DataFrame, told: str | None) -> tuple[str | None, list[str]]:
    """Return the column of studies, and the study of every row; numbers where no column is one."""
    label = told or _study_of_rows(frame)
    if label is None:
        return None, [str(k + 1) for k in range(len(frame))]
    if label not in frame.columns:
        raise DataError(f"No column {label!r} for study. There are: {', '.join(frame.columns)}.")
    study = _texts(frame[label])
    if len(set(study)) < len(study):
        raise DataError(
            f"{label} names {len(study)} rows but only {len(set(study))} studies, in a table with "
            "a row a study. Name the column that tells studies apart with --study."
        )
    return label, study


def _numbered(frame: pd.DataFrame, column: str | None) -> np.ndarray:
    if column is None:  # the last arms of some numbers may have no column
        return np.full(len(frame), np.nan)
    return number_column(frame, column)


def _study_of_rows(frame: pd.DataFrame) -> str | None:
    """Return a column of study names, one that tells rows apart where there is one."""
    lower = {column.lower(): column for column in frame.columns}
    named = [lower[name] for name in NAMES["study"] if name in lower]
    apart = [column for column in named if frame[column].is_unique]
    return next(iter([*apart, *named]), None)


def _found(layout: str, chosen: Mapping[str, str]) -> str:
    return f"{layout}; " + "; ".join(f"{what}: {column}" for what, column in chosen.items())


def _texts(column: pd.Series) -> list[str]:
    """Write cells: numbers without .0, nothing for missing ones."""
    out = []
    for value in column.tolist():
        if value is None or value != value:  # noqa: PLR0124  (NaN)
            out.append("")
        elif isinstance(value, float) and value.is_integer():
            out.append(str(int(value)))
        else:
            out.append(str(value).strip())
    return out


def _with_sd(numbers: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Turn standard errors of arms into standard deviations."""
    if "se" not in numbers:
        return numbers
    out = {name: values for name, values in numbers.items() if name != "se"}
    if "sd" not in out and "n" in out:
        out["sd"] = numbers["se"] * np.sqrt(out["n"])
    return out
