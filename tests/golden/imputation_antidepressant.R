# R rbmi 1.5.2 on the antidepressant trial (rbmi's own example; not in this repository), HAMD17 change.
# Run: EQUIPOISE_DATA=<folder> Rscript tests/golden/imputation_antidepressant.R > tests/golden/imputation_antidepressant.csv
# (which version: docs/peers.md; about 6 minutes of CPU).
#
# Imputation model CHANGE ~ THERAPY * VISIT + BASVAL * VISIT, unstructured, REML; analysis model: ANCOVA at
# each visit, CHANGE ~ THERAPY + BASVAL; contrast PLACEBO - DRUG (positive: the drug is better). Reference
# arm PLACEBO. The intercurrent event is at a patient's first missing visit; patient 3618, whose gap is
# intermittent, has none and is imputed as MAR.
#
# `fit` says how each MMRM within rbmi was fitted: `default` as rbmi ships (its optimiser stops about 1e-4
# short), `refined` with Newton steps to the optimum (mmrm_refined.R), which is what to compare tightly.
# Columns: configuration, fit, method, strategy, delta, quantity, estimate, se, low, high, df. Quantities: trt
# VISIT; lsm DRUG VISIT; lsm PLACEBO VISIT; imputed-mean ARM VISIT (mean of the completed outcomes of the
# arm); imputed-count ARM VISIT; and of the MMRM itself loglik, coefficient X, covariance A B.
#   configuration one    as above
#   configuration two    a covariance per arm (same_cov = FALSE); see `second` for its edited rows and
#                        strategies; "two common covariance": the same with one covariance
# Methods: jackknife; bootstrap (200, normal, seed 1); approximate-bayes (500 draws, Rubin, seed 1). The last
# two carry Monte Carlo error: bootstrap about 5 % of its se; approximate-bayes as its rows `mcse X` say
# (standard error of the estimate of X over repeated runs).
folder <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(folder, "mmrm_refined.R"))
library(rbmi)
as_shipped <- mmrm::mmrm
use <- function(fit) {
  to_optimum <- function(formula, data, reml, n_cores, accept_singular) {
    as_shipped(formula, data, reml = reml,
      control = mmrm_control(accept_singular = accept_singular, optimizers = list(newton = newton)))
  }
  assignInNamespace("mmrm", if (fit == "refined") to_optimum else as_shipped, "mmrm")
}

trial <- read.csv(file.path(Sys.getenv("EQUIPOISE_DATA"), "antidepressant.csv"), na.strings = "")
trial <- trial[order(as.integer(trial$PATIENT), trial$VISIT), c("PATIENT", "VISIT", "THERAPY", "BASVAL", "CHANGE")]
trial$PATIENT <- factor(trial$PATIENT, levels = unique(trial$PATIENT))
trial$VISIT <- factor(trial$VISIT)
trial$THERAPY <- factor(trial$THERAPY)
trial <- expand_locf(trial, PATIENT = levels(trial$PATIENT), VISIT = levels(trial$VISIT),
  vars = c("BASVAL", "THERAPY"), group = "PATIENT", order = c("PATIENT", "VISIT"))
for_draws <- set_vars(outcome = "CHANGE", visit = "VISIT", subjid = "PATIENT", group = "THERAPY",
  covariates = c("BASVAL*VISIT", "THERAPY*VISIT"))
for_ancova <- set_vars(outcome = "CHANGE", visit = "VISIT", subjid = "PATIENT", group = "THERAPY",
  covariates = "BASVAL")
references <- c(DRUG = "PLACEBO", PLACEBO = "PLACEBO")

first_missing <- function(data, strategy) {
  missing <- data[is.na(data$CHANGE) & data$PATIENT != "3618", ]
  ice <- missing[!duplicated(missing$PATIENT), c("PATIENT", "VISIT")]
  ice$strategy <- strategy
  ice
}

# Configuration two. Among patients seen at every visit, in order of their number: of the drug arm the
# first four have the event at visit 6 (the third), copy increments, and the first two of them lose visit 7;
# of the placebo arm the first two have it at visit 5, copy reference, and the first loses visits 6 and 7.
# Values seen after the event stay in the analysis but not in the imputation model. All others with missing
# values: drug JR, placebo MAR. Delta: 2 on each value imputed in the drug arm after the event.
second <- function() {
  data <- trial
  seen <- tapply(!is.na(data$CHANGE), data$PATIENT, all)
  arm <- data$THERAPY[match(names(seen), data$PATIENT)]
  drug <- names(seen)[seen & arm == "DRUG"][1:4]
  placebo <- names(seen)[seen & arm == "PLACEBO"][1:2]
  data$CHANGE[data$PATIENT %in% drug[1:2] & data$VISIT == "7"] <- NA
  data$CHANGE[data$PATIENT == placebo[1] & data$VISIT %in% c("6", "7")] <- NA
  edited <- data.frame(PATIENT = c(drug, placebo), VISIT = rep(c("6", "5"), c(4, 2)),
    strategy = rep(c("CIR", "CR"), c(4, 2)))
  others <- first_missing(data[!data$PATIENT %in% edited$PATIENT, ], "JR")
  arm_of <- data$THERAPY[match(others$PATIENT, data$PATIENT)]
  others$strategy <- ifelse(arm_of == "DRUG", "JR", "MAR")
  ice <- rbind(edited, others)
  ice$PATIENT <- factor(ice$PATIENT, levels = levels(data$PATIENT))
  list(data = data, ice = ice)
}

say <- function(key, quantity, estimate, se = NA, low = NA, high = NA, df = NA) {
  lines_of(paste(key, collapse = ","), quantity, digits(estimate), digits(se), digits(low), digits(high), digits(df))
}
say_pooled <- function(key, imputed, delta = NULL, mc = FALSE) {
  analysed <- analyse(imputed, ancova, vars = for_ancova, delta = delta)
  pooled <- pool(analysed, type = if (key[3] == "bootstrap") "normal" else "percentile")
  table <- as.data.frame(pooled)
  name <- sub("^lsm_ref_", "lsm DRUG ", sub("^lsm_alt_", "lsm PLACEBO ", sub("^trt_", "trt ", table$parameter)))
  df <- if (key[3] == "approximate-bayes") mapply(df_of, (table$uci - table$est) / table$se) else NA
  say(key, name, table$est, table$se, table$lci, table$uci, df)
  if (mc) {
    spread <- vapply(table$parameter, function(x) sd(sapply(analysed$results, function(r) r[[x]]$est)), numeric(1))
    say(key, paste("mcse", name), spread / sqrt(length(analysed$results)))
  }
}
df_of <- function(quantile) { # rbmi gives Rubin's df (Barnard & Rubin 1999) only through its interval
  uniroot(function(df) qt(0.975, df) - quantile, c(1.5, 1e6), tol = 1e-10)$root
}
say_imputed <- function(key, imputed, data) {
  first <- extract_imputed_dfs(imputed, index = 1)[[1]]
  for (arm in levels(data$THERAPY)) for (visit in levels(data$VISIT)) {
    at <- first$THERAPY == arm & first$VISIT == visit
    say(key, paste("imputed-mean", arm, visit), mean(first$CHANGE[at]))
    say(key, paste("imputed-count", arm, visit), sum(is.na(data$CHANGE[data$THERAPY == arm & data$VISIT == visit])))
  }
}
delta_of <- function(imputed, drug, placebo) {
  shift <- delta_template(imputed)
  shift$delta <- ifelse(shift$is_missing, ifelse(shift$THERAPY == "DRUG", drug, placebo), 0)
  shift[, c("PATIENT", "VISIT", "delta")]
}
later <- function(imputed) { # 1 at the first visit of the event and 1 more at each later one, drug arm
  shift <- delta_template(imputed, delta = c(1, 1, 1, 1), dlag = c(1, 1, 1, 1))
  shift$delta <- ifelse(shift$THERAPY == "DRUG" & shift$is_missing, shift$delta, 0)
  shift[, c("PATIENT", "VISIT", "delta")]
}
update <- function(ice, strategy) {
  ice$strategy <- strategy
  ice
}

cat("configuration,fit,method,strategy,delta,quantity,estimate,se,low,high,df\n")
strategies <- c("MAR", "JR", "CR", "CIR", "LMCF")
ice <- first_missing(trial, "JR")
options(warn = 1)

model <- refined(CHANGE ~ THERAPY * VISIT + BASVAL * VISIT + us(VISIT | PATIENT), trial)
key <- c("one", "refined", "mmrm", "", "")
say(key, "loglik", -model$neg_log_lik)
table <- summary(model)$coefficients
say(key, paste("coefficient", rownames(table)), table[, "Estimate"], table[, "Std. Error"], NA, NA, table[, "df"])
cov <- component(model, "varcor")
for (i in 1:4) for (j in 1:i) say(key, paste("covariance", rownames(cov)[i], rownames(cov)[j]), cov[i, j])

for (fit in c("refined", "default")) {
  use(fit)
  message(fit, " jackknife: ", paste(round(system.time(
    drawn <- draws(trial, ice, for_draws, method_condmean(type = "jackknife"), quiet = TRUE))[1], 1)), " s")
  for (strategy in strategies) {
    imputed <- impute(drawn, references, update_strategy = update(ice, strategy))
    key <- c("one", fit, "jackknife", strategy, "0")
    say_pooled(key, imputed)
    if (fit == "default") next
    say_imputed(key, imputed, trial)
    if (!strategy %in% c("MAR", "JR")) next
    for (drug in c(2, 4)) say_pooled(c(key[1:4], paste0("drug ", drug)), imputed, delta_of(imputed, drug, 0))
    say_pooled(c(key[1:4], "drug 3 placebo 1"), imputed, delta_of(imputed, 3, 1))
    say_pooled(c(key[1:4], "drug 1 a visit after the event"), imputed, later(imputed))
  }
}

use("refined")
edited <- second()
drawn <- draws(edited$data, edited$ice, for_draws, method_condmean(type = "jackknife", same_cov = FALSE), quiet = TRUE)
imputed <- impute(drawn, references)
key <- c("two", "refined", "jackknife", "per patient", "0")
say_pooled(key, imputed)
say_imputed(key, imputed, edited$data)
shift <- delta_template(imputed)
shift$delta <- ifelse(shift$is_missing & shift$is_post_ice & shift$THERAPY == "DRUG", 2, 0)
say_pooled(c(key[1:4], "drug 2"), imputed, shift[, c("PATIENT", "VISIT", "delta")])

# the same covariance for both arms, otherwise as configuration two
drawn <- draws(edited$data, edited$ice, for_draws, method_condmean(type = "jackknife"), quiet = TRUE)
say_pooled(c("two common covariance", key[2:4], "0"), impute(drawn, references))

use("default")
RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(1)
drawn <- draws(trial, ice, for_draws, method_condmean(type = "bootstrap", n_samples = 200), quiet = TRUE)
for (strategy in strategies) {
  say_pooled(c("one", "default", "bootstrap", strategy, "0"),
    impute(drawn, references, update_strategy = update(ice, strategy)))
}
set.seed(1)
drawn <- draws(trial, ice, for_draws, method_approxbayes(n_samples = 500), quiet = TRUE)
for (strategy in strategies) {
  say_pooled(c("one", "default", "approximate-bayes", strategy, "0"),
    impute(drawn, references, update_strategy = update(ice, strategy)), mc = TRUE)
}
