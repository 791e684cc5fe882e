# R mmrm 0.3.18 at its optimum on fev_data (mmrm's own artificial trial, Apache-2.0; not in this repository).
# Run: EQUIPOISE_DATA=<folder with fev.csv> Rscript tests/golden/mmrm_fev.R > tests/golden/mmrm_fev.csv
# (which version: docs/peers.md). Columns:
#   model       full: FEV1 ~ RACE + SEX + ARMCD * AVISIT; arm: FEV1 ~ ARMCD; clda: baseline as the outcome VIS0, see below
#   structure   covariance; "by ARMCD" fitted per arm; "weighted" with WEIGHT
#   estimation  reml or ml
#   method      of se and df: satterthwaite, kenward-roger-r (R's log-Cholesky parametrisation),
#               kenward-roger-linear, between-within, residual, and sandwich-cr0, -cr2, -cr3 with
#               mmrm's Satterthwaite df
#   quantity    loglik; coefficient X; covariance A B; ls-mean ARM VISIT; contrast TRT-PBO VISIT;
#               type3 TERM (estimate = F, by mmrm's car::Anova method); joint TRT: the effect of TRT is 0
#               at every visit (F); joint RACE; supremum of loglik
#   df_num, p   of F tests and of coefficients
#   refined     yes: score' Hessian^-1 score < 1e-20 and the Hessian positive definite; boundary: the
#               log-likelihood rises to its supremum as the correlation goes to 0 and has no maximum
source(file.path(dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE))), "mmrm_refined.R"))

fev <- read.csv(file.path(Sys.getenv("EQUIPOISE_DATA"), "fev.csv"), na.strings = "")
fev$RACE <- relevel(factor(fev$RACE), "Asian")
fev$SEX <- relevel(factor(fev$SEX), "Male")
fev$ARMCD <- relevel(factor(fev$ARMCD), "PBO")
fev$AVISIT <- factor(fev$AVISIT)
fev$USUBJID <- factor(fev$USUBJID, levels = unique(fev$USUBJID))
right <- "FEV1 ~ RACE + SEX + ARMCD * AVISIT"
visits <- levels(fev$AVISIT)

row <- function(key, quantity, estimate, se = NA, df = NA, df_num = NA, p = NA) {
  lines_of(key, quantity, digits(estimate), digits(se), digits(df), digits(df_num), digits(p),
    if (is_refined()) "yes" else "no")
}
coefficients_of <- function(key, fit) {
  table <- suppressWarnings(summary(fit)$coefficients)
  for (name in rownames(table)) {
    row(key, paste("coefficient", name), table[name, "Estimate"], table[name, "Std. Error"],
      table[name, "df"], NA, table[name, ncol(table)])
  }
}
covariance_of <- function(key, fit) {
  cov <- component(fit, "varcor")
  if (is.matrix(cov)) cov <- list(cov)
  for (group in seq_along(cov)) {
    at <- cov[[group]]
    prefix <- if (length(cov) > 1) paste0(names(cov)[group], " ") else ""
    for (i in seq_len(nrow(at))) for (j in seq_len(i)) {
      row(key, paste0("covariance ", prefix, rownames(at)[i], " ", rownames(at)[j]), at[i, j])
    }
  }
}
means_of <- function(key, fit) {
  means <- emmeans(fit, ~ ARMCD | AVISIT)
  table <- as.data.frame(means)
  row(key, paste("ls-mean", table$ARMCD, table$AVISIT), table$emmean, table$SE, table$df)
  table <- as.data.frame(pairs(means, reverse = TRUE))
  row(key, paste("contrast TRT-PBO", table$AVISIT), table$estimate, table$SE, table$df, NA, table$p.value)
  over <- as.data.frame(pairs(emmeans(fit, ~ ARMCD), reverse = TRUE))
  row(key, "contrast TRT-PBO average", over$estimate, over$SE, over$df, NA, over$p.value)
}
tests_of <- function(key, fit) {
  names <- names(component(fit, "beta_est"))
  wanted <- c("ARMCDTRT", paste0("ARMCDTRT:AVISIT", visits[-1]))
  contrast <- diag(length(names))[match(wanted, names), ]  # no effect at any visit
  joint <- df_md(fit, contrast)
  row(key, "joint TRT", joint$f_stat, NA, joint$denom_df, joint$num_df, joint$p_val)
  race <- df_md(fit, diag(length(names))[grep("^RACE", names), ])
  row(key, "joint RACE", race$f_stat, NA, race$denom_df, race$num_df, race$p_val)
  type3 <- getFromNamespace("Anova.mmrm", "mmrm")(fit, type = "III")
  row(key, paste("type3", rownames(type3)), type3$F, NA, type3[["Res.Df"]], type3$Df, type3[["Pr(>F)"]])
}
methods <- list(
  satterthwaite = c("Satterthwaite", "Asymptotic"),
  `kenward-roger-r` = c("Kenward-Roger", "Kenward-Roger"),
  `kenward-roger-linear` = c("Kenward-Roger", "Kenward-Roger-Linear"),
  `between-within` = c("Between-Within", "Asymptotic"),
  residual = c("Residual", "Asymptotic"),
  `sandwich-cr0` = c("Satterthwaite", "Empirical"),
  `sandwich-cr2` = c("Satterthwaite", "Empirical-Bias-Reduced"),
  `sandwich-cr3` = c("Satterthwaite", "Empirical-Jackknife"))

report <- function(model, name, formula, data, estimations, wanted, weights = NULL, details = FALSE) {
  for (estimation in estimations) for (method in wanted) {
    if (estimation == "ml" && grepl("kenward", method)) next
    key <- paste(model, name, estimation, method, sep = ",")
    fit <- try(refined(as.formula(formula), data, methods[[method]][1], methods[[method]][2],
      estimation == "reml", weights), silent = TRUE)
    if (inherits(fit, "try-error")) {
      problem <- conditionMessage(attr(fit, "condition"))
      if (!grepl("boundary", problem)) stop(problem)
      if (method == wanted[1]) {
        lines_of(key, "supremum of loglik", digits(-refinement$limit), "", "", "", "", "boundary")
      }
      next
    }
    message(sprintf("%-50s score %.1e decrement %.1e gain over nlminb %.1e", key, refinement$score,
      refinement$decrement, refinement$nlminb - fit$neg_log_lik))
    if (method == "satterthwaite") {
      row(key, "loglik", -fit$neg_log_lik)
      covariance_of(key, fit)
    }
    coefficients_of(key, fit)
    if (details) {
      means_of(key, fit)
      if (!grepl("sandwich", method) || method == "sandwich-cr0") tests_of(key, fit)
    }
  }
}

cat("model,structure,estimation,method,quantity,estimate,se,df,df_num,p,refined\n")
both <- c("reml", "ml")
model_based <- c("satterthwaite", "kenward-roger-linear")
term <- function(structure, by = "") {
  visit <- c(sp_exp = "VISITN", sp_exp2 = "VISITN2")[structure]
  type <- sub("2$", "", structure)
  sprintf("%s + %s(%s | %sUSUBJID)", right, type, if (is.na(visit)) "AVISIT" else visit, by)
}
report("full", "us", term("us"), fev, both, names(methods), details = TRUE)
for (structure in c("ar1", "ar1h", "cs", "csh", "toep", "toeph", "ad", "adh")) {
  report("full", structure, term(structure), fev, both, c(model_based, "kenward-roger-r"))
}
report("full", "sp_exp(VISITN)", term("sp_exp"), fev, both, model_based)
report("full", "sp_exp(VISITN2)", term("sp_exp2"), fev, both, model_based)
report("full", "sp_exp(VISITN VISITN2)", paste(right, "+ sp_exp(VISITN, VISITN2 | USUBJID)"), fev, both,
  model_based)
for (structure in c("us", "ar1h", "cs", "toeph", "adh")) {
  report("full", paste(structure, "by ARMCD"), term(structure, "ARMCD / "), fev, both, model_based)
}
for (structure in c("us", "ar1h", "cs")) {
  report("full", paste(structure, "weighted"), term(structure), fev, both, model_based, fev$WEIGHT)
}

sandwich <- c("sandwich-cr0", "sandwich-cr2", "sandwich-cr3")
report("full", "ar1", term("ar1"), fev, "reml", sandwich)
report("full", "us by ARMCD", term("us", "ARMCD / "), fev, "reml", c("between-within", sandwich))
report("full", "us weighted", term("us"), fev, "reml", c("between-within", sandwich), fev$WEIGHT)

# the model of the SAS listings (mmrm_sas_kr.csv)
right <- "FEV1 ~ ARMCD"
for (structure in c("us", "ar1", "ar1h", "cs", "csh", "toep", "toeph", "ad", "adh")) {
  report("arm", structure, term(structure), fev, "reml", model_based)
}
report("arm", "sp_exp(VISITN VISITN2)", paste(right, "+ sp_exp(VISITN, VISITN2 | USUBJID)"), fev, "reml",
  model_based)

# cLDA: the baseline is an outcome too, the arms share its mean (Liang & Zeger 2000)
baseline <- fev[!duplicated(fev$USUBJID), ]
baseline$AVISIT <- "VIS0"
baseline$FEV1 <- baseline$FEV1_BL
long <- rbind(baseline, transform(fev, AVISIT = as.character(AVISIT)))
long$AVISIT <- factor(long$AVISIT)
for (k in 1:4) long[[paste0("T", k)]] <- as.numeric(long$ARMCD == "TRT" & long$AVISIT == visits[k])
report("clda", "us", "FEV1 ~ RACE + SEX + AVISIT + T1 + T2 + T3 + T4 + us(AVISIT | USUBJID)", long, both,
  c(model_based, "sandwich-cr2"))
