"""Log hazard ratios from log-rank statistics; from an interval see `log_ratio_from_interval`."""

from __future__ import annotations

from collections.abc import Sequence

from numpy.typing import ArrayLike

from equipoise.synthesis.effect_sizes.checks import EffectSize, aligned, need_positive


def log_hazard_ratio(
    observed_minus_expected: ArrayLike,
    log_rank_variance: ArrayLike,
    *,
    study: Sequence[str] | None = None,
) -> EffectSize:
    """Return the one-step log hazard ratio (O - E) / V of group 1, with variance 1 / V.

    Parameters
    ----------
    observed_minus_expected, log_rank_variance : shape (k,)
        The log-rank statistic of group 1, and its (hypergeometric) variance.

    References
    ----------
    Parmar, Torri & Stewart (1998), Stat Med 17:2815-2834.
    Tierney et al. (2007), Trials 8:16. doi:10.1186/1745-6215-8-16
    """
    oe, V = aligned(study, oe=observed_minus_expected, log_rank_variance=log_rank_variance)
    need_positive(study, "a log-rank variance", log_rank_variance=V)
    return EffectSize(oe / V, 1 / V)
