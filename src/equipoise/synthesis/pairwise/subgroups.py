"""Subgroups of studies: each pooled by itself, and whether they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.effects import Effects
from equipoise.synthesis.pairwise.fit import RandomEffectsFit, Test, random_effects
from equipoise.synthesis.pairwise.regression import BETWEEN, moderator_test
from equipoise.synthesis.pairwise.rows import assumptions, effect_row, fit_warnings, method_words


def subgroups(
    effects: Effects,
    group: Sequence[object],
    *,
    method: str = "REML",
    test: Test = "hartung-knapp",
    level: float = 0.95,
) -> Estimates:
    """Pool each subgroup with its own tau2, and test that they differ.

    Parameters
    ----------
    effects
    group : length k
        The subgroup of each study.

    Returns
    -------
    Estimates
        `subgroup-effect` by group, with `studies`; `subgroup-test` twice: with a tau2 of each
        group's own (Q between, chi-square), and with one tau2 for all (the moderator test).
    """
    names = [str(g) for g in group]
    if len(names) != len(effects):
        raise DataError(f"{len(effects)} studies came with {len(names)} subgroup labels.")
    levels = list(dict.fromkeys(names))
    rows: list[Estimate] = []
    refused: list[Refusal] = []
    fits: list[RandomEffectsFit] = []
    for one in levels:
        own = effects.take([i for i, name in enumerate(names) if name == one])
        try:
            fit = random_effects(own, method=method, test=test)
        except NotIdentifiedError as error:
            refused.append(Refusal("subgroup-effect", str(error), label=one))
            continue
        fits.append(fit)
        told = tuple(f"{one}: {warning}" for warning in fit_warnings(fit))
        rows.append(effect_row(fit, "subgroup-effect", level=level, label=one, warnings=told))
        rows.append(Estimate("studies", label=one, estimate=fit.k, unit="studies", method="Count"))
    for row in (*_own(fits, refused), *_shared(effects, names, levels, method, test)):
        if isinstance(row, Estimate):
            rows.append(row)
        else:
            refused.append(row)
    return Estimates(tuple(rows), tuple(refused))


def _own(fits: list[RandomEffectsFit], left_out: list[Refusal]) -> Iterator[Estimate | Refusal]:
    """Test by Q between subgroup means (Borenstein et al. 2009, ch. 19)."""
    from scipy.special import chdtrc  # noqa: PLC0415

    if len(fits) < 2 or left_out:
        reason = "Every subgroup needs a mean of its own; one has too few studies."
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


def _shared(
    effects: Effects, names: list[str], levels: list[str], method: str, test: Test
) -> Iterator[Estimate | Refusal]:
    x = np.array([[1.0, *(name == one for one in levels[1:])] for name in names])
    try:
        fit = random_effects(effects, x, method=method, test=test)
    except NotIdentifiedError as error:
        yield Refusal("subgroup-test", str(error), label="common tau2")
        return
    if len(levels) < 2:
        yield Refusal("subgroup-test", "There is one subgroup only.", label="common tau2")
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
