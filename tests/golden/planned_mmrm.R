# R mmrm 0.3.18 at its optimum on the antidepressant trial (rbmi's example data; not in this repository).
# Run: EQUIPOISE_DATA=<folder> Rscript tests/golden/planned_mmrm.R > tests/golden/planned_mmrm.csv
# Columns: model (baseline: CHANGE ~ BASVAL * VISIT + THERAPY * VISIT; clda: HAMD17 with the baseline as
# visit 0, one mean for both arms), structure, method, quantity (loglik; contrast DRUG - PLACEBO and
# ls-mean by visit), estimate, se, df.
# It sources mmrm_refined.R of this folder: Newton steps to the optimum.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(FALSE), value = TRUE)))
source(file.path(Sys.getenv("GOLDEN", here), "mmrm_refined.R"))

trial <- read.csv(file.path(Sys.getenv("EQUIPOISE_DATA"), "antidepressant.csv"), na.strings = "")
trial$PATIENT <- factor(trial$PATIENT)
trial$VISIT <- factor(trial$VISIT)
trial$THERAPY <- relevel(factor(trial$THERAPY), "PLACEBO")
cat("model,structure,method,quantity,estimate,se,df\n")

told <- function(key, fit) {
  lines_of(key, "loglik", digits(as.numeric(logLik(fit))), "", "")
  means <- emmeans(fit, ~ THERAPY | VISIT, rg.limit = 1e5)
  m <- as.data.frame(summary(means, infer = FALSE))
  lines_of(key, paste("ls-mean", m$THERAPY, m$VISIT), digits(m$emmean), digits(m$SE), digits(m$df))
  d <- as.data.frame(summary(contrast(means, list(d = c(-1, 1))), infer = FALSE))
  lines_of(key, paste("contrast", d$VISIT), digits(d$estimate), digits(d$SE), digits(d$df))
}
for (structure in c("us", "toeph", "cs")) {
  for (method in c("Satterthwaite", "Kenward-Roger")) {
    if (structure != "us" && method != "Satterthwaite") next
    formula <- as.formula(sprintf("CHANGE ~ BASVAL * VISIT + THERAPY * VISIT + %s(VISIT | PATIENT)", structure))
    vcov <- if (method == "Kenward-Roger") "Kenward-Roger-Linear" else NULL
    fit <- refined(formula, trial, method = method, vcov = vcov)
    stopifnot(is_refined())
    name <- if (method == "Kenward-Roger") "kenward-roger-linear" else "satterthwaite"
    told(paste("baseline", structure, name, sep = ","), fit)
  }
}
first <- trial[!duplicated(trial$PATIENT), ]
first$VISIT <- "0"
first$HAMDTL17 <- first$BASVAL
long <- rbind(transform(trial, VISIT = as.character(VISIT)), first)
long$VISIT <- factor(long$VISIT, levels = c("0", "4", "5", "6", "7"))
for (v in c("4", "5", "6", "7")) long[[paste0("d", v)]] <- as.numeric(long$VISIT == v & long$THERAPY == "DRUG")
fit <- refined(HAMDTL17 ~ VISIT + d4 + d5 + d6 + d7 + us(VISIT | PATIENT), long)
stopifnot(is_refined())
key <- "clda,us,satterthwaite"
lines_of(key, "loglik", digits(as.numeric(logLik(fit))), "", "")
t <- summary(fit)$coefficients[c("d4", "d5", "d6", "d7"), ]
lines_of(key, paste("contrast", c("4", "5", "6", "7")), digits(t[, 1]), digits(t[, 2]), digits(t[, 3]))
