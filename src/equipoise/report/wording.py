"""The field's words for our slugs, and for directions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from equipoise.estimates import Estimate
from equipoise.report.findings import Findings, OutcomeFindings

TITLES = {
    "total-effect": "Total effect",
    "standardised-mean-difference": "Standardised mean difference",
    "coefficient": "Coefficients",
    "ls-mean": "Least-squares mean",
    "contrast": "Difference between arms at a visit",
    "covariance-parameter": "Covariance parameters",
    "log-likelihood": "Log-likelihood",
    "final-score": "Distance from the maximum",
    "type-3-test": "Type III tests",
    "hypothesis-test": "Linear hypotheses",
    "adjusted-mean": "Mean adjusted for baseline",
    "group-f-test": "F test over all arms",
    "risk": "Risk",
    "risk-difference": "Risk difference",
    "risk-ratio": "Risk ratio",
    "odds-ratio": "Odds ratio (marginal)",
    "conditional-odds-ratio": "Odds ratio at equal covariates",
    "common-odds-ratio": "Common odds ratio",
    "proportional-odds-check": "Check of proportional odds",
    "mann-whitney-probability": "Mann-Whitney probability",
    "win-odds": "Win odds",
    "rate": "Rate",
    "rate-ratio": "Rate ratio",
    "overdispersion": "Overdispersion",
    "survival-probability": "Free of the event",
    "median-survival": "Median time to the event",
    "rmst": "Restricted mean time",
    "rmst-difference": "Difference in restricted mean time",
    "rmst-ratio": "Ratio of restricted mean times",
    "log-rank": "Log-rank test",
    "hazard-ratio": "Hazard ratio",
    "proportional-hazards-check": "Check of proportional hazards",
    "cumulative-incidence": "Cumulative incidence",
    "people-scored": "People with a score in the model",
    "principal-stratum-bounds": "Bounds for those free of the event under either arm",
    "correct-guess-rate": "Correct guesses",
    "bang-index": "Bang's blinding index",
    "james-index": "James' blinding index",
    "belief-difference-index": "Difference in belief between the arms",
    "information-leak": "Information leak",
    "belief-standardised-effect": "Effect with belief made equal",
    "correct-guess-rate-curve": "Guess-rate curve",
    "correct-guess-rate-curve-band": "Guess-rate curve, simultaneous band",
    "correct-guess-rate-curve-symmetric": "Guess-rate curve, symmetric path",
    "correct-guess-rate-curve-symmetric-band": "Guess-rate curve, symmetric path, band",
    "blinding-surface": "Blinding surface",
    "stratum-mean": "Mean by arm and guess",
    "within-guess-effect": "Effect among people of one guess",
    "within-arm-belief-effect": "Belief contrast within an arm",
    "guess-adjusted-effect": "Effect with the guess as a covariate",
    "guess-effect": "Effect of the guess as a covariate",
    "arm-by-guess-interaction": "Interaction of arm and guess",
    "belief-part": "Belief part (total less belief made equal)",
    "belief-share": "Belief share",
    "tipping-point": "Tipping point",
    "tipping-curve": "Tipping curve",
    "principal-strata-bounds": "Bounds for principal strata",
    "belief-invariant-share": "People whose guess the arm does not change",
    "controlled-direct-effect": "Controlled direct effect",
    "unmeasured-cause": "Unmeasured cause",
    "e-value": "E-value",
    "expectancy-moderation": "Moderation by expectancy",
    "negative-control": "Negative control",
    "missing-guesses": "Missing guesses",
    "pooled-effect": "Pooled effect",
    "pooled-ratio": "Pooled ratio",
    "common-effect": "Common effect (inverse variance)",
    "common-ratio": "Common ratio",
    "tau2": "Variance between studies (tau2)",
    "tau": "Standard deviation between studies (tau)",
    "i2-tau2": "I2, from tau2",
    "i2-q": "I2, from Q",
    "h2": "H2",
    "q-test": "Cochran's Q",
    "prediction-interval": "Prediction interval",
    "prediction-interval-ratio": "Prediction interval, ratio",
    "studies": "Studies",
    "subgroup-effect": "Subgroups",
    "subgroup-ratio": "Subgroups, ratio",
    "subgroup-test": "Do subgroups differ?",
    "moderator-test": "Test of moderators",
    "r2": "Heterogeneity accounted for (R2)",
    "permutation-test": "Permutation test",
    "bootstrap-effect": "Bootstrap of the pooled effect",
    "bootstrap-tau2": "Bootstrap of tau2",
    "leave-one-out": "Without each study",
    "cumulative-effect": "As studies came in",
    "study-effect": "Studies as reported",
    "study-weight": "Weights",
    "influence-rstudent": "Deleted residuals",
    "influence-dffits": "DFFITS",
    "influence-cook-d": "Cook's distance",
    "influence-cov-ratio": "Covariance ratio",
    "influence-tau2-without": "tau2 without the study",
    "influence-q-without": "Q without the study",
    "influence-hat": "Leverage",
    "influence-weight": "Weight",
    "baujat-x": "Baujat plot: part in heterogeneity",
    "baujat-y": "Baujat plot: pull on the result",
    "adjusted-p": "Adjusted p value",
    "dose-coefficient": "Coefficients of the dose-response curve",
    "emax": "Largest effect (Emax)",
    "ed50": "Dose of half the largest effect (ED50)",
    "dose-effect": "Effect of a dose",
    "dose-effect-ratio": "Effect of a dose, as a ratio",
    "dose-response-test": "Test of any effect of dose",
    "nonlinearity-test": "Test of non-linearity",
    "converged": "Whether the fit converged",
    "dose-region-share": "Share of the data by region of dose",
    "drug-slope": "Coefficient of dose by drug",
    "equivalence-test": "Test that drugs have one slope",
    "diversity": "Diversity (D2)",
    "required-information": "Required information",
    "information-share": "Information at each look",
    "sequential-z": "Cumulative z",
    "sequential-boundary": "Boundary at each look",
    "futility-boundary": "Boundary for futility",
    "sequential-effect": "Effect, adjusted for looks",
    "sequential-test": "Test, adjusted for looks",
    "people-with-event": "With at least one event",
    "event-count": "Events",
    "incidence": "Incidence",
    "exposure-adjusted-rate": "Exposure-adjusted incidence rate",
    "event-rate": "Event rate",
    "incidence-difference": "Difference in incidence",
    "incidence-ratio": "Ratio of incidences",
    "rate-difference": "Difference in incidence rate",
    "event-rate-ratio": "Ratio of event rates",
    "harm-boundary": "Boundary for harm",
    "stopping-probability": "Probability of stopping for harm",
    "randomisation-p": "Randomisation test",
    "randomisation-p-error": "Monte Carlo error of its p",
    "randomisation-interval": "Effect by inverting the test",
    "free-permutation-p": "Free permutation of labels",
    "treatment-effect": "Treatment effect",
    "period-effect": "Period effect",
    "carry-over": "Carry-over",
    "within-person-sd": "Standard deviation within participants",
    "sequence-mean": "Mean by sequence and period",
    "preference-test": "Test of preference",
    "individual-effect": "Individual effect",
    "randomisation-test": "Randomisation test",
    "smallest-p": "Smallest p value possible",
    "time-trend": "Trend over time",
    "serial-correlation": "Serial correlation",
    "mean-effect": "Mean effect over people",
    "effect-sd-between-people": "Standard deviation of effects between people",
    "interaction-test": "Test of participant by treatment",
    "imputed-contrast": "Difference, imputed",
    "imputed-ls-mean": "Mean, imputed",
    "imputed-count": "Imputed scores",
    "tipping-map": "Difference at deltas",
    "network-effect": "Effect in the network (random effects)",
    "network-effect-common": "Effect in the network (common effects)",
    "network-ratio": "Effect in the network as a ratio",
    "network-ratio-common": "Effect in the network as a ratio (common effects)",
    "p-score": "P-score",
    "p-score-common": "P-score (common effects)",
    "node-split": "Direct less indirect evidence",
    "node-split-common": "Direct less indirect evidence (common effects)",
    "direct-effect": "Direct evidence",
    "direct-effect-common": "Direct evidence (common effects)",
    "indirect-effect": "Indirect evidence",
    "indirect-effect-common": "Indirect evidence (common effects)",
    "direct-share": "Share of direct evidence",
    "direct-share-common": "Share of direct evidence (common effects)",
    "contribution": "Contribution of a comparison",
    "contribution-common": "Contribution of a comparison (common effects)",
    "inconsistency-part": "Inconsistency by design",
    "component-effect": "Effect of a component",
    "component-effect-common": "Effect of a component (common effects)",
    "additive-effect": "Effect as a sum of components",
    "additive-effect-common": "Effect as a sum of components (common effects)",
    "regression-coefficient": "Change of the effect with a covariate",
    "adjusted-network-effect": "Effect at the covariates' mean",
    "regression-test": "Test of the covariates",
    "coefficient-sd": "Spread of coefficients between treatments",
    "p-score-split": "P-score, comparators split by kind",
    "p-score-joined": "P-score, comparators joined",
    "p-score-shift": "P-score, joined less split",
    "rank-shift": "Ranks moved when comparators are joined",
    "joined-effect": "Effect against the comparators joined",
    "effect-shift": "Effect, comparators joined less split",
    "effect-at-chance-guessing": "Effect had people guessed by chance",
    "finding-at-chance-guessing": "A finding about blind trials",
    "blinding-slope": "Slope on the blinding index",
    "index-reliability": "Reliability of the blinding index",
    "index-sd": "Standard deviation of true blinding indices",
    "distance-to-chance": "Distance of the nearest trial from chance guessing",
    "leverage-at-chance": "Leverage of chance guessing",
    "design-class-contrast": "Contrast between design classes",
    "heterogeneity-explained": "Heterogeneity explained",
    "bias-adjusted-effect": "Pooled effect less a supposed bias",
    "bias-tipping-point": "Bias at which the conclusion tips",
    "control-arm-share": "Control-arm share",
    "arm-change": "Change within an arm",
    "arm-response": "Response within an arm",
    "arm-contrast": "Active less control arm",
    "design-discrepancy": "Observational less randomised",
    "discrepancy-probability": "Probability of a discrepancy",
    "design-adjusted-effect": "Effect by weight of observational evidence",
    "posterior-effect": "Mean effect",
    "posterior-tau": "Standard deviation between studies (tau)",
    "posterior-prediction": "Effect in a new study",
    "posterior-study-effect": "Effect in each study",
    "posterior-network-effect": "Effect in the network",
    "posterior-bias": "Mean bias",
    "probability-below": "Probability of a mean effect below",
    "sucra": "Surface under the cumulative ranking (SUCRA)",
    "trial-effect": "Effect of a trial, taken apart",
    "decomposed-effect": "Pooled effect, taken apart",
    "risk-of-bias": "Risk of bias",
    "certainty": "Certainty of the evidence",
    "imputation-tipping-point": "Tipping point of the missing scores",
}


def title_of(slug: str) -> str:
    """Return what a slug is called on a page."""
    return TITLES.get(slug, slug.replace("-", " ").capitalize())


def variant_of(row: Estimate) -> str:
    """Return what tells a row from others of its slug."""
    told = row.arm is not None and (row.label or "").startswith(f"{row.arm} - ")
    arm = f"{row.arm} arm" if row.arm and not told else None
    label = row.label if row.label != row.arm else None
    return ", ".join(part for part in (arm, label, row.visit) if part)


def favours(outcome: OutcomeFindings, findings: Findings, effect: float) -> str:
    """Return the arm that an effect of this sign favours, or "" where neither is better."""
    if not outcome.sign or not effect:
        return ""
    return findings.active if effect * outcome.sign > 0 else findings.control


def direction(outcome: OutcomeFindings, findings: Findings) -> str:
    """Return the axis label of an effect: units, and which side is better."""
    plain = f"difference in {outcome.unit or outcome.name}"
    if not outcome.sign:
        return plain
    side = "above" if outcome.sign > 0 else "below"
    return f"{plain}\n({side} 0 favours {findings.active})"


def excludes_zero(row: Estimate) -> bool:
    """Whether the interval lies wholly on one side of zero."""
    return row.low is not None and row.high is not None and (row.low > 0 or row.high < 0)


def without_shared_visit(rows: Iterable[Estimate]) -> list[Estimate]:
    """Take off a visit that all rows share: a heading says it once."""
    rows = list(rows)
    if len({row.visit for row in rows} - {None}) != 1:
        return rows
    return [replace(row, visit=None) for row in rows]
