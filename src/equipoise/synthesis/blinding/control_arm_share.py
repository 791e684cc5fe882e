"""What control arms did, beside what active arms did, by kind of comparator.

The change in a control arm is natural course, regression to the mean, expectancy and care
together: a control-arm share, not a placebo effect. Each arm is pooled by itself, and both
together in the bivariate model, which knows that they come from the same trials.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import expit

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.blinding.bivariate import bivariate_fit
from equipoise.synthesis.blinding.rows import HARTUNG_KNAPP, interval_row
from equipoise.synthesis.blinding.share import share
from equipoise.synthesis.effects import checked_effects
from equipoise.synthesis.pairwise import random_effects

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.synthesis.blinding.arm_changes import ArmOutcome

    FloatArray = NDArray[np.float64]

SHARE, CONTRAST = "control-arm-share", "arm-contrast"
SEPARATE = f"Each arm by itself. {HARTUNG_KNAPP}"
BIVARIATE = (
    "Bivariate random effects of both arms, T unstructured, REML; t with k - 1 df "
    "(van Houwelingen et al. 2002)"
)
FIELLER = "Fieller's interval (1954), standard error by the delta method"
NOT_PLACEBO = (
    "A control-arm share, not a placebo effect: natural course, regression to the mean, "
    "expectancy and care are all in it. Only trials with a no-treatment arm can tell them apart."
)
MIXED = "Kinds of comparator are mixed: read them by kind."
NO_RANDOMISATION = (
    "Arms are pooled across trials, which breaks randomisation: read the contrast too"
)


@dataclass(frozen=True, slots=True, eq=False)
class Arms:
    """Both arms of k trials.

    Parameters
    ----------
    study : length k
    active, control
        Changes or logits, with variances.
    comparator : length k
        Kind of control of each trial; None where not given.
    response
        Whether the outcomes are log odds of responding.
    correlation
        What was assumed between before and after, for the text.
    """

    study: tuple[str, ...]
    active: ArmOutcome
    control: ArmOutcome
    comparator: tuple[str, ...] | None = None
    response: bool = False
    correlation: str | None = None

    def take(self, rows: NDArray[np.bool_]) -> Arms:
        """Keep some trials, shape (k,)."""
        kept = np.flatnonzero(rows)
        return replace(
            self,
            study=tuple(self.study[i] for i in kept),
            active=type(self.active)(*(a[rows] for a in self.active)),
            control=type(self.control)(*(a[rows] for a in self.control)),
            comparator=None,
        )


class ArmMeans(NamedTuple):
    """Means of (active, control) arms, their covariance (2, 2), df and method."""

    mean: FloatArray
    cov: FloatArray
    df: int
    method: str


def separate_means(arms: Arms) -> ArmMeans:
    """Pool each arm by itself; the covariance of the two means is taken as 0."""
    fits = [
        random_effects(checked_effects(arm.estimate, arm.variance, arms.study))
        for arm in (arms.active, arms.control)
    ]
    mean = np.array([float(fit.beta[0]) for fit in fits])
    return ArmMeans(
        mean, np.diag([float(f.cov[0, 0]) for f in fits]), len(arms.study) - 1, SEPARATE
    )


def bivariate_means(arms: Arms) -> ArmMeans:
    """Pool both arms together: trials that change much in one arm do so in the other."""
    y = np.column_stack([arms.active.estimate, arms.control.estimate])
    S = np.zeros((len(y), 2, 2))
    S[:, 0, 0], S[:, 1, 1] = arms.active.variance, arms.control.variance
    fit = bivariate_fit(y, S)
    return ArmMeans(fit.means[0], fit.cov, len(y) - 1, BIVARIATE)


def control_arm_share(arms: Arms, *, level: float = 0.95) -> Estimates:
    """Pool arms, their contrast and the control arms' share, over all trials and by comparator.

    Returns
    -------
    Estimates
        ``arm-change`` or ``arm-response``, ``arm-contrast`` and ``control-arm-share``; labels
        "all" and the kinds of comparator for arms pooled apart, ", bivariate" after them for
        arms pooled together.
    """
    if len(arms.study) != len(arms.active.estimate) or not len(arms.study):
        raise DataError(f"{len(arms.study)} names came with {len(arms.active.estimate)} trials.")
    kinds = arms.comparator or ()
    mixed = len(set(kinds)) > 1
    found = _group(arms, "all", level, (MIXED,) if mixed else ())
    for kind in sorted(set(kinds)) if mixed else ():
        found += _group(arms.take(np.array([k == kind for k in kinds])), kind, level, ())
    return found


def _group(arms: Arms, label: str, level: float, warnings: tuple[str, ...]) -> Estimates:
    k = len(arms.study)
    if k < 2:
        reason = f"Only {arms.study[0]} has this comparator: read that trial's own result."
        return Estimates(refused=(Refusal(SHARE, reason, label),))
    found = _rows(arms, separate_means(arms), label, level, warnings)
    try:
        both = bivariate_means(arms)
    except NotIdentifiedError as error:
        return found + Estimates(refused=(Refusal(SHARE, str(error), f"{label}, bivariate"),))
    return found + _rows(arms, both, f"{label}, bivariate", level, warnings)


def _rows(
    arms: Arms, means: ArmMeans, label: str, level: float, warnings: tuple[str, ...]
) -> Estimates:
    assumed = (NO_RANDOMISATION, *((arms.correlation,) if arms.correlation else ()))
    about: dict[str, Any] = {
        "label": label,
        "method": means.method,
        "assumptions": assumed,
        "warnings": (NOT_PLACEBO, *warnings),
    }
    se = np.sqrt(np.diag(means.cov))
    outcome = _response if arms.response else _change
    rows = [
        outcome(float(means.mean[i]), float(se[i]), means.df, level, arm=arm, **about)
        for i, arm in enumerate(("active", "control"))
    ]
    both = math.sqrt(float(means.cov[0, 0] + means.cov[1, 1] - 2 * means.cov[0, 1]))
    rows.append(
        interval_row(
            CONTRAST, float(means.mean[0] - means.mean[1]), both, means.df, level,
            unit="log odds ratio" if arms.response else "baseline SD",
            estimand="Active less control arm", **about,
        )
    )  # fmt: skip
    try:
        row = _share_row(arms, means, level, **about)
    except NotIdentifiedError as error:
        return Estimates(tuple(rows), (Refusal(SHARE, str(error), label),))
    return Estimates((*rows, row))


def _change(mean: float, se: float, df: int, level: float, **about: Any) -> Estimate:
    return interval_row(
        "arm-change", mean, se, df, level, unit="baseline SD",
        estimand="Mean standardised change from baseline within the arm", **about,
    )  # fmt: skip


def _response(mean: float, se: float, df: int, level: float, **about: Any) -> Estimate:
    """Bring log odds back to a share; the standard error by the delta method."""
    row = interval_row("arm-response", mean, se, df, level, **about)
    p = float(expit(mean))
    return replace(
        row,
        estimate=p,
        se=p * (1 - p) * se,
        low=float(expit(row.low or 0.0)),
        high=float(expit(row.high or 0.0)),
        p=None,
        unit="share of people",
        estimand="Share responding in the arm of a trial at the mean of the log odds",
    )


def _share_row(arms: Arms, means: ArmMeans, level: float, **about: Any) -> Estimate:
    about["method"] = f"{means.method}; {FIELLER}"
    order = [1, 0]
    if not arms.response:
        found = share(means.mean[1], means.mean[0], means.cov[np.ix_(order, order)], df=means.df,
                      level=level)  # fmt: skip
        return Estimate(
            SHARE, **found._asdict(), level=level, df=means.df,
            unit="share of the active arms' change",
            estimand="Control arms' change / active arms' change", **about,
        )  # fmt: skip
    p = expit(means.mean)  # both shares lie in (0, 1): the ratio is taken on the log scale
    slope = np.array([-(1 - p[0]), 1 - p[1]])
    se = math.sqrt(float(slope @ means.cov @ slope))
    row = interval_row(SHARE, math.log(p[1] / p[0]), se, means.df, level)
    ratio = float(p[1] / p[0])
    about["method"] = f"{means.method}; interval on the log scale, delta method"
    return Estimate(
        SHARE, estimate=ratio, se=ratio * se, low=math.exp(row.low or 0),
        high=math.exp(row.high or 0), level=level, df=means.df,
        unit="share of the active arms' response",
        estimand="Control arms' response / active arms' response", **about,
    )  # fmt: skip
