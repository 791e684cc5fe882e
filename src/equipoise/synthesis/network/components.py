"""Additive components: a treatment "cognitive+behavioural" is the sum of its components' effects.

theta = C beta, C saying which components each treatment holds. Components join parts of a network
that no study joins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.network.heterogeneity import Method, least_squares, tau2_of
from equipoise.synthesis.network.league import Told, normal_row, ordered_pairs
from equipoise.synthesis.network.network import Network, find_treatment, parts_of

FloatArray = NDArray[np.float64]
ADDITIVE = "additive components (Rücker, Petropoulou & Schwarzer 2020)"
INTERACTION_FREE = "Components add up: none changes the effect of another"


@dataclass(frozen=True, slots=True, eq=False)
class ComponentFit:
    """Effects of c components at one `tau2`.

    `C` (T, c) says which components a treatment holds, `covariance` (c, c) is of `effects`;
    `identified` (c, c) projects on what the studies identify: ask `combination` for sums of
    effects; `q` and `df` are of the additive model.
    """

    components: tuple[str, ...]
    C: FloatArray
    tau2: float
    effects: FloatArray
    covariance: FloatArray
    identified: FloatArray
    q: float
    df: int

    def combination(self, weights: FloatArray) -> tuple[float, float]:
        """Return a sum of component effects (c,) and its standard error, NaN if not identified."""
        if np.abs(weights @ self.identified - weights).max(initial=0) > 1e-8:
            return np.nan, np.nan
        return float(weights @ self.effects), float(np.sqrt(weights @ self.covariance @ weights))


def component_matrix(
    treatments: Sequence[str], separator: str = "+", inactive: str | None = None
) -> tuple[tuple[str, ...], FloatArray]:
    """Return the components, and which treatment holds which, shape (T, c).

    Parameters
    ----------
    inactive
        A treatment without components: its effect is 0.

    Examples
    --------
    >>> component_matrix(["A", "A + B", "care"], inactive="care")[0]
    ('A', 'B')
    """
    none = None if inactive is None else find_treatment(treatments, inactive)
    held = [
        () if name == none else tuple(part.strip() for part in name.split(separator))
        for name in treatments
    ]
    names = {part for parts in held for part in parts}
    if "" in names:
        raise DataError(f"A treatment has an empty component between its {separator!r}.")
    if none is not None and none in names:
        raise DataError(f"{none} is the inactive treatment, and also a component of another.")
    components = tuple(sorted(names, key=lambda name: (name.casefold(), name)))
    C = np.array([[float(c in parts) for c in components] for parts in held])
    return components, C


def fit_components(
    network: Network,
    *,
    separator: str = "+",
    inactive: str | None = None,
    tau2: float | None = None,
    method: Method = "DL",
) -> ComponentFit:
    """Fit the additive model; tau2 by the method where it is None, 0 for common effects.

    References
    ----------
    Rücker, Petropoulou & Schwarzer (2020), Biom J 62:808-821.
    """
    components, C = component_matrix(network.treatments, separator, inactive)
    X = network.X @ C
    if tau2 is None:
        tau2 = tau2_of(network.z, network.d, X, method, lack=_lack(network))
    z, lack = network.contrasts_at(tau2)
    fit = least_squares(z, X, 1 / (network.d + tau2 / 2))
    rank = int(np.linalg.matrix_rank(X, tol=1e-9))
    if rank == 0:
        raise NotIdentifiedError("No study compares treatments that differ in components.")
    known = np.linalg.pinv(X) @ X
    q, df = fit.q + float(lack.sum()), len(z) - rank
    return ComponentFit(components, C, tau2, fit.beta, fit.inverse, known, q, df)


def _lack(network: Network) -> float:
    return float(network.contrasts_at(0.0)[1].sum())


def component_rows(
    network: Network,
    *,
    separator: str = "+",
    inactive: str | None = None,
    method: Method = "DL",
    tau2: float | None = None,
    reference: str | None = None,
    level: float = 0.95,
) -> Estimates:
    """Return effects of components and of treatments as their sums, and the test of additivity.

    Parameters
    ----------
    tau2
        A known heterogeneity variance of the additive model; by `method` where it is None.

    Returns
    -------
    Estimates
        `component-effect` and `-common` (label a component), `additive-effect` and `-common`
        ("A vs B"), `tau2` and `q-test` rows of the additive model; what the studies do not
        identify is refused by name.
    """
    common = fit_components(network, separator=separator, inactive=inactive, tau2=0.0)
    random = fit_components(
        network, separator=separator, inactive=inactive, tau2=tau2, method=method
    )
    how = method if tau2 is None else "given"
    unit = network.scale or "effect"
    told = Told(
        unit,
        network.ratio,
        f"Random effects, tau2 by {how}; {ADDITIVE}",
        f"Common effects; {ADDITIVE}",
        level,
    )
    at = 0 if reference is None and inactive is None else network.index(reference or inactive or "")
    found = Estimates()
    for suffix, fit in (("", random), ("-common", common)):
        found += _components(fit, suffix, told) + _sums(network, fit, at, suffix, told)
    return found + _tests(network, common, random, how)


def _text(told: Told, suffix: str) -> str:
    return told.common if suffix else told.random


def _components(fit: ComponentFit, suffix: str, told: Told) -> Estimates:
    rows, refused, name = [], [], f"component-effect{suffix}"
    for component, unit_vector in zip(fit.components, np.eye(len(fit.components)), strict=True):
        value, se = fit.combination(unit_vector)
        if np.isnan(value):
            reason = "studies do not tell this component from others: they come and go together"
            refused.append(Refusal(name, reason, component))
        else:
            rows.append(normal_row(name, component, (value, se), told, _text(told, suffix)))
    if rows and not suffix:
        rows[0] = replace(rows[0], assumptions=(INTERACTION_FREE,))
    return Estimates(tuple(rows), tuple(refused))


def _sums(network: Network, fit: ComponentFit, at: int, suffix: str, told: Told) -> Estimates:
    """Return differences of treatments as sums of components, all pairs in one go."""
    pairs = list(ordered_pairs(network, at))
    weights = np.array([fit.C[i] - fit.C[j] for i, j in pairs])
    known = np.abs(weights @ fit.identified - weights).max(axis=1) <= 1e-8
    value = weights @ fit.effects
    variance = np.einsum("ij,jk,ik->i", weights, fit.covariance, weights)
    rows, refused, name = [], [], f"additive-effect{suffix}"
    for k, (i, j) in enumerate(pairs):
        label = f"{network.treatments[i]} vs {network.treatments[j]}"
        if not known[k]:
            refused.append(Refusal(name, "studies do not identify the components apart", label))
            continue
        pair = float(value[k]), float(np.sqrt(max(variance[k], 0.0)))
        rows.append(normal_row(name, label, pair, told, _text(told, suffix)))
    return Estimates(tuple(rows), tuple(refused))


def _tests(network: Network, common: ComponentFit, random: ComponentFit, how: str) -> Estimates:
    tau2 = Estimate(
        "tau2", label="additive model", estimate=random.tau2, method=f"{how}; {ADDITIVE}",
        unit="variance of a comparison's true effects between studies",
    )  # fmt: skip
    rows = [tau2] if common.df > 0 else []
    rows += _q_row("additive model", common.q, common.df)
    parts = len(parts_of([block.treatments for block in network.blocks]))
    full = least_squares(network.z, network.X, 1 / network.d).q + _lack(network)
    full_df = len(network.z) - (len(network.treatments) - parts)
    if parts > 1:
        reason = f"the full network is in {parts} parts"
        return Estimates(tuple(rows), (Refusal("q-test", reason, "additive less full network"),))
    return Estimates(
        (*rows, *_q_row("additive less full network", common.q - full, common.df - full_df))
    )


def _q_row(label: str, q: float, df: int) -> list[Estimate]:
    if df < 1:
        return []
    return [
        Estimate(
            "q-test", label=label, estimate=q, df=df, p=float(chdtrc(df, max(q, 0.0))),
            unit=f"chi-squared with {df} df", method=f"Common effects; {ADDITIVE}",
        )
    ]  # fmt: skip
