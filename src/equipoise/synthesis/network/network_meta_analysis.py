"""A network meta-analysis from studies to rows: effects, ranks, heterogeneity, inconsistency."""

from __future__ import annotations

from dataclasses import dataclass, replace

from equipoise.errors import DataError
from equipoise.estimates import Estimates
from equipoise.synthesis.network.contributions import Method as ContributionMethod
from equipoise.synthesis.network.evidence_rows import contribution_rows, evidence_rows
from equipoise.synthesis.network.fit import NetworkFit, fit_at
from equipoise.synthesis.network.heterogeneity import SOURCES, Method, tau2_of
from equipoise.synthesis.network.league import Told, league_rows
from equipoise.synthesis.network.network import Network, find_treatment
from equipoise.synthesis.network.p_scores import SmallValues
from equipoise.synthesis.network.summary_rows import heterogeneity_rows, p_score_rows, q_rows

GRAPH = "graph-theoretic network (Rücker 2012; Rücker & Schwarzer 2014)"
ASSUMPTIONS = (
    "Transitivity: what modifies effects is spread alike over the comparisons of the network",
    "One heterogeneity variance for all comparisons",
)


@dataclass(frozen=True, slots=True, eq=False)
class NetworkModels:
    """Both models of a network; `method` is how the random one's tau2 came about."""

    network: Network
    common: NetworkFit
    random: NetworkFit
    method: str


def fit_network(
    network: Network, method: Method = "DL", tau2: float | None = None
) -> NetworkModels:
    """Fit the common- and the random-effects model.

    Parameters
    ----------
    method
        DL, REML or ML.
    tau2
        Heterogeneity variance where it is known; estimated if None.
    """
    if method not in SOURCES:
        raise DataError(f"tau2 is by {', '.join(SOURCES)}; got {method!r}.")
    if tau2 is None:
        lack = float(network.contrasts_at(0.0)[1].sum())
        tau2 = tau2_of(network.z, network.d, network.X, method, lack=lack)
        how = str(method)
    elif tau2 < 0:
        raise DataError(f"tau2 is a variance: 0 or above. Got {tau2:g}.")
    else:
        how = "given"
    return NetworkModels(network, fit_at(network), fit_at(network, tau2), how)


def network_meta_analysis(
    network: Network,
    *,
    reference: str | None = None,
    method: Method = "DL",
    tau2: float | None = None,
    small_values: SmallValues | None = None,
    contribution: ContributionMethod | None = "shortest-path",
    contribution_common: bool = False,
    level: float = 0.95,
) -> Estimates:
    """Analyse a network.

    Parameters
    ----------
    reference
        Rows against it come first; as written in the file or whatever its capitals. By default a
        treatment called placebo, else the one in most studies.
    small_values
        Whether small effects are "good" or "bad"; P-scores for either where it is None.
    contribution
        How contributions are found; None leaves them out.
    contribution_common
        Also those of the common-effect model: as many rows again.

    Returns
    -------
    Estimates
        Rows `network-effect`, `network-effect-common`, `network-ratio`, `prediction-interval`,
        `p-score`, `tau2`, `i2-q`, `q-test`, `node-split`, `direct-effect`, `indirect-effect`,
        `direct-share`, `contribution`. "A vs B" is A less B; both ways are given.
    """
    models = fit_network(network, method, tau2)
    at = network.index(reference or default_reference(network))
    told = told_by(models, level)
    random, common = models.random, models.common
    found = league_rows(network, random, common, at, told)
    found += p_score_rows(network, random, common, small_values)
    found += heterogeneity_rows(random, common, models.method, level) + q_rows(network)
    found += evidence_rows(network, random, at, told)
    found += evidence_rows(network, common, at, told, "-common")
    if contribution is not None:
        found += contribution_rows(network, random, contribution)
    if contribution is not None and contribution_common:
        found += contribution_rows(network, common, contribution, "-common")
    return with_notes(found, network.notes)


def told_by(models: NetworkModels, level: float) -> Told:
    """Return what the rows of both models say of themselves."""
    unit = models.network.scale or "effect"
    random = f"Random effects, tau2 by {models.method}; {GRAPH}"
    return Told(unit, models.network.ratio, random, f"Common effects; {GRAPH}", level)


def with_notes(found: Estimates, notes: tuple[str, ...]) -> Estimates:
    """Put what was left out, and what is assumed, on the first row."""
    if not found.rows:
        return found
    first = found.rows[0]
    first = replace(first, warnings=(*notes, *first.warnings), assumptions=ASSUMPTIONS)
    return replace(found, rows=(first, *found.rows[1:]))


def default_reference(network: Network) -> str:
    """Return a treatment called placebo, else the one in most studies."""
    try:
        return find_treatment(network.treatments, "placebo")
    except DataError:
        arms = [name for design in network.designs for name in design]
        return max(network.treatments, key=arms.count)
