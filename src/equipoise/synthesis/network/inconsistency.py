"""Q of a network, split into heterogeneity within designs and inconsistency between them.

A design is the set of treatments that a study compares. A model with effects of its own for every
design fits all that the studies of a design agree on; what it leaves is within designs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from equipoise.synthesis.network.heterogeneity import least_squares
from equipoise.synthesis.network.network import Network

FloatArray = NDArray[np.float64]


class QTest(NamedTuple):
    """A chi-squared statistic; `p` is NaN without degrees of freedom."""

    label: str
    q: float
    df: int

    @property
    def p(self) -> float:
        """Upper tail of the chi-squared distribution."""
        return float(chdtrc(self.df, self.q)) if self.df > 0 else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class QSplit:
    """Total = within + between; by design, and between with one design set apart.

    `parts` are what each design adds to Q between: they sum to it.
    """

    total: QTest
    within: QTest
    between: QTest
    by_design: tuple[QTest, ...]
    detached: tuple[QTest, ...]
    parts: dict[str, float]
    interaction: QTest
    tau2_within: float


def design_name(design: tuple[str, ...]) -> str:
    """Write a design: "SSRI : TCA : placebo"."""
    return " : ".join(design)


def q_split(network: Network) -> QSplit:
    """Split Q by designs in the common-effect model, and test consistency with heterogeneity.

    `interaction` is Q between designs once heterogeneity within designs, by the moment estimator
    of the full design-by-treatment interaction model, widens the studies' variances.

    References
    ----------
    Krahn, Binder & König (2013), BMC Med Res Methodol 13:35. Jackson, Barrett, Rice, White &
    Higgins (2014), Stat Med 33:3639-3654. Higgins et al. (2012), Res Synth Methods 3:98-110.
    """
    of_study = network.designs
    designs = tuple(dict.fromkeys(sorted(of_study)))
    place = {design: k for k, design in enumerate(designs)}
    row_design = np.array([place[design] for design in of_study])[network.row_study]
    every = np.arange(len(row_design))
    all_q, all_df = _q(network, every)
    within = [_q(network, np.flatnonzero(row_design == k)) for k in range(len(designs))]
    q_in, df_in = sum(q for q, _ in within), sum(df for _, df in within)
    by_design = tuple(
        QTest(design_name(design), *one) for design, one in zip(designs, within, strict=True)
    )
    between = all_q - q_in, all_df - df_in
    t = _moment_within(network, row_design, len(designs), q_in, df_in)
    return QSplit(
        QTest("total", all_q, all_df),
        QTest("within designs", q_in, df_in),
        QTest("between designs", *between),
        tuple(q for q in by_design if q.df > 0),
        tuple(
            test
            for test in _detached(network, row_design, designs, (q_in, df_in), within)
            if test.df < between[1]
        ),
        _parts(network, row_design, designs, [q for q, _ in within]),
        _interaction(network, row_design, len(designs), t),
        2 * t,
    )


def _q(network: Network, rows: NDArray[np.intp], tau2: float = 0.0) -> tuple[float, int]:
    """Q and df of the consistency model on the rows of some studies."""
    X, w = network.X[rows], 1 / (network.d[rows] + tau2 / 2)
    z, lack = network.contrasts_at(tau2)
    inside = lack[np.unique(network.row_study[rows])].sum()
    q = least_squares(z[rows], X, w).q + float(inside)
    return q, len(rows) - int(np.linalg.matrix_rank(X, tol=1e-9))


def _parts(
    network: Network,
    row_design: NDArray[np.intp],
    designs: tuple[tuple[str, ...], ...],
    within: list[float],
) -> dict[str, float]:
    """Return each design's residual sum of squares beyond what its own studies disagree on."""
    w = 1 / network.d
    fit = least_squares(network.z, network.X, w)
    square = w * fit.residual**2
    lack = network.contrasts_at(0.0)[1]
    found = {}
    for k, design in enumerate(designs):
        rows = row_design == k
        inside = lack[np.unique(network.row_study[rows])].sum()
        found[design_name(design)] = float(square[rows].sum() + inside - within[k])
    return found


def _moment_within(
    network: Network, row_design: NDArray[np.intp], designs: int, q: float, df: int
) -> float:
    """Half of tau2 by the method of moments in the model with effects for every design."""
    if df <= 0:
        return 0.0
    w = 1 / network.d
    trace = 0.0
    for k in range(designs):
        rows = row_design == k
        trace += least_squares(network.z[rows], network.X[rows], w[rows]).trace
    return max(0.0, (q - df) / (float(w.sum()) - trace))


def _interaction(network: Network, row_design: NDArray[np.intp], designs: int, t: float) -> QTest:
    whole, df = _q(network, np.arange(len(row_design)), 2 * t)
    for k in range(designs):
        q, own = _q(network, np.flatnonzero(row_design == k), 2 * t)
        whole, df = whole - q, df - own
    return QTest("design by treatment", whole, df)


def _detached(
    network: Network,
    row_design: NDArray[np.intp],
    designs: tuple[tuple[str, ...], ...],
    q_within: tuple[float, int],
    within: list[tuple[float, int]],
) -> tuple[QTest, ...]:
    """Q between designs when one of them has effects of its own."""
    found = []
    for k, design in enumerate(designs):
        others = np.flatnonzero(row_design != k)
        q, df = _q(network, others)
        q, df = q - (q_within[0] - within[k][0]), df - (q_within[1] - within[k][1])
        found.append(QTest(design_name(design), q, df))
    return tuple(found)
