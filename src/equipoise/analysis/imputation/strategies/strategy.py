"""What a strategy is: the joint distribution of all visits of a person whose event came at visit t.

Mean and covariance follow Carpenter, Roger & Kenward (2013), J Biopharm Stat 23:1352-1371,
section 4.3: mu and Sigma are those of the person's own arm, mu_ref and Sigma_ref what the model
predicts for the same person in the reference arm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


class MeanWeights(NamedTuple):
    """The mean is own @ mu + reference @ mu_ref; both (m, m)."""

    own: NDArray[np.float64]
    reference: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Strategy:
    """One assumption about scores after an intercurrent event.

    Parameters
    ----------
    slug, name
        As in tables: JR, jump to reference.
    assumption
        What it assumes, in words a clinician can judge.
    mean
        From m visits and the first affected visit t (0 ... m - 1) to `MeanWeights`.
    covariance
        From Sigma, Sigma_ref, each (..., m, m), and t to the covariance of all visits.
    needs_earlier_visit
        Whether it says nothing of a person whose event came before the first visit.
    keeps_later_scores
        Whether scores seen after the event tell of the same distribution, and so enter the model.
    """

    slug: str
    name: str
    assumption: str
    mean: Callable[[int, int], MeanWeights]
    covariance: Callable[
        [NDArray[np.float64], NDArray[np.float64], int],
        NDArray[np.float64],
    ]
    needs_earlier_visit: bool = False
    keeps_later_scores: bool = False


def before(m: int, t: int) -> NDArray[np.float64]:
    """Return the diagonal matrix that keeps the visits before t."""
    return np.diag((np.arange(m) < t).astype(np.float64))


def own_covariance(
    own: NDArray[np.float64],
    reference: NDArray[np.float64],  # noqa: ARG001  (every strategy is called alike)
    t: int,  # noqa: ARG001
) -> NDArray[np.float64]:
    """Keep the covariance of the person's own arm."""
    return own


def joined_covariance(
    own: NDArray[np.float64], reference: NDArray[np.float64], t: int
) -> NDArray[np.float64]:
    """Join Sigma before t with the reference's regression of later on earlier visits.

    Examples
    --------
    >>> own, reference = np.array([[1.0, 0.5], [0.5, 2.0]]), np.array([[2.0, 0.3], [0.3, 4.0]])
    >>> joined_covariance(own, reference, 1).round(4).tolist()
    [[1.0, 0.15], [0.15, 3.9775]]
    """
    if t == 0 or own is reference:
        return reference
    first, cross = reference[..., :t, :t], reference[..., t:, :t]
    slope = np.linalg.solve(first, cross.swapaxes(-1, -2)).swapaxes(-1, -2)
    joined = own.copy()
    across = slope @ own[..., :t, :t]
    joined[..., t:, :t] = across
    joined[..., :t, t:] = across.swapaxes(-1, -2)
    change = slope @ (own[..., :t, :t] - first) @ slope.swapaxes(-1, -2)
    joined[..., t:, t:] = reference[..., t:, t:] + change
    return joined
