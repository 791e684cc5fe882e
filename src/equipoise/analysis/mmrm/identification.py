"""Plain refusals: what the data cannot tell, and a maximum at the edge of what can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from equipoise.analysis.mmrm.covariance_model import CovarianceModel
    from equipoise.analysis.mmrm.newton import Optimum
    from equipoise.analysis.mmrm.problem import Problem

SINGULAR = 1e-6
"""Smallest eigenvalue of the visits' correlation matrix that still counts as a covariance."""


def refuse_unidentified(
    problem: Problem, model: CovarianceModel, visits: Sequence[str], groups: Sequence[str]
) -> None:
    """Refuse structures that have parameters without data: pairs of visits never seen together."""
    moments = problem.moments
    mask, people = moments.mask[0], moments.people[0]
    for g, name in enumerate(groups):
        mine = moments.group == g
        who = f" in {name!r}" if len(groups) > 1 else ""
        pairs = (mask[mine] * people[mine, None]).T @ mask[mine]
        lonely = [visits[a] for a in range(len(visits)) if pairs[a, a] < 2]
        if lonely:
            raise NotIdentifiedError(
                f"Fewer than 2 people have a score at visit {', '.join(lonely)}{who}: its variance "
                "cannot be estimated. Leave the visit out."
            )
        if model.structure.slug != "us":
            continue
        unseen = [
            f"{visits[b]} and {visits[a]}"
            for a in range(len(visits))
            for b in range(a)
            if pairs[a, b] < 2
        ]
        if unseen:
            raise NotIdentifiedError(
                f"Fewer than 2 people were seen at both {'; '.join(unseen[:4])}{who}: an "
                "unstructured covariance cannot be estimated. Use a structure with fewer "
                "parameters (toeph, arh1, csh), or fewer visits."
            )


def refuse_unreached(
    problem: Problem,
    model: CovarianceModel,
    optimum: Optimum,
    visits: Sequence[str],
    groups: Sequence[str],
) -> None:
    """Refuse a search that found no interior maximum, and say what to try."""
    structure, distance = model.structure, problem.moments.distance
    advice = "Use a structure with fewer parameters (for instance toeph, arh1, csh, cs)"
    if len(groups) > 1:
        advice += ", or one covariance for all groups"
    if structure.spatial:
        edge = not _inside(float(optimum.theta[0, 1]), distance)
        advice = "Use another structure"
    else:
        sigmas = model.sigmas(optimum.theta)[0]
        edge = any(_smallest(sigma) < SINGULAR for sigma in sigmas)
    if edge:
        raise NotIdentifiedError(
            f"The likelihood of the {structure.name} covariance is highest at the edge of what a "
            "covariance can be (correlations of 1, or of 0 at every distance, or a variance of 0): "
            f"these {len(visits)} visits do not identify its {model.size} parameters. {advice}."
        )
    if not optimum.converged[0] or not optimum.definite[0]:
        raise NotIdentifiedError(
            f"The likelihood of the {structure.name} covariance has no maximum that its "
            f"{model.size} parameters lead to: after {int(optimum.iterations[0])} steps the score "
            f"is still {float(np.sqrt(optimum.decrement[0])):.1e} standard errors from 0"
            f"{'' if optimum.definite[0] else ', and the information is not positive definite'}. "
            f"{advice}."
        )


def _smallest(sigma: NDArray[np.float64]) -> float:
    root = np.sqrt(np.diagonal(sigma))
    if not (np.isfinite(root).all() and (root > 1e-6).all()):
        return 0.0
    return float(np.linalg.eigvalsh(sigma / np.outer(root, root))[0])


def _inside(scale: float, distance: NDArray[np.float64] | None) -> bool:
    """Whether the largest correlation of two visits is neither 0 nor 1 in all digits."""
    if distance is None or not np.isfinite(scale):
        return False
    apart = distance[distance > 0]
    if not apart.size:
        return False
    return bool(np.exp(-apart.min() / scale) > 1e-6 and np.exp(-apart.max() / scale) < 1 - 1e-6)
