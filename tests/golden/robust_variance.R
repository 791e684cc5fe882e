# Golden values of robust variance estimation: robumeta, correlated and hierarchical effects.
# Rscript tests/golden/robust_variance.R FOLDER_OF_EVIDENCE > tests/golden/robust_variance.csv
suppressMessages(library(robumeta))
folder <- commandArgs(trailingOnly = TRUE)[1]
options(digits = 15, warn = -1)
cat("data,model,name,value\n")
out <- function(d, m, n, v) for (j in seq_along(v)) cat(sprintf("%s,%s,%s%d,%s\n", d, m, n, j, ifelse(is.na(v[j]), "", sprintf("%.15g", v[j]))))
time <- read.csv(file.path(folder, "psilocybin_time.csv"))
time$days <- time$time_days / 30
gad <- read.csv(file.path(folder, "psychotherapy_gad.csv"))
gad <- gad[!is.na(gad$g) & !is.na(gad$g_se) & !is.na(gad$n_arm1), c("study", "g", "g_se", "n_arm1")]
gad$days <- gad$n_arm1 / 30
# made data with more spread within studies than between
made <- data.frame(study = rep(letters[1:8], c(3, 4, 2, 5, 3, 4, 2, 3)),
  g = c(0.9, -0.4, 0.3, 0.1, 1.1, -0.5, 0.6, 0.8, -0.3, 0.2, 0.9, -0.7, 0.5, 1.2, -0.2, 0.4, 1.3, 0.7, -0.6, 0.1, 1.0, 0.3, -0.1, 0.8, 0.2, 0.6),
  g_se = c(0.2, 0.25, 0.3, 0.2, 0.22, 0.21, 0.3, 0.28, 0.26, 0.19, 0.2, 0.21, 0.22, 0.23, 0.3, 0.31, 0.29, 0.2, 0.24, 0.22, 0.21, 0.27, 0.3, 0.25, 0.24, 0.26),
  days = c(1, 2, 3, 1, 4, 2, 5, 1, 3, 2, 2, 3, 1, 5, 4, 1, 2, 3, 3, 1, 2, 5, 4, 2, 1, 3))
dep <- read.csv(file.path(folder, "psilocybin_depression.csv"))
dep <- dep[!is.na(dep$g) & !is.na(dep$g_se) & dep$time_days >= 0, c("study", "g", "g_se", "time_days")]
dep$days <- dep$time_days / 30
for (d in c("time", "gad", "dep", "made")) {
  t <- get(d); t$v <- t$g_se^2; t$id <- match(t$study, unique(t$study))
  for (f in c("g ~ 1", "g ~ days")) for (w in c("CORR", "HIER")) for (rho in if (w == "CORR") c(0, 0.6, 0.8) else 0.8) for (small in c(TRUE, FALSE)) {
    fit <- robu(as.formula(f), data = t, studynum = id, var.eff.size = v, modelweights = w, rho = rho, small = small)
    m <- paste(f, w, rho, small)
    out(d, m, "b", fit$reg_table$b.r); out(d, m, "se", fit$reg_table$SE); out(d, m, "df", fit$reg_table$dfs); out(d, m, "p", fit$reg_table$prob)
    out(d, m, "tau2.", as.numeric(fit$mod_info$tau.sq)); out(d, m, "omega2.", as.numeric(fit$mod_info$omega.sq)); out(d, m, "i2.", as.numeric(fit$mod_info$I.2)); out(d, m, "QE", as.numeric(fit$mod_info$QE))
  }
}
