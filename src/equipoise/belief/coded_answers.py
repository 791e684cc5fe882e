"""Arms and guesses as numbers: 1 active, 0 control, NaN where nobody answered."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.errors import DataError

FloatArray = NDArray[np.float64]


def coded(
    y: ArrayLike, arm: ArrayLike, guess: ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return score, arm and guess as floats of one shape, or say what is wrong with them.

    Parameters
    ----------
    y : shape (..., n)
        Scores, all finite.
    arm : shape (..., n)
        1 active, 0 control, never missing.
    guess : shape (..., n)
        1 guessed active, 0 guessed control, NaN missing.
    """
    score, received, believed = (np.asarray(v, dtype=np.float64) for v in (y, arm, guess))
    shapes = [values.shape for values in (score, received, believed)]
    if len({shape[-1:] for shape in shapes}) != 1 or not shapes[0]:
        raise DataError(f"`y`, `arm` and `guess` need one value a row each; got shapes {shapes}.")
    if not np.isfinite(score).all():
        raise DataError("`y` holds missing or infinite scores: drop those rows, and count them.")
    if not np.isin(received, (0, 1)).all():
        raise DataError("`arm` must be 1 (active) or 0 (control) in every row.")
    if not (np.isin(believed, (0, 1)) | np.isnan(believed)).all():
        raise DataError("`guess` must be 1 (guessed active), 0 (guessed control) or NaN (missing).")
    return score, received, believed


def clusters(cluster: ArrayLike | None, rows: int) -> NDArray[np.intp]:
    """Return each row's person as a number 0, 1, ...; by default every row is a person."""
    if cluster is None:
        return np.arange(rows)
    identifiers = np.asarray(cluster)
    if identifiers.shape != (rows,):
        raise DataError(f"`cluster` needs one identifier a row ({rows}); got {identifiers.shape}.")
    return np.unique(identifiers, return_inverse=True)[1]


def cluster_sums(values: FloatArray, cluster: NDArray[np.intp]) -> FloatArray:
    """Add up rows of shape (n, ...) within people: shape (people, ...)."""
    total = np.zeros((int(cluster.max()) + 1, *values.shape[1:]))
    np.add.at(total, cluster, values)
    return total


def missing_guess_warning(guess: FloatArray) -> tuple[str, ...]:
    """Say how many rows without a guess were left out, if any were."""
    missing = int(np.isnan(guess).sum())
    if not missing:
        return ()
    return (
        f"{missing} of {guess.size} rows have no guess and are left out here: "
        "see missing-guesses for what they could change.",
    )


def columns(x: ArrayLike | None, rows: int, name: str) -> FloatArray:
    """Return covariates as shape (rows, p); None is no column. NaN may stay in."""
    if x is None:
        return np.empty((rows, 0))
    matrix = np.asarray(x, dtype=np.float64)
    matrix = matrix[:, None] if matrix.ndim == 1 else matrix
    if matrix.ndim != 2 or len(matrix) != rows:
        raise DataError(f"`{name}` needs {rows} rows and a column a covariate; got {matrix.shape}.")
    if np.isinf(matrix).any():
        raise DataError(f"`{name}` holds infinite values: mark what is missing as NaN.")
    return matrix
