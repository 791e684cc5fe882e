"""Meta-regression: what goes with larger effects, between studies."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.effects import Effects
from equipoise.synthesis.pairwise.fit import RandomEffectsFit, Test, random_effects
from equipoise.synthesis.pairwise.heterogeneity_rows import q_row, spread_rows
from equipoise.synthesis.pairwise.rows import assumptions, effect_row, fit_warnings, method_words

BETWEEN = "Studies are compared, not people: a difference may have any cause that varies with it"
PER_MODERATOR = 10


def regression(
    effects: Effects,
    x: ArrayLike,
    names: tuple[str, ...],
    *,
    method: str = "REML",
    test: Test = "hartung-knapp",
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimates:
    """Regress effects on moderators.

    Parameters
    ----------
    effects
    x : shape (k, p)
        With a column of ones where an intercept is wanted.
    names : length p
    weights : shape (k,)
        Of the user's, as in `random_effects`.

    Returns
    -------
    Estimates
        `coefficient` of each column; `moderator-test` of all but the intercept; `r2`; and the
        residual `tau2`, `tau`, `i2-tau2`, `i2-q`, `h2` and `q-test`.

    References
    ----------
    Berkey, Hoaglin, Mosteller & Colditz (1995), Stat Med 14:395-411. Knapp & Hartung (2003).
    """
    fit = random_effects(effects, x, names=names, method=method, test=test, weights=weights)
    rows: list[Estimate | Refusal] = []
    warned = fit_warnings(fit) + _few(fit)
    for j, name in enumerate(fit.names):
        rows.append(effect_row(fit, "coefficient", level=level, j=j, label=name, warnings=warned))
    rows += [*_omnibus(fit), _r2(fit)]
    if fit.method != "EE":
        rows += spread_rows(fit, level, "residual")
    rows.append(q_row(fit, "residual"))
    found = tuple(row for row in rows if isinstance(row, Estimate))
    return Estimates(found, tuple(row for row in rows if isinstance(row, Refusal)))


def moderator_test(fit: RandomEffectsFit) -> tuple[float, int, float]:
    """Test all coefficients but the intercept at once.

    Returns
    -------
    statistic, df, p
        F with df and k - p df, or chi-square where the test is z.
    """
    from scipy.special import chdtrc, fdtrc  # noqa: PLC0415

    moderators = np.flatnonzero((fit.x != 1).any(0))
    if len(moderators) == fit.p and fit.p > 1 and np.allclose(fit.x.sum(1), 1):
        moderators = np.arange(fit.p)  # one column a group: all are tested against 0
    m = len(moderators)
    b, cov = fit.beta[moderators], fit.cov[np.ix_(moderators, moderators)]
    wald = float(b @ np.linalg.solve(cov, b))
    if fit.df is None:
        return wald, m, float(chdtrc(m, wald))
    return wald / m, m, float(fdtrc(m, fit.df, wald / m))


def _omnibus(fit: RandomEffectsFit) -> Iterator[Estimate | Refusal]:
    if not (fit.x != 1).any():
        return
    if (fit.se == 0).any():
        reason = "The moderators leave no spread, so that the standard errors are 0."
        yield Refusal("moderator-test", reason)
        return
    statistic, m, p = moderator_test(fit)
    law = f"chi-square with {m} df" if fit.df is None else f"F with {m} and {fit.df} df"
    yield Estimate(
        "moderator-test",
        estimate=statistic,
        df=m if fit.df is None else fit.df,
        p=p,
        unit=law,
        method=f"Wald test of all moderators; {method_words(fit)}",
        assumptions=(*assumptions(fit), BETWEEN),
    )


def _r2(fit: RandomEffectsFit) -> Estimate | Refusal:
    """Return the share of tau2 that moderators take away, in percent (Raudenbush 2009)."""
    if fit.method == "EE" or (not (fit.x == 1).all(1).any() and not (fit.x == 1).all(0).any()):
        return Refusal("r2", "R2 compares with a random-effects model that has only an intercept.")
    own = fit.user_weights
    whole = random_effects(fit.effects, method=fit.method, test=fit.test, weights=own).tau2
    if whole == 0:
        return Refusal("r2", "Without moderators tau2 is 0: there is nothing to account for.")
    return Estimate(
        "r2",
        estimate=max(0.0, 100 * (whole - fit.tau2) / whole),
        unit="percent",
        method="Share of tau2 accounted for (Raudenbush 2009), not below 0",
        warnings=("R2 is very uncertain with fewer than 40 studies",) if fit.k < 40 else (),
    )


def _few(fit: RandomEffectsFit) -> tuple[str, ...]:
    moderators = fit.p - 1
    if moderators and fit.k < PER_MODERATOR * moderators:
        return (
            f"{fit.k} studies for {moderators} moderator{'s' * (moderators > 1)}: fewer than 10 "
            "each, so chance findings are likely (Cochrane Handbook 10.11)",
        )
    return ()
