"""Multi-arm studies given as comparisons: do they add up, and if not, what mends them?

Effects of a study's comparisons must add up round every loop. Their variances must be those of
differences between arms: V_ij = v_i + v_j with an arm variance v above 0.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from equipoise.errors import DataError
from equipoise.synthesis.network.network import parts_of
from equipoise.synthesis.network.study_blocks import StudyBlock, centred_covariance, named

FloatArray = NDArray[np.float64]
TOLERANCE = 1e-3
"""How far effects may be from adding up: rounding in a file, as netmeta allows."""
SMALLEST_ARM = 1e-5
"""Of the largest variance: an arm's in a correction, so that its digits printed are enough."""


class Comparison(NamedTuple):
    """One comparison of a study: `effect` of `first` less `second`."""

    first: str
    second: str
    effect: float
    se: float


def block_of(
    name: str,
    given: Sequence[Comparison],
    *,
    tolerance: float = TOLERANCE,
    mend: bool = False,
    people: dict[str, float] | None = None,
) -> tuple[StudyBlock, tuple[str, ...]]:
    """Make one block of a study's comparisons; complete what is missing where it is determined.

    Parameters
    ----------
    mend
        Take the nearest effects that add up (least squares), and say so, instead of an error.

    Returns
    -------
    StudyBlock, notes

    Raises
    ------
    DataError
        Names the study, the treatments, what is wrong and the smallest correction.
    """
    called = named(name)
    _check_each(called, given)
    arms = tuple(sorted({arm for c in given for arm in (c.first, c.second)}))
    place = {arm: k for k, arm in enumerate(arms)}
    B = np.zeros((len(given), len(arms)))
    for row, c in enumerate(given):
        B[row, place[c.first]], B[row, place[c.second]] = 1, -1
    _check_joined(called, given, arms)
    y = np.array([c.effect for c in given])
    effects = np.linalg.pinv(B) @ y
    fitted = B @ effects
    notes = []
    if np.abs(y - fitted).max() > tolerance:
        told = _effects_told(name, given, B, y, fitted)
        if not mend:
            raise DataError(f"{told} Correct the file, or add --mend to take the nearest effects.")
        notes.append(f"{told} The nearest were taken (--mend).")
    V = _variances(called, given, B, arms)
    headcount = np.array([(people or {}).get(arm, np.nan) for arm in arms])
    S = centred_covariance(V)
    kept = None if mend else _as_given(effects, B, y)
    return StudyBlock(name, arms, effects, S, headcount, kept), tuple(notes)


def _as_given(effects: FloatArray, B: FloatArray, y: FloatArray) -> FloatArray | None:
    """Return all differences, those given as they are; None where they add up."""
    if np.abs(y - B @ effects).max() <= 1e-12 * max(1.0, np.abs(y).max()):
        return None
    first, second = B.argmax(axis=1), B.argmin(axis=1)
    whole = effects[:, None] - effects
    whole[first, second], whole[second, first] = y, -y
    return whole


def _check_each(name: str, given: Sequence[Comparison]) -> None:
    seen = set()
    for c in given:
        pair = f"{c.first} vs {c.second}"
        if c.first == c.second:
            raise DataError(f"{name} compares {c.first} with itself: treat1 and treat2 differ.")
        if not c.se > 0 or not 0 < c.se * c.se < math.inf:
            raise DataError(
                f"{name}, {pair} has the standard error {c.se:g}: it must be above 0, and of a "
                "size that can be squared. Look whether the column holds something else, or lost "
                "a sign."
            )
        if frozenset((c.first, c.second)) in seen:
            raise DataError(
                f"{name} compares {c.first} and {c.second} twice. If these are two studies, give "
                "them two names; if two outcomes or visits, choose one."
            )
        seen.add(frozenset((c.first, c.second)))


def _check_joined(name: str, given: Sequence[Comparison], arms: Sequence[str]) -> None:
    parts = parts_of([(c.first, c.second) for c in given])
    if len(parts) > 1:
        told = "; ".join(", ".join(part) for part in parts)
        raise DataError(
            f"{name} has {len(arms)} arms, but no comparison between {told}. Add one, or give the "
            "two parts names of their own if they are two studies."
        )


def _pair(c: Comparison) -> str:
    return f"{c.first} vs {c.second}"


def _effects_told(
    name: str, given: Sequence[Comparison], B: FloatArray, y: FloatArray, fitted: FloatArray
) -> str:
    """Say which effects do not add up, the nearest that do, and which single number would do."""
    nearest = ", ".join(
        f"{_pair(c)} {_written(was)} to {_written(now)}"
        for c, was, now in zip(given, y, fitted, strict=True)
    )
    single = [
        f"{_pair(given[k])} alone to {_written(value)}{_flipped(y[k], value)}"
        for k, value in _single_repairs(B, y)
    ]
    one = f" Or changing {' or '.join(single)} would mend it." if single else ""
    return (
        f"The effects of the multi-arm study {name} do not add up ({_loop_told(given, y)}). "
        f"The nearest that do (least squares): {nearest}.{one}"
    )


def _written(value: float) -> str:
    """Write an effect to a tenth of `TOLERANCE` or finer: what is printed must add up too."""
    return f"{round(value, 4) + 0.0:.12g}"


def _flipped(was: float, now: float) -> str:
    close = abs(now + was) <= 0.05 * abs(was)
    return " (its sign turned: are the treatments swapped?)" if close and was else ""


def _single_repairs(B: FloatArray, y: FloatArray) -> list[tuple[int, float]]:
    """Return each comparison whose effect the others determine, once they add up themselves."""
    found = []
    for k in range(len(y)):
        others = np.delete(np.arange(len(y)), k)
        theta = np.linalg.pinv(B[others]) @ y[others]
        determined = np.linalg.matrix_rank(B[others]) == np.linalg.matrix_rank(B)
        if determined and np.abs(B[others] @ theta - y[others]).max() <= TOLERANCE:
            found.append((k, float(B[k] @ theta)))
    return found


def _loop_told(given: Sequence[Comparison], y: FloatArray) -> str:
    """Write the loop of three comparisons that is furthest from closing."""
    effect = {(c.first, c.second): v for c, v in zip(given, y, strict=True)}
    effect |= {(b, a): -v for (a, b), v in effect.items()}
    arms = sorted({arm for pair in effect for arm in pair})
    loops = [
        (a, b, c)
        for i, a in enumerate(arms)
        for j, b in enumerate(arms[i + 1 :], i + 1)
        for c in arms[j + 1 :]
        if {(a, b), (b, c), (a, c)} <= effect.keys()
    ]
    if not loops:
        return "round a loop of four or more"

    def gap(loop: tuple[str, str, str]) -> float:
        ends = (loop[0], loop[2])
        return float(sum(effect[step] for step in pairwise(loop)) - effect[ends])

    a, b, c = max(loops, key=lambda loop: abs(gap(loop)))
    through = effect[a, b] + effect[b, c]
    return (
        f"{a} vs {b} {_written(effect[a, b])} and {b} vs {c} {_written(effect[b, c])} make "
        f"{a} vs {c} {_written(through)}, the file has {_written(effect[a, c])}"
    )


def _variances(
    name: str, given: Sequence[Comparison], B: FloatArray, arms: tuple[str, ...]
) -> FloatArray:
    """Return the variances of all differences, shape (a, a), the missing ones from the arms'."""
    a = len(arms)
    known = np.array([c.se**2 for c in given])
    V = np.zeros((a, a))
    ends = np.abs(B)
    first, second = B.argmax(axis=1), B.argmin(axis=1)
    V[first, second] = V[second, first] = known
    if a == 2:
        return V
    if np.linalg.matrix_rank(ends) < a:
        raise DataError(_undetermined(name, given, arms))
    own = np.linalg.pinv(ends) @ known
    if len(given) < a * (a - 1) // 2:
        rest = V == 0
        V[rest] = (own[:, None] + own)[rest]
        np.fill_diagonal(V, 0.0)
    if not (own > 0).all() or not _definite(V):
        raise DataError(_variances_told(name, given, arms, own, ends))
    return V


def _definite(V: FloatArray) -> bool:
    sizes = np.linalg.eigvalsh(centred_covariance(V))
    return bool(sizes[1] > 1e-12 * sizes[-1])  # the first is 0: the constant


def _undetermined(name: str, given: Sequence[Comparison], arms: tuple[str, ...]) -> str:
    has = {frozenset((c.first, c.second)) for c in given}
    missing = [
        f"{a} vs {b}"
        for i, a in enumerate(arms)
        for b in arms[i + 1 :]
        if frozenset((a, b)) not in has
    ]
    return (
        f"{name} has {len(arms)} arms ({', '.join(arms)}), which makes "
        f"{len(arms) * (len(arms) - 1) // 2} comparisons; the file has {len(given)}. The standard "
        f"errors given do not determine those of {', '.join(missing)}: add them."
    )


def _variances_told(
    name: str, given: Sequence[Comparison], arms: tuple[str, ...], own: FloatArray, ends: FloatArray
) -> str:
    """Say which arm's variance is not above 0, and what standard errors would be possible."""
    bad = [f"{arm} {v:.4g}" for arm, v in zip(arms, own, strict=True) if v <= 0]
    wrong = f"arm variance of {', '.join(bad)}" if bad else "covariance that is none"
    known = np.array([c.se**2 for c in given])
    floor = max(1e-3 * known.min(), SMALLEST_ARM * known.max())
    nearest = ends @ _bounded(ends, known, floor)
    told = ", ".join(
        f"{_pair(c)} {c.se:.6g} to {math.sqrt(v):.6g}"
        for c, v in zip(given, nearest, strict=True)
        if abs(math.sqrt(v) - c.se) > 5e-7 * c.se
    )
    one = ""
    if len(arms) == 3:
        ranges = [_possible(c, [o for o in given if o is not c]) for c in given]
        one = f" One standard error alone would mend it: {' or '.join(ranges)}."
    return (
        f"The standard errors of the multi-arm study {name} fit no three or more arms: they make "
        f"the {wrong} (the variance of a difference is the sum of its arms'). The nearest "
        f"that do (least squares on variances): {told}.{one}"
    )


def _bounded(ends: FloatArray, known: FloatArray, floor: float) -> FloatArray:
    from scipy.optimize import nnls  # noqa: PLC0415  (heavy)

    return floor + np.asarray(nnls(ends, known - 2 * floor)[0])


def _possible(c: Comparison, others: Sequence[Comparison]) -> str:
    one, two = (o.se**2 for o in others)
    low, high = math.sqrt(abs(one - two)), math.sqrt(one + two)
    return f"{_pair(c)} (now {c.se:.6g}) between {low:.6g} and {high:.6g}"
