"""Events of two arms in k studies, checked once; and what is done about empty cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError

FloatArray = NDArray[np.float64]
AddTo = Literal["none", "only0", "if0all", "all"]


@dataclass(frozen=True, slots=True, eq=False)
class TwoByTwo:
    """Tables of k studies: events `a` of `n1` in the first arm, `c` of `n2` in the second."""

    study: tuple[str, ...]
    a: FloatArray
    n1: FloatArray
    c: FloatArray
    n2: FloatArray

    def __len__(self) -> int:
        return len(self.a)

    @property
    def b(self) -> FloatArray:
        """People of the first arm without an event, shape (k,)."""
        return self.n1 - self.a

    @property
    def d(self) -> FloatArray:
        """People of the second arm without an event, shape (k,)."""
        return self.n2 - self.c

    @property
    def total(self) -> FloatArray:
        """People of both arms, shape (k,)."""
        return self.n1 + self.n2

    @property
    def uninformative(self) -> NDArray[np.bool_]:
        """Studies where nobody or everybody had an event, shape (k,)."""
        events = self.a + self.c
        return np.asarray((events == 0) | (events == self.total))

    def take(self, rows: ArrayLike) -> TwoByTwo:
        """Keep the rows of an index or mask."""
        kept = np.arange(len(self))[np.asarray(rows)]
        study = tuple(self.study[i] for i in kept)
        return TwoByTwo(study, self.a[kept], self.n1[kept], self.c[kept], self.n2[kept])

    def with_added(self, add: float, to: AddTo, *, spare00: bool = False) -> TwoByTwo:
        """Add a number to each of the four cells.

        Parameters
        ----------
        add
            The number, 1/2 by custom.
        to
            To tables with an empty cell (only0), to all if any table has one (if0all), to all, or
            to none.
        spare00
            Leave tables without any event, or with nothing else, as they are.
        """
        empty = (np.stack([self.a, self.b, self.c, self.d]) == 0).any(axis=0)
        chosen = _chosen(empty, to)
        if spare00:
            chosen = chosen & ~self.uninformative
        more = np.where(chosen, add, 0.0)
        n1, n2 = self.n1 + 2 * more, self.n2 + 2 * more
        return replace(self, a=self.a + more, n1=n1, c=self.c + more, n2=n2)


@dataclass(frozen=True, slots=True, eq=False)
class PersonTime:
    """Events `a` in the person-time `t1` of the first arm, `c` in `t2` of the second."""

    study: tuple[str, ...]
    a: FloatArray
    t1: FloatArray
    c: FloatArray
    t2: FloatArray

    def __len__(self) -> int:
        return len(self.a)

    def with_added(self, add: float, to: AddTo) -> PersonTime:
        """Add a number to the events of both arms; `to` as for tables."""
        more = np.where(_chosen((self.a == 0) | (self.c == 0), to), add, 0.0)
        return replace(self, a=self.a + more, c=self.c + more)

    def take(self, rows: ArrayLike) -> PersonTime:
        """Keep the rows of an index or mask."""
        kept = np.arange(len(self))[np.asarray(rows)]
        study = tuple(self.study[i] for i in kept)
        return PersonTime(study, self.a[kept], self.t1[kept], self.c[kept], self.t2[kept])


def _chosen(empty: NDArray[np.bool_], to: AddTo) -> NDArray[np.bool_]:
    k = len(empty)
    return {
        "none": np.zeros(k, bool),
        "only0": empty,
        "if0all": np.full(k, bool(empty.any())),
        "all": np.ones(k, bool),
    }[to]


def two_by_two(
    events1: ArrayLike,
    total1: ArrayLike,
    events2: ArrayLike,
    total2: ArrayLike,
    study: Sequence[object] | None = None,
) -> TwoByTwo:
    """Check events and people of two arms.

    Parameters
    ----------
    events1, total1, events2, total2 : shape (k,)
        Whole numbers; events between 0 and the total, totals above 0.
    study : length k
        Names; "study 1", ... if None.

    Raises
    ------
    DataError
        Names the study whose numbers cannot be.

    Examples
    --------
    >>> two_by_two([1, 0], [20, 30], [4, 0], [20, 30]).uninformative
    array([False,  True])
    >>> two_by_two([21], [20], [4], [20], ["Alpha 2020"])
    Traceback (most recent call last):
    ...
    equipoise.errors.DataError: Alpha 2020 has 21 events among 20 people in the first arm: ...
    """
    a, n1, c, n2, names = _columns(events1, total1, events2, total2, study)
    for arm, x, n in (("first", a, n1), ("second", c, n2)):
        for name, events, total in zip(names, x, n, strict=True):
            if total <= 0:
                raise DataError(f"{name} has {total:g} people in the {arm} arm: leave it out.")
            if events > total:
                raise DataError(
                    f"{name} has {events:g} events among {total:g} people in the {arm} arm: "
                    "look whether the columns are exchanged, or hold people without an event."
                )
    return TwoByTwo(names, a, n1, c, n2)


def person_time(
    events1: ArrayLike,
    time1: ArrayLike,
    events2: ArrayLike,
    time2: ArrayLike,
    study: Sequence[object] | None = None,
) -> PersonTime:
    """Check events and person-time of two arms; shapes and errors as in `two_by_two`."""
    a, t1, c, t2, names = _columns(events1, time1, events2, time2, study)
    for arm, t in (("first", t1), ("second", t2)):
        for name, time in zip(names, t, strict=True):
            if time <= 0:
                raise DataError(f"{name} has the person-time {time:g} in the {arm} arm.")
    return PersonTime(names, a, t1, c, t2)


def _columns(
    a: ArrayLike, n1: ArrayLike, c: ArrayLike, n2: ArrayLike, study: Sequence[object] | None
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, tuple[str, ...]]:
    columns = [np.asarray(x, dtype=np.float64) for x in (a, n1, c, n2)]
    shapes = {x.shape for x in columns}
    if len(shapes) != 1 or columns[0].ndim != 1 or not len(columns[0]):
        raise DataError(f"Events and totals are one a study, at least one. Got {sorted(shapes)}.")
    k = len(columns[0])
    names = tuple(f"study {i + 1}" for i in range(k))
    if study is not None:
        names = tuple(str(name).strip() for name in study)
    if len(names) != k:
        raise DataError(f"{k} studies came with {len(names)} names: give one each.")
    for name, row in zip(names, np.stack(columns, axis=1), strict=True):
        if not np.isfinite(row).all():
            raise DataError(f"{name} lacks a number of events or a total: {row.tolist()}.")
        if (row < 0).any() or row[0] % 1 or row[2] % 1:
            raise DataError(
                f"{name} has {row[0]:g} and {row[2]:g} events: they are whole numbers from 0 on."
            )
    return columns[0], columns[1], columns[2], columns[3], names
