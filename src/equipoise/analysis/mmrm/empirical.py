"""Sandwich covariance of the fixed effects: right in large samples whatever the covariance is.

Rows of a person are made independent under the fitted Sigma (divided by its Cholesky factor); what
is left is least squares with people as clusters, for which `analysis.sandwich` has CR0, CR2 and
CR3 and Bell and McCaffrey's degrees of freedom.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.linear_model import least_squares
from equipoise.analysis.sandwich import ClusterRobust, CrKind, cluster_robust

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.problem import Problem


def sandwich(
    problem: Problem, sigma: NDArray[np.float64], columns: Sequence[str], kind: CrKind
) -> ClusterRobust:
    """Estimate the covariance with people as clusters.

    Parameters
    ----------
    sigma : shape (K or 1, m, m)
        Covariance of the visits, by slot.
    """
    scores, designs, people = [], [], []
    for k in range(len(problem.moments.group)):
        who = np.flatnonzero(problem.slot == k)
        seen = problem.moments.mask[0, k] > 0
        own = sigma[k if len(sigma) > 1 else 0][np.ix_(seen, seen)]
        inverse = np.linalg.inv(np.linalg.cholesky(own))
        scores.append((problem.scores[who][:, seen] @ inverse.T).ravel())
        designs.append((inverse @ problem.grid[who][:, seen]).reshape(-1, len(columns)))
        people.append(np.repeat(who, int(seen.sum())))
    fit = least_squares(np.concatenate(scores), np.concatenate(designs), columns)
    return cluster_robust(fit, np.concatenate(people), kind)
