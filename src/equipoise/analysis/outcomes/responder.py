"""Remission and response made from scores: threshold and missing scores are choices, said aloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

Missing = Literal["failure", "exclude"]


@dataclass(frozen=True, slots=True, eq=False)
class Responders:
    """1 responded, 0 did not, NaN left out; with the sentence that counts the missing."""

    response: NDArray[np.float64]
    warnings: tuple[str, ...]


def remission(
    score: ArrayLike,
    threshold: float,
    *,
    higher: Literal["better", "worse"] = "worse",
    missing: Missing = "failure",
) -> Responders:
    """Call remission a score at or beyond a threshold.

    Parameters
    ----------
    score : shape (n,)
        NaN is missing.
    threshold
        In the units of the score; a score equal to it is in remission.
    higher
        ``worse``: remission is a score at or below the threshold.
    missing
        ``failure``: a missing score is no remission. ``exclude``: it is left out (NaN).

    Examples
    --------
    >>> remission([3, 8, float("nan")], 7).response.tolist()
    [1.0, 0.0, 0.0]
    """
    values = _scores(score, "score")
    reached = values <= threshold if higher == "worse" else values >= threshold
    return _with_missing(reached, np.isnan(values), missing, "score")


def percent_response(
    score: ArrayLike,
    baseline: ArrayLike,
    *,
    percent: float = 50.0,
    higher: Literal["better", "worse"] = "worse",
    floor: float = 0.0,
    missing: Missing = "failure",
) -> Responders:
    """Call response an improvement of at least that many per cent of the baseline score.

    Parameters
    ----------
    score, baseline : shape (n,)
        After and before treatment; NaN is missing.
    percent
        50 for the usual response of depression scales.
    higher
        ``worse``: improvement is a fall of the score.
    floor
        The score of no symptoms: per cent of the distance from it, where a scale starts at 1.
    missing
        ``failure``: a missing score is no response. ``exclude``: it is left out (NaN).

    Raises
    ------
    DataError
        When a baseline is at the floor or below: no share of it is defined.

    Examples
    --------
    >>> percent_response([10, 11], [20, 20]).response.tolist()
    [1.0, 0.0]
    """
    if not 0 < percent <= 100 and higher == "worse":
        raise DataError(f"A fall in per cent lies between 0 and 100. Got {percent:g}.")
    after, before = _scores(score, "score"), _scores(baseline, "baseline")
    if after.shape != before.shape:
        raise DataError(f"{len(after)} scores for {len(before)} baselines: one each a person.")
    distance = before - floor
    if (at := int((distance <= 0).sum())) > 0:
        raise DataError(
            f"{at} baseline score(s) are at the floor {floor:g} or below, so a percentage of them "
            "means nothing. Use a threshold on the score, or set `floor`."
        )
    moved = before - after if higher == "worse" else after - before
    # tolerance: 0.3 x 10 is above 3 in binary, and a response at exactly 30 % is one
    reached = moved >= percent / 100 * distance - 1e-9 * np.abs(distance)
    return _with_missing(reached, np.isnan(after) | np.isnan(before), missing, "score or baseline")


def _scores(values: ArrayLike, which: str) -> NDArray[np.float64]:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"Every {which} must be a number or missing: {error}.") from error
    if array.ndim != 1 or np.isinf(array).any():
        raise DataError(f"`{which}` needs one finite number (or NaN) a person.")
    return array


def _with_missing(
    reached: NDArray[np.bool_], lost: NDArray[np.bool_], missing: Missing, what: str
) -> Responders:
    if missing not in ("failure", "exclude"):
        raise DataError(f"`missing` is 'failure' or 'exclude'. Got {missing!r}.")
    fill = 0.0 if missing == "failure" else np.nan
    response = np.where(lost, fill, reached.astype(np.float64))
    count = int(lost.sum())
    if not count:
        return Responders(response, ())
    how = "count as non-responders" if missing == "failure" else "were left out"
    return Responders(response, (f"{count} of {len(lost)} people without a {what} {how}",))
