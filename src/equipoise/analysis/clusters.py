"""Which rows belong to one participant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


class Clusters(NamedTuple):
    """The order that brings each cluster's rows together, where each starts, and its size.

    Examples
    --------
    >>> order, starts, sizes = clusters_of(["b", "a", "b"])
    >>> order.tolist(), starts.tolist(), sizes.tolist()
    ([1, 0, 2], [0, 1], [1, 2])
    """

    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]


def clusters_of(labels: ArrayLike) -> Clusters:
    """Sort rows by their label, shape (n,), keeping their order within a cluster."""
    _, codes, sizes = np.unique(np.asarray(labels), return_inverse=True, return_counts=True)
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    return Clusters(np.argsort(codes, kind="stable"), starts, sizes)
