"""A contrast as a row of the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from equipoise.estimates import Estimate

if TYPE_CHECKING:
    from equipoise.analysis import Contrast as ModelContrast
    from equipoise.belief.stratum_means import Contrast


def contrast_row(
    name: str, found: Contrast | ModelContrast, level: float, **fields: Any
) -> Estimate:
    """Return estimate, standard error, interval, df and p under a slug, with further fields."""
    low, high = found.interval(level)
    return Estimate(
        name,
        estimate=float(found.estimate),
        se=float(found.se),
        low=float(low),
        high=float(high),
        level=level,
        df=float(found.df),
        p=float(found.p),
        **fields,
    )
