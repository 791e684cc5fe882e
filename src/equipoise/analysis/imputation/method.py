"""How to impute: the choices that do not depend on the data, checked, and put into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from equipoise.errors import DataError

Kind = Literal["conditional-mean", "bayes", "approximate-bayes"]
Resampling = Literal["jackknife", "bootstrap"]
Prior = Literal["inverse-wishart", "jeffreys"]
Analysis = Literal["ancova", "mmrm"]

DEFAULT_DRAWS = {"conditional-mean": 1000, "bayes": 100, "approximate-bayes": 100}
PRIORS: dict[str, str] = {
    "inverse-wishart": (
        "flat prior of the coefficients, inverse Wishart prior of Sigma with m + 2 degrees of "
        "freedom and mean at the REML estimate"
    ),
    "jeffreys": "flat prior of the coefficients, prior |Sigma|^-(m + 1)/2",
}


@dataclass(frozen=True, slots=True)
class Method:
    """Imputation, inference and analysis.

    Parameters
    ----------
    kind
        "conditional-mean": one imputation by its mean, standard errors by resampling people.
        "bayes": random imputations from the posterior, Rubin's rules. "approximate-bayes": the
        same with bootstrap refits as posterior draws.
    draws
        Bootstrap resamples, or imputations; None: 1000 and 100.
    covariance, by_arm, reml
        Of the imputation model; `by_arm` gives each arm a covariance matrix of its own.
    burn_in
        Steps of each Markov chain before its one draw.
    """

    kind: Kind = "conditional-mean"
    resampling: Resampling = "jackknife"
    draws: int | None = None
    covariance: str = "us"
    by_arm: bool = False
    reml: bool = True
    analysis: Analysis = "ancova"
    prior: Prior = "inverse-wishart"
    burn_in: int = 100

    def __post_init__(self) -> None:
        for name, given, known in (
            ("method", self.kind, get_args(Kind)),
            ("resampling", self.resampling, get_args(Resampling)),
            ("analysis", self.analysis, get_args(Analysis)),
            ("prior", self.prior, get_args(Prior)),
        ):
            if given not in known:
                raise DataError(f"There is no {name} {given!r}. These are: {', '.join(known)}.")
        if self.count < 2 or self.burn_in < 1:
            raise DataError(
                f"At least 2 draws and a burn-in of 1 are needed. Got {self.draws}, {self.burn_in}."
            )
        if self.kind == "bayes" and self.covariance != "us":
            raise DataError(
                f"Bayesian draws have an unstructured covariance. For {self.covariance!r} use "
                "method='conditional-mean' or 'approximate-bayes'."
            )
        if self.covariance.startswith("sp"):
            raise DataError("Imputation needs a covariance of visits: not a spatial structure.")

    @property
    def count(self) -> int:
        """How many resamples or imputations."""
        return DEFAULT_DRAWS[self.kind] if self.draws is None else self.draws

    @property
    def random_imputation(self) -> bool:
        """Whether scores are drawn and pooled by Rubin's rules."""
        return self.kind != "conditional-mean"

    @property
    def uses_chance(self) -> bool:
        """Whether a random generator is needed."""
        return self.random_imputation or self.resampling == "bootstrap"

    def in_words(self, structure: str, formula: str) -> str:
        """Say in one line how the numbers are made."""
        by = ", one matrix an arm" if self.by_arm else ""
        base = f"MMRM ({'REML' if self.reml else 'ML'}, {structure} covariance{by})"
        analysis = (
            f"ANCOVA at each visit, {formula}"
            if self.analysis == "ancova"
            else f"MMRM of the completed scores, {formula}"
        )
        if self.kind == "conditional-mean":
            spread = (
                "jackknife standard errors"
                if self.resampling == "jackknife"
                else f"bootstrap standard errors ({self.count} resamples within arms)"
            )
            return (
                "Conditional mean imputation (von Hippel & Bartlett 2021; Wolbers et al. 2022) "
                f"from an {base}; {analysis}; {spread}, normal intervals"
            )
        source = (
            f"posterior draws, {PRIORS[self.prior]}"
            if self.kind == "bayes"
            else "bootstrap refits within arms as approximate posterior draws"
        )
        return (
            f"Multiple imputation, {self.count} times, from an {base}, {source}; {analysis}; "
            "Rubin's (1987) rules, Barnard & Rubin (1999) df"
        )
