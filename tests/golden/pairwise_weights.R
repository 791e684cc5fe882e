# User weights in subgroups, moderators and the standard error of tau2; shuffled moderators.
# Rscript pairwise_weights.R FOLDER > pairwise_weights.csv; FOLDER holds psilocybin_main12.csv.
# metafor 5.0-1, iterated to convergence.
suppressMessages(library(metafor))
x <- read.csv(file.path(commandArgs(trailingOnly = TRUE)[1], "psilocybin_main12.csv"))
x$v <- x$g_se^2; x$w <- x$n_arm1 + x$n_arm2
tight <- list(threshold = 1e-13, tol = 1e-15, maxiter = 1e5)
put <- function(model, quantity, value)
  cat(sprintf("%s,%s,%d,%.17g\n", model, quantity, seq_along(value) - 1L, value), sep = "")
cat("model,quantity,i,value\n")
for (m in c("DL", "REML", "GENQ")) for (t in c("z", "knha")) {
  model <- paste(m, t)
  r <- rma(g, v, weights = w, data = x, method = m, test = t, control = tight)
  put(model, "tau2_se", r$se.tau2)
  r <- rma(g, v, mods = ~ time_weeks, weights = w, data = x, method = m, test = t, control = tight)
  put(model, "beta", r$beta); put(model, "se", r$se); put(model, "test", c(r$QM, r$QMp))
  r <- rma(g, v, mods = ~ blinding, weights = w, data = x, method = m, test = t, control = tight)
  put(model, "subgroup_test", c(r$QM, r$QMp))
  r <- rma(g, v, weights = w, data = x[x$blinding == "double-blind", ], method = m, test = t, control = tight)
  put(model, "subgroup", c(r$beta, r$se))
}
s <- x[1:6, ]
for (m in c("DL", "REML")) for (t in c("z", "knha")) {
  r <- rma(g, v, mods = ~ time_weeks + n_arm1, data = s, method = m, test = t, control = tight)
  p <- permutest(r, exact = TRUE, progbar = FALSE)
  put(paste(m, t), "shuffled", c(p$pval[-1], p$QMp))
}
