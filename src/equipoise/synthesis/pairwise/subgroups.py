"""Subgroups of studies: each pooled by itself, and whether they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.effects import Effects, FloatArray
from equipoise.synthesis.labels import written
from equipoise.synthesis.pairwise.fit import RandomEffectsFit, Test, random_effects
from equipoise.synthesis.pairwise.heterogeneity_rows import spread_rows
from equipoise.synthesis.pairwise.regression import BETWEEN, moderator_test
from equipoise.synthesis.pairwise.rows import assumptions, effect_row, fit_warnings, method_words


def subgroups(
    effects: Effects,
    group: Sequence[object],
    *,
    method: str = "REML",
    test: Test = "hartung-knapp",
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> Estimates:
    """Pool each subgroup with its own tau2, and test that they differ.

    Parameters
    ----------
    effects
    group : length k
        The subgroup of each study.
    weights : shape (k,)
        Of the user's, as in `random_effects`.

    Returns
    -------
    Estimates
        `subgroup-effect` by group, with `studies` and its own heterogeneity; `subgroup-test`
        twice: with a tau2 of each group's own (Q between, chi-square), and with one tau2 for all
        (the moderator test).
    """
    names = [written(g) for g in group]
    if len(names) != len(effects):
        raise DataError(f"{len(effects)} studies came with {len(names)} subgroup labels.")
    levels = list(dict.fromkeys(names))
    rows: list[Estimate] = []
    refused: list[Refusal] = []
    fits: list[RandomEffectsFit] = []
    for one in levels:
        rows_of = [i for i, name in enumerate(names) if name == one]
        own = None if weights is None else np.asarray(weights)[rows_of]
        try:
            fit = random_effects(effects.take(rows_of), method=method, test=test, weights=own)
        except NotIdentifiedError as error:
            refused.append(Refusal("subgroup-effect", str(error), label=one))
            continue
        fits.append(fit)
        told = tuple(f"{one}: {warning}" for warning in fit_warnings(fit))
        rows.append(effect_row(fit, "subgroup-effect", level=level, label=one, warnings=told))
        rows.append(Estimate("studies", label=one, estimate=fit.k, unit="studies", method="Count"))
        if fit.method != "EE":
            rows += spread_rows(fit, level, one)
    x = np.array([[1.0, *(name == other for other in levels[1:])] for name in names])
    how: dict[str, Any] = {"method": method, "test": test, "weights": weights}
    for row in (*_own(fits, refused), *_shared(effects, x, how)):
        if isinstance(row, Estimate):
            rows.append(row)
        else:
            refused.append(row)
    return Estimates(tuple(rows), tuple(refused))


def _own(fits: list[RandomEffectsFit], left_out: list[Refusal]) -> Iterator[Estimate | Refusal]:
    """Test by Q between subgroup means (Borenstein et al. 2009, ch. 19)."""
    from scipy.special import chdtrc  # noqa: PLC0415

    if len(fits) < 2 or left_out:
        few = "Every subgroup needs a mean of its own; one has too few studies."
        reason = few if left_out else "There is one subgroup only."
        yield Refusal("subgroup-test", reason, label="own tau2")
        return
    if any(fit.se[0] == 0 for fit in fits):
        reason = (
            "A subgroup's effects are all the same: its standard error is 0, which is no weight."
        )
        yield Refusal("subgroup-test", reason, label="own tau2")
        return
    y = np.array([fit.beta[0] for fit in fits])
    w = 1 / np.array([fit.se[0] for fit in fits]) ** 2
    q, df = float((w * (y - w @ y / w.sum()) ** 2).sum()), len(fits) - 1
    yield Estimate(
        "subgroup-test",
        label="own tau2",
        estimate=q,
        df=df,
        p=float(chdtrc(df, q)),
        unit=f"chi-square with {df} df",
        method="Q between subgroup means, each with its own tau2 (Borenstein et al. 2009)",
        assumptions=(*assumptions(fits[0]), BETWEEN),
    )


def _shared(effects: Effects, x: FloatArray, how: dict[str, Any]) -> Iterator[Estimate | Refusal]:
    if x.shape[1] < 2:
        yield Refusal("subgroup-test", "There is one subgroup only.", label="common tau2")
        return
    try:
        fit = random_effects(effects, x, **how)
    except NotIdentifiedError as error:
        yield Refusal("subgroup-test", str(error), label="common tau2")
        return
    if (fit.se == 0).any():
        reason = "Effects are all the same within subgroups: the standard error is 0."
        yield Refusal("subgroup-test", reason, label="common tau2")
        return
    statistic, m, p = moderator_test(fit)
    law = f"chi-square with {m} df" if fit.df is None else f"F with {m} and {fit.df} df"
    yield Estimate(
        "subgroup-test",
        label="common tau2",
        estimate=statistic,
        df=m if fit.df is None else fit.df,
        p=p,
        unit=law,
        method=f"Moderator test of the subgroup; {method_words(fit)}",
        assumptions=(*assumptions(fit), BETWEEN),
    )
