# R rbmi 1.5.2 on a made trial with what the antidepressant trial lacks: scores seen after the event,
# gaps, a factor among the covariates, other covariance structures.
# Run: Rscript tests/golden/imputation_made_trial.R tests/golden (writes the data, then the results;
# which version: docs/peers.md; about 3 minutes).
#
# 70 people, 4 visits, event from visit 2 on in about a third, half of them seen on. Imputation model
# score ~ base * visit + arm * visit + sex; each MMRM fitted to its optimum (mmrm_refined.R). Analysis:
# ANCOVA score ~ arm + base + sex at each visit; contrast drug - placebo; jackknife.
# Columns: configuration, strategy, weights, quantity, estimate, se.
#   us, csh    covariance of the imputation model; strategies for both arms; events as in the data
#   retrieved  all MAR, with (constant) arm * after, or (time-since) arm * since, in the model
folder <- commandArgs(TRUE)[1]
source(file.path(folder, "mmrm_refined.R"))
library(rbmi)

RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(20251125)
n <- 70
people <- data.frame(id = sprintf("p%02d", 1:n), arm = rep(c("placebo", "drug"), length.out = n),
  sex = sample(c("f", "m"), n, TRUE, c(0.65, 0.35)), base = round(rnorm(n, 22, 4)))
first <- ifelse(runif(n) < 0.35, sample(2:4, n, TRUE), 9)
stays <- runif(n) < 0.5
long <- merge(people, data.frame(visit = 1:4))
long <- long[order(long$id, long$visit), ]
k <- match(long$id, people$id)
long$after <- as.integer(long$visit >= first[k])
long$since <- pmax(long$visit - first[k] + 1, 0)
u <- rnorm(n, 0, 3)
mean_of <- 20 - long$visit * (1 + 0.9 * (long$arm == "drug")) + 0.4 * (long$base - 22) + 0.8 * (long$sex == "m")
long$score <- round(mean_of + u[k] + rnorm(4 * n, 0, 2.5) + 1.5 * long$since * (long$arm == "drug"), 1)
gone <- (long$after == 1 & !stays[k]) | runif(4 * n) < 0.04
long$score[gone] <- NA
write.csv(long, file.path(folder, "imputation_made_trial_data.csv"), row.names = FALSE, quote = FALSE)

trial <- transform(long, id = factor(id), arm = factor(arm, c("placebo", "drug")), sex = factor(sex),
  visit = factor(visit))
ice_of <- function(strategy) {
  data.frame(id = people$id, visit = as.character(first), strategy = strategy)[first < 9, ]
}
vars_of <- function(more = NULL) {
  set_vars(outcome = "score", visit = "visit", subjid = "id", group = "arm",
    covariates = c("base*visit", "arm*visit", "sex", more))
}
for_ancova <- set_vars(outcome = "score", visit = "visit", subjid = "id", group = "arm", covariates = c("base", "sex"))
references <- c(drug = "placebo", placebo = "placebo")
out <- file(file.path(folder, "imputation_made_trial.csv"), "w")
cat("configuration,strategy,weights,quantity,estimate,se\n", file = out)
say <- function(configuration, strategy, imputed) {
  for (weights in c("counterfactual", "equal")) {
    found <- as.data.frame(pool(analyse(imputed, ancova, vars = for_ancova, weights = weights)))
    name <- sub("^lsm_ref_", "lsm placebo ", sub("^lsm_alt_", "lsm drug ", sub("^trt_", "trt ", found$parameter)))
    cat(sprintf("%s,%s,%s,%s,%.15g,%.15g\n", configuration, strategy, weights, name, found$est, found$se),
      sep = "", file = out)
  }
}
assignInNamespace("mmrm", {
  shipped <- mmrm::mmrm
  function(formula, data, reml, n_cores, accept_singular) {
    shipped(formula, data, reml = reml,
      control = mmrm_control(accept_singular = accept_singular, optimizers = list(newton = newton)))
  }
}, "mmrm")
for (covariance in c("us", "csh")) {
  method <- method_condmean(covariance = covariance, type = "jackknife")
  drawn <- draws(trial, ice_of("JR"), vars_of(), method, quiet = TRUE)
  for (strategy in c("JR", "CR", "CIR", "LMCF")) {
    ice <- ice_of(strategy)
    say(covariance, strategy, impute(drawn, references, update_strategy = ice))
  }
  say(covariance, "MAR", impute(draws(trial, NULL, vars_of(), method, quiet = TRUE), references))
}
method <- method_condmean(type = "jackknife")
say("retrieved", "constant", impute(draws(trial, NULL, vars_of("arm*after"), method, quiet = TRUE), references))
say("retrieved", "time-since", impute(draws(trial, NULL, vars_of("arm*since"), method, quiet = TRUE), references))
close(out)
