"""The mixed model for repeated measures of a person's own table, as one call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis.mmrm import rows
from equipoise.analysis.mmrm.fit import DfMethod, MmrmFit, fit_mmrm
from equipoise.analysis.mmrm.formulas import parsed_hypothesis
from equipoise.analysis.mmrm.ls_means import Weighting, ls_mean_rows
from equipoise.analysis.mmrm.table import Columns, ModelTable, model_table
from equipoise.analysis.mmrm.type3 import type3_rows
from equipoise.estimates import Estimates, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from narwhals.typing import IntoDataFrame
    from numpy.typing import ArrayLike, NDArray

    from equipoise.analysis.contrast import FTest
    from equipoise.analysis.sandwich import CrKind


@dataclass(frozen=True, eq=False)
class Mmrm(Estimates):
    """The estimates of a model, with the model behind them.

    Beside everything that `Estimates` has: `fit` (coefficients, covariance, sigma, theta, ...),
    `test` of any linear hypothesis, `type3`.
    """

    fit: MmrmFit = field(kw_only=True)
    model: ModelTable = field(kw_only=True)
    level: float = field(kw_only=True, default=0.95)

    def contrasts(self, weights: ArrayLike, labels: Sequence[str] | None = None) -> Estimates:
        """Estimate linear combinations of the coefficients.

        Parameters
        ----------
        weights : shape (k, p) or (p,)
            In the order of `fit.columns`.
        labels : length k
        """
        return Estimates(rows.contrast_rows(self.fit, weights, labels, level=self.level))

    def test(self, weights: ArrayLike) -> FTest:
        """Test that all rows of `weights`, shape (q, p), are zero contrasts."""
        return self.fit.test(weights)

    def hypothesis(self, text: str) -> Estimates:
        """Test a linear hypothesis in words: ``"`arm[T.drug]` = 0, `sex[T.m]` = 0"``.

        Names of coefficients that are no plain words stand in backticks.
        """
        L, values = parsed_hypothesis(text, self.fit.columns)
        test = self.fit.test(L, values)
        return Estimates((rows.f_row("hypothesis-test", text, test, self.fit),))

    def type3(self) -> Estimates:
        """Test each term of the formula, adjusted for all others."""
        found = ((name, self.fit.test(L)) for name, L in type3_rows(self.model).items())
        return Estimates(
            tuple(rows.f_row("type-3-test", name, test, self.fit) for name, test in found)
        )


def mmrm(
    data: IntoDataFrame,
    formula: str,
    *,
    subject: str,
    visit: str,
    covariance: str = "us",
    df: DfMethod = "kenward-roger",
    robust: CrKind | None = None,
    reml: bool = True,
    arm: str | None = None,
    control: str | None = None,
    group: str | None = None,
    weights: str | None = None,
    coordinates: Sequence[str] = (),
    references: Mapping[str, str] | None = None,
    common_baseline: str | None = None,
    ls_weights: Weighting = "equal",
    level: float = 0.95,
) -> Mmrm:
    """Fit a mixed model for repeated measures (MMRM).

    Parameters
    ----------
    data
        Any data frame, one row a person and visit. Rows without the outcome count as missing at
        random given the rest of the model.
    formula
        Fixed effects in R's grammar: ``"FEV1 ~ RACE + SEX + ARMCD * AVISIT"``.
    subject, visit
        Columns that say whose row it is, and of which visit. The visit is a factor; its order is
        that of its categories, else natural (V2 before V10).
    covariance
        us, ar1, arh1, cs, csh, toep, toeph, ad, adh or sp_exp.
    df
        kenward-roger (as SAS), kenward-roger-linear, satterthwaite, between-within or residual.
    robust
        Sandwich covariance of the coefficients, people as clusters: CR0, CR2 or CR3, with Bell
        and McCaffrey's df.
    reml
        Restricted maximum likelihood; False for maximum likelihood.
    arm, control
        Column and reference of the arms that are compared at each visit. By default the one
        factor that interacts with the visit, and its first level.
    group
        Column of people who have a covariance matrix of their own (often the arm).
    weights
        Column of weights above 0: a row's variance is its visit's divided by its weight.
    coordinates
        Numeric columns for sp_exp: when (where) each row lies.
    references
        Reference level of other factors, e.g. ``{"SEX": "Male"}``; by default the first category,
        or the first in natural order.
    common_baseline
        Constrained longitudinal analysis (cLDA): the visit before treatment, at which all arms
        have one mean because they were randomised (Liang & Zeger 2000, Sankhya B 62:134-148).
        Its rows are outcomes like the others.
    ls_weights
        Weights of other factors in least-squares means: equal, or proportional to their rows.
    level
        Coverage of the intervals.

    Returns
    -------
    Mmrm
        Rows ``coefficient``, ``ls-mean`` and ``contrast`` (arm less control, by visit),
        ``people-scored``, ``covariance-parameter``, ``log-likelihood`` and ``final-score``.

    Raises
    ------
    DataError, NotIdentifiedError
        With what was asked, what came and what to do.

    References
    ----------
    Mallinckrodt et al. (2008), Drug Inf J 42:303-319.
    Kenward & Roger (1997), Biometrics 53:983-997.
    """
    columns = Columns(
        formula=formula,
        subject=subject,
        visit=visit,
        arm=arm,
        control=control,
        group=group,
        weights=weights,
        coordinates=tuple(coordinates),
        common_visit=None if common_baseline is None else str(common_baseline),
        references=tuple((references or {}).items()),
    )
    model = model_table(data, columns)
    fit = fit_table(model, covariance=covariance, df=df, robust=robust, reml=reml)
    found = [*rows.coefficient_rows(fit, level=level)]
    means = ls_mean_rows(model, ls_weights)
    found += rows.mean_rows(fit, means, model, level=level)
    found += rows.people_rows(model)
    found += rows.model_rows(fit)
    refused = () if model.arm is not None else (Refusal("contrast", _no_arm(model)),)
    named = Estimates(tuple(found), refused)
    named = named.with_fields(outcome=model.outcome, warnings=model.warnings)
    return Mmrm(named.rows, named.refused, fit=fit, model=model, level=level)


def _no_arm(model: ModelTable) -> str:
    return (
        f"No single factor interacts with {model.columns.visit!r} in {model.columns.formula!r}, so "
        "nothing says what is compared: name the arm."
    )


def fit_table(
    model: ModelTable, *, covariance: str, df: DfMethod, robust: CrKind | None, reml: bool
) -> MmrmFit:
    """Fit the model of a checked table."""
    columns, table = model.columns, model.table
    group: NDArray[np.intp] | None = None
    groups: tuple[str, ...] = ("all",)
    if columns.group is not None:
        groups = tuple(map(str, table[columns.group].cat.categories))
        group = np.zeros(len(model.people), dtype=np.intp)
        group[model.person] = table[columns.group].cat.codes.to_numpy()
    places = table[list(columns.coordinates)].to_numpy(dtype=np.float64)
    return fit_mmrm(
        table[model.outcome].to_numpy(dtype=np.float64),
        model.design,
        model.person,
        model.visit,
        columns=model.names,
        visits=model.visits,
        covariance=covariance,
        df=df,
        robust=robust,
        reml=reml,
        group=group,
        groups=groups,
        weights=None if columns.weights is None else table[columns.weights].to_numpy(),
        coordinates=places if columns.coordinates else None,
    )
