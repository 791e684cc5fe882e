"""A network out of arms: counts, times or means of every arm of every study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError
from equipoise.synthesis.network.measures import MEASURES, arm_effects
from equipoise.synthesis.network.network import Network, make_network
from equipoise.synthesis.network.study_blocks import StudyBlock, named

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ArmRows:
    """One row an arm, m of them.

    Parameters
    ----------
    study, treatment : length m
    numbers : arrays of shape (m,)
        By name: events, n, time, mean, sd, as far as known.
    found
        What was read from where, in words.
    study_column
        Of the table, None where rows are studies without names.
    """

    study: tuple[str, ...]
    treatment: tuple[str, ...]
    numbers: dict[str, FloatArray]
    found: str = ""
    notes: tuple[str, ...] = ()
    study_column: str | None = None


def network_of_arms(
    arms: ArmRows,
    measure: str | None = None,
    *,
    correction: float = 0.5,
    pool_same: bool = False,
    connected: bool = True,
) -> Network:
    """Build a network of arms.

    Parameters
    ----------
    measure
        A key of `MEASURES`; by default OR for counts, IRR for counts in time, MD for means.
    correction
        Added to all counts of a study that has a zero cell.
    pool_same
        Pool arms of one study with the same treatment (doses, say) instead of an error.

    Raises
    ------
    DataError
        Impossible numbers, or a study with two arms of one treatment: names the study.
    """
    measure = measure or default_measure(arms.numbers)
    kind = MEASURES.get(measure)
    if kind is None:
        raise DataError(f"No measure is called {measure!r}. These are: {', '.join(MEASURES)}.")
    lacking = [name for name in kind.needs if name not in arms.numbers]
    if lacking:
        raise DataError(
            f"{measure} needs {', '.join(kind.needs)}; {', '.join(lacking)} is missing."
        )
    used, notes = _complete(arms, kind.needs)
    blocks, silent = [], []
    for study, rows in used.items():
        block = _block(arms, study, rows, measure, correction, pool_same=pool_same)
        if block is None:
            silent.append(study)
        else:
            blocks.append(block)
    if silent:
        notes.append(f"{_listed(silent)} left out: {kind.without_information}.")
    told = (*arms.notes, *notes)
    return make_network(blocks, scale=kind.unit, ratio=kind.ratio, notes=told, connected=connected)


def default_measure(numbers: dict[str, FloatArray]) -> str:
    """Return the measure for what is known of the arms."""
    if "mean" in numbers:
        return "MD"
    return "OR" if "n" in numbers else "IRR"


def _complete(arms: ArmRows, needs: Sequence[str]) -> tuple[dict[str, list[int]], list[str]]:
    """Group arms with all their numbers by study; studies of fewer than two are left out."""
    table = np.stack([arms.numbers[name] for name in needs])
    known = [bool(np.isfinite(arm).all()) for arm in table.T]
    rows: dict[str, list[int]] = {}
    for k, study in enumerate(arms.study):
        rows.setdefault(study, [])
        if known[k]:
            rows[study].append(k)
    single = [study for study, found in rows.items() if len(found) < 2]
    used = {study: found for study, found in rows.items() if len(found) >= 2}
    notes = []
    if single:
        notes.append(f"{_listed(single)} left out: fewer than two arms with numbers.")
    partly = [s for s in used if len(used[s]) < sum(name == s for name in arms.study)]
    if partly:
        notes.append(f"{_listed(partly)}: an arm without numbers is left out.")
    return used, notes


def _listed(studies: Sequence[str]) -> str:
    noun = "Study" if len(studies) == 1 else f"{len(studies)} studies"
    return f"{noun} ({', '.join(studies)})"


def _block(
    arms: ArmRows, study: str, rows: list[int], measure: str, correction: float, *, pool_same: bool
) -> StudyBlock | None:
    names = [arms.treatment[k] for k in rows]
    numbers = {name: values[rows] for name, values in arms.numbers.items()}
    if len(set(names)) < len(names):
        if not pool_same:
            twice = next(name for name in names if names.count(name) > 1)
            raise DataError(
                f"{named(study)} has {names.count(twice)} arms of {twice}. Pool them "
                "(--pool-same), or name them apart."
            )
        names, numbers = _pooled(names, numbers)
        if len(names) < 2:
            return None
    try:
        found = arm_effects(measure, dict(numbers), correction=correction)
    except DataError as error:
        raise DataError(f"{named(study)} {error}") from error
    if found is None:
        return None
    people = numbers.get("n", np.full(len(names), np.nan))
    return StudyBlock(study, tuple(names), found.effects, found.covariance, people)


def _pooled(
    names: list[str], numbers: dict[str, FloatArray]
) -> tuple[list[str], dict[str, FloatArray]]:
    """Pool arms of one treatment: add counts, and mix means and standard deviations."""
    kept = list(dict.fromkeys(names))
    groups = [np.flatnonzero(np.array(names) == name) for name in kept]
    out = {
        name: np.array([values[g].sum() for g in groups])
        for name, values in numbers.items()
        if name not in ("mean", "sd")
    }
    if "mean" in numbers:
        means, sds = [], []
        for g in groups:
            n, m, sd = numbers["n"][g], numbers["mean"][g], numbers["sd"][g]
            mean = n @ m / n.sum()
            within = (n - 1) @ sd**2 + n @ (m - mean) ** 2
            means.append(mean)
            sds.append(np.sqrt(within / (n.sum() - 1)))
        out |= {"mean": np.array(means), "sd": np.array(sds)}
    return kept, out
