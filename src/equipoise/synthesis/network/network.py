"""A network of treatments: independent contrasts of all studies, and who compared what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis.network.study_blocks import StudyBlock, named, reconciled, rotated

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
WIDEST_SPREAD = 1e12
"""Of variances: beyond it weighted sums keep too few digits for tau2."""


class DirectEvidence(NamedTuple):
    """Every comparison that a study makes, m of them: theta[first] - theta[second]."""

    study: IntArray
    first: IntArray
    second: IntArray
    y: FloatArray
    v: FloatArray


class LooseStudy(NamedTuple):
    """A study whose effects add up but for rounding: number, rows of `z`, contrasts, effects."""

    study: int
    rows: IntArray
    axes: FloatArray
    given: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Studies of T treatments as N independent contrasts.

    Parameters
    ----------
    treatments : length T
        As in the file, in the order of the alphabet.
    blocks : length k
        The studies.
    z, d : shape (N,)
        Contrasts (`study_blocks.rotated`) and their within-study variances; heterogeneity adds
        tau2 / 2 to each.
    X : shape (N, T)
        What each is of the treatments: E z = X theta.
    row_study : shape (N,)
        Which study each contrast belongs to.
    direct
        Every comparison that a study makes.
    loose
        Studies whose differences do not quite add up, with their rows and contrasts.
    scale
        Units and direction of the effects.
    notes
        What was left out or changed on the way from the file, in words.
    """

    treatments: tuple[str, ...]
    blocks: tuple[StudyBlock, ...]
    z: FloatArray
    d: FloatArray
    X: FloatArray
    row_study: IntArray
    direct: DirectEvidence
    loose: tuple[LooseStudy, ...] = ()
    scale: str | None = None
    ratio: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def designs(self) -> tuple[tuple[str, ...], ...]:
        """The set of treatments that each study compares, sorted, length k."""
        return tuple(tuple(sorted(set(block.treatments))) for block in self.blocks)

    @property
    def compared(self) -> IntArray:
        """Pairs of treatments that some study compares, sorted, shape (m, 2)."""
        pairs = np.stack([self.direct.first, self.direct.second], axis=1)
        return np.unique(np.sort(pairs, axis=1), axis=0)

    def contrasts_at(self, tau2: float) -> tuple[FloatArray, FloatArray]:
        """Return z (N,) at a heterogeneity, and the part of Q inside each study (k,).

        Both change with tau2 only where a study's effects do not quite add up.
        """
        z, lack = self.z, np.zeros(len(self.blocks))
        if self.loose:
            z = z.copy()
        for one in self.loose:
            variances = self.d[one.rows] + tau2 / 2
            z[one.rows], lack[one.study] = reconciled(one.given, one.axes, variances)
        return z, lack

    def index(self, treatment: str) -> int:
        """Find a treatment by its name, whatever its capitals where that is unique."""
        return self.treatments.index(find_treatment(self.treatments, treatment))


def find_treatment(treatments: Sequence[str], asked: str) -> str:
    """Return the treatment meant by `asked`: as written, else whatever its capitals."""
    if asked in treatments:
        return asked
    alike = [name for name in treatments if name.casefold() == asked.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    raise DataError(
        f"No treatment is called {asked!r}. The treatments are: {', '.join(treatments)}."
    )


def make_network(
    blocks: Sequence[StudyBlock],
    *,
    scale: str | None = None,
    ratio: str | None = None,
    notes: Sequence[str] = (),
    connected: bool = True,
) -> Network:
    """Build a network out of its studies.

    Parameters
    ----------
    connected
        Whether a network in several parts is an error; components may join them.

    Raises
    ------
    NotIdentifiedError
        When the network falls into parts: names the treatments of each.
    """
    if not blocks:
        raise DataError("No study compares two treatments: there is no network.")
    names = {name for block in blocks for name in block.treatments}
    treatments = tuple(sorted(names, key=lambda name: (name.casefold(), name)))
    place = {name: i for i, name in enumerate(treatments)}
    if connected:
        check_connected([block.treatments for block in blocks])
    z, d, X, study = _rows(blocks, place)
    _check_spread(d, [blocks[s].name for s in study.tolist()])
    direct = _direct(blocks, place)
    loose = _loose(blocks, study)
    network = Network(
        treatments, tuple(blocks), z, d, X, study, direct, loose, scale, ratio, tuple(notes)
    )
    return replace(network, z=network.contrasts_at(0.0)[0]) if loose else network


def _check_spread(d: FloatArray, study: Sequence[str]) -> None:
    """Refuse variances that no computer adds up: their sums would lose the smaller ones."""
    if not np.isfinite(d).all() or not d.min() * WIDEST_SPREAD >= d.max():
        small, large = (study[int(at(d))] for at in (np.argmin, np.argmax))
        low, high = np.sqrt(2 * np.array([d.min(), d.max()]))  # of a difference of two arms
        raise DataError(
            f"Standard errors from {low:.2g} ({named(small)}) to {high:.2g} ({named(large)}) "
            "cannot be weighed together. Look whether they are on one scale, and none is a slip."
        )


def _loose(blocks: Sequence[StudyBlock], study: IntArray) -> tuple[LooseStudy, ...]:
    found = []
    for s, block in enumerate(blocks):
        if block.given is not None:
            axes = rotated(block.effects[None], block.covariance[None])[2][0]
            found.append(LooseStudy(s, np.flatnonzero(study == s), axes, block.given))
    return tuple(found)


def _rows(
    blocks: Sequence[StudyBlock], place: dict[str, int]
) -> tuple[FloatArray, FloatArray, FloatArray, IntArray]:
    """Rotate studies of equally many arms together."""
    parts = []
    sizes = np.array([len(block.treatments) for block in blocks])
    for arms in np.unique(sizes).tolist():
        chosen = np.flatnonzero(sizes == arms)
        alike = [blocks[i] for i in chosen.tolist()]
        effects = np.stack([block.effects for block in alike])
        z, d, axes = rotated(effects, np.stack([block.covariance for block in alike]))
        where = np.array([[place[name] for name in block.treatments] for block in alike])
        X = np.zeros((*z.shape, len(place)))
        for arm in range(arms):  # two arms of one treatment add up
            X[np.arange(len(chosen)), :, where[:, arm]] += axes[:, :, arm]
        parts.append((z.ravel(), d.ravel(), X.reshape(-1, len(place)), chosen.repeat(arms - 1)))
    z, d, X, study = (np.concatenate([part[c] for part in parts]) for c in range(4))
    order = np.argsort(study, kind="stable")
    return z[order], d[order], X[order], study[order]


def _direct(blocks: Sequence[StudyBlock], place: dict[str, int]) -> DirectEvidence:
    study, first, second, y, v = [], [], [], [], []
    for s, block in enumerate(blocks):
        i, j = np.triu_indices(len(block.treatments), 1)
        where = np.array([place[name] for name in block.treatments])
        apart = where[i] != where[j]
        i, j = i[apart], j[apart]
        study.append(np.full(len(i), s))
        first.append(where[i])
        second.append(where[j])
        y.append(block.differences[i, j])
        v.append(block.variances[i, j])
    return DirectEvidence(*(np.concatenate(part) for part in (study, first, second, y, v)))


def parts_of(designs: Iterable[Sequence[str]]) -> list[list[str]]:
    """Return the connected parts of a network, each a sorted list of treatments, largest first."""
    part: dict[str, set[str]] = {}
    for design in designs:
        joined = set(design).union(*(part.get(name, ()) for name in design))
        for name in joined:
            part[name] = joined
    unique = {id(names): sorted(names) for names in part.values()}
    return sorted(unique.values(), key=lambda names: (-len(names), names))


def check_connected(designs: Iterable[Sequence[str]]) -> None:
    """Refuse a network in several parts.

    Raises
    ------
    NotIdentifiedError
        Names the treatments of each part.

    Examples
    --------
    >>> check_connected([("A", "B"), ("C", "D"), ("B", "E")])
    Traceback (most recent call last):
    ...
    equipoise.errors.NotIdentifiedError: The network is in 2 parts with no study between them: ...
    """
    parts = parts_of(designs)
    if len(parts) > 1:
        told = "; ".join(f"({k}) {', '.join(names)}" for k, names in enumerate(parts, 1))
        raise NotIdentifiedError(
            f"The network is in {len(parts)} parts with no study between them: {told}. Analyse "
            "each part alone, find a study that joins them, look whether one treatment is written "
            "in two ways, or give components that they share (--components)."
        )
