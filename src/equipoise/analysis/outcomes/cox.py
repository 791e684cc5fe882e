"""Cox's proportional hazards: the hazard ratio of an arm, and a check that it stays the same.

Score and information are kept by event time: Newton's method needs their sums, the check their
course, the robust variance each person's part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from equipoise.analysis.outcomes.kaplan_meier import follow_up, kaplan_meier
from equipoise.analysis.outcomes.proportional_odds import ChiSquare
from equipoise.errors import DataError, NotIdentifiedError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]

MONOTONE = (
    "The partial likelihood has no maximum: an arm or a level of a covariate had no events, or "
    "had all of them first. Use the log-rank test, or leave that covariate out."
)


@dataclass(frozen=True, slots=True, eq=False)
class CoxFit:
    """Log hazard ratios (p,) with covariance (p, p); by event time (m,) score and information.

    `score` (m, p) is events' covariates less their expectation (Schoenfeld residuals, summed over
    ties), `information` (m, p, p) its variance, both with Efron's ties.
    """

    coefficients: FloatArray
    covariance: FloatArray
    event_time: FloatArray
    score: FloatArray
    information: FloatArray

    def check_proportional_hazards(
        self, transform: FloatArray, columns: list[int] | None = None
    ) -> ChiSquare:
        """Test that the coefficients do not change with a function of time, by a score test.

        Parameters
        ----------
        transform : shape (m,)
            The function of time at each event time.
        columns
            Coefficients to test; all by default.

        References
        ----------
        Grambsch & Therneau (1994), Biometrika 81:515-526.
        """
        chosen = list(range(self.score.shape[1])) if columns is None else columns
        g = transform - transform.mean()  # a constant is taken up by the coefficients themselves
        u = (g @ self.score)[chosen]
        plain = self.information.sum(axis=0)
        crossed = np.einsum("m,mij->ij", g, self.information)[:, chosen]
        squared = np.einsum("m,mij->ij", g**2, self.information)[np.ix_(chosen, chosen)]
        variance = squared - crossed.T @ np.linalg.solve(plain, crossed)
        if not np.linalg.eigvalsh(variance)[0] > 1e-12 * np.abs(squared).max():
            raise NotIdentifiedError("Too few event times to see a change of the hazard ratio.")
        return ChiSquare(float(u @ np.linalg.solve(variance, u)), len(chosen))


def cox(
    time: ArrayLike,
    event: ArrayLike,
    matrix: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> CoxFit:
    """Maximise the partial likelihood with Efron's treatment of ties.

    Parameters
    ----------
    time, event : shape (n,)
        As in `kaplan_meier`.
    matrix : shape (n, p)
        Design without a constant.
    strata : shape (n,)
        A baseline hazard for each.
    cluster : shape (n,)
        A robust covariance that allows for clusters, such as sites.

    Raises
    ------
    NotIdentifiedError
        When no finite maximum exists.

    References
    ----------
    Cox (1972), J R Stat Soc B 34:187-220. Efron (1977), J Am Stat Assoc 72:557-565.
    Lin & Wei (1989), J Am Stat Assoc 84:1074-1078 (robust covariance).
    """
    t, d = follow_up(time, event)
    X = np.asarray(matrix, dtype=np.float64)
    centre, spread = X.mean(axis=0), X.std(axis=0)
    if X.ndim != 2 or len(X) != len(t) or not (spread > 0).all():
        raise DataError("The design needs a row a person and no column that is constant.")
    if d.sum() < 1:
        raise NotIdentifiedError("Nobody had the event: there is no hazard to compare.")
    Z = (X - centre) / spread
    group = np.zeros(len(t), dtype=np.intp)
    if strata is not None:
        group = np.unique(np.asarray(strata).astype(str), return_inverse=True)[1].astype(np.intp)
    beta, risk_sets = _newton(t, d, Z, group)
    inverse = np.linalg.inv(risk_sets.information.sum(axis=0))
    covariance = inverse
    if cluster is not None:
        covariance = _robust(t, d, Z, group, beta=beta, inverse=inverse, cluster=cluster)
    return CoxFit(
        coefficients=beta / spread,
        covariance=covariance / np.outer(spread, spread),
        event_time=risk_sets.time,
        score=risk_sets.score * spread,
        information=risk_sets.information * np.outer(spread, spread),
    )


def km_transform(time: ArrayLike, event: ArrayLike, event_time: FloatArray) -> FloatArray:
    """Return 1 less the Kaplan-Meier curve of everybody just before each event time.

    A time scale on which early and late events weigh alike, whatever the unit of time.
    """
    curve = kaplan_meier(time, event)
    before = np.concatenate([[1.0], curve.survival])
    return np.asarray(1 - before[np.searchsorted(curve.time, event_time, "left")])


class _RiskSets(NamedTuple):
    """Sums over the people at risk at m event times of one stratum, tied events one by one.

    `score` (m, p), `information` (m, p, p); `mean` (m, p) the average expected covariate of the
    tied events; `hazard` (m,) and `weighted` (m, p) the sums of 1 / s0 and mean / s0, which a
    person at risk meets, and the parts of them (`spared_*`) that one who falls there is spared.
    """

    time: FloatArray
    score: FloatArray
    information: FloatArray
    mean: FloatArray
    hazard: FloatArray
    weighted: FloatArray
    spared_hazard: FloatArray
    spared_weighted: FloatArray
    log_likelihood: FloatArray


def _newton(
    t: FloatArray, d: FloatArray, Z: FloatArray, group: NDArray[np.intp]
) -> tuple[FloatArray, _RiskSets]:
    """Climb from no effect to machine precision, steps halved until the likelihood rises."""
    beta = np.zeros(Z.shape[1])
    sets = _risk_sets(t, d, Z, group, beta)
    for _ in range(50):
        total = sets.information.sum(axis=0)
        # Z is scaled: a log hazard ratio of 15 an SD, or no information, is on its way to infinity
        if np.abs(beta).max() > 15 or not np.linalg.eigvalsh(total)[0] > 1e-6:
            break
        step = np.linalg.solve(total, sets.score.sum(axis=0))
        if np.abs(step).max() <= 1e-12 * (1 + np.abs(beta).max()):
            return beta, sets
        reached = sets.log_likelihood.sum()
        for halving in range(30):
            new = _risk_sets(t, d, Z, group, beta + step / 2**halving)
            if new.log_likelihood.sum() >= reached - 1e-10 * (1 + abs(reached)):
                break
        beta, sets = beta + step / 2**halving, new
    raise NotIdentifiedError(MONOTONE)


def _risk_sets(
    t: FloatArray, d: FloatArray, Z: FloatArray, group: NDArray[np.intp], beta: FloatArray
) -> _RiskSets:
    parts = [
        _one_stratum(t[here], d[here], Z[here], beta)
        for here in (group == one for one in np.unique(group))
        if d[here].any()
    ]
    return _RiskSets(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def _one_stratum(t: FloatArray, d: FloatArray, Z: FloatArray, beta: FloatArray) -> _RiskSets:
    order = np.argsort(-t, kind="stable")  # the last first: risk sets are cumulative sums
    t, d, Z = t[order], d[order], Z[order]
    eta = Z @ beta
    weight = np.exp(eta)
    first = weight[:, None] * Z
    second = first[:, :, None] * Z[:, None, :]
    sums = (weight.cumsum(), first.cumsum(axis=0), second.cumsum(axis=0))
    rows = []
    for time in np.unique(t[d == 1]):
        start, end = np.searchsorted(-t, -time, "left"), np.searchsorted(-t, -time, "right")
        fell = start + np.flatnonzero(d[start:end] == 1)
        share = np.arange(len(fell)) / len(fell)  # Efron: those who fall leave one by one
        s0 = sums[0][end - 1] - share * weight[fell].sum()
        s1 = sums[1][end - 1] - share[:, None] * first[fell].sum(axis=0)
        s2 = sums[2][end - 1] - share[:, None, None] * second[fell].sum(axis=0)
        mean = s1 / s0[:, None]
        information = s2 / s0[:, None, None] - mean[:, :, None] * mean[:, None, :]
        rows.append(
            (
                time,
                Z[fell].sum(axis=0) - mean.sum(axis=0),
                information.sum(axis=0),
                mean.mean(axis=0),
                (1 / s0).sum(),
                (mean / s0[:, None]).sum(axis=0),
                (share / s0).sum(),
                (share[:, None] * mean / s0[:, None]).sum(axis=0),
                eta[fell].sum() - np.log(s0).sum(),
            )
        )
    return _RiskSets(*(np.array(column) for column in zip(*rows, strict=True)))


def _robust(
    t: FloatArray,
    d: FloatArray,
    Z: FloatArray,
    group: NDArray[np.intp],
    *,
    beta: FloatArray,
    inverse: FloatArray,
    cluster: ArrayLike,
) -> FloatArray:
    """Return the sandwich covariance from the clusters' summed score residuals."""
    labels = np.unique(np.asarray(cluster).astype(str), return_inverse=True)[1]
    if labels.max() < 1:
        raise NotIdentifiedError("A robust variance needs at least 2 clusters; got 1.")
    residual = np.zeros(Z.shape)
    for one in np.unique(group):
        here = group == one
        if d[here].any():
            residual[here] = _score_residuals(t[here], d[here], Z[here], beta)
    summed = np.zeros((labels.max() + 1, Z.shape[1]))
    np.add.at(summed, labels, residual)
    influence = summed @ inverse
    return np.asarray(influence.T @ influence)


def _score_residuals(t: FloatArray, d: FloatArray, Z: FloatArray, beta: FloatArray) -> FloatArray:
    """Return each person's part of the score: what they met while at risk, against what befell."""
    sets = _one_stratum(t, d, Z, beta)
    weight = np.exp(Z @ beta)[:, None]
    hazard = np.concatenate([[0.0], sets.hazard.cumsum()])
    weighted = np.vstack([np.zeros(Z.shape[1]), sets.weighted.cumsum(axis=0)])
    met = np.searchsorted(sets.time, t, "right")
    residual = -weight * (Z * hazard[met][:, None] - weighted[met])
    fell = d == 1
    own = np.searchsorted(sets.time, t[fell])
    spared = Z[fell] * sets.spared_hazard[own][:, None] - sets.spared_weighted[own]
    residual[fell] += Z[fell] - sets.mean[own] + weight[fell] * spared
    return np.asarray(residual)
