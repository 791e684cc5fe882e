# Effects of made-up studies, as metafor's escalc computes them, and two of them pooled:
# the numbers of tests/synthesis/review/test_study_effects.py and test_synthesise.py.
# Rscript tests/golden/review_effects.R
suppressMessages(library(metafor))
options(digits = 12)
cat("metafor", as.character(packageVersion("metafor")), "\n")
show <- function(name, x) cat(name, format(c(x$yi), digits = 12), format(c(x$vi), digits = 12), "\n")
m <- list(m1i = c(14.1, 12.0), sd1i = c(7.9, 7.9), n1i = c(28, 28),
          m2i = c(16.8, 16.8), sd2i = c(8.2, 8.2), n2i = c(29, 29))
show("SMD", do.call(escalc, c(list(measure = "SMD"), m)))
show("MD", do.call(escalc, c(list(measure = "MD"), m)))
for (measure in c("OR", "RR", "RD")) {
  show(measure, escalc(measure = measure, ai = c(12, 0), n1i = c(40, 30), ci = c(20, 6),
                       n2i = c(42, 31), add = 1/2, to = if (measure == "RD") "none" else "only0"))
}
x <- do.call(escalc, c(list(measure = "SMD"), m))
fit <- rma(yi, vi, data = x, method = "REML", test = "knha",
             control = list(threshold = 1e-14, maxiter = 10000))
cat("pooled", format(c(fit$beta, fit$se, fit$ci.lb, fit$ci.ub, fit$tau2), digits = 12), "\n")
# The main analysis of data-depression-psiloctr, from means, SDs and n (variance of metafor)
data <- Sys.getenv("EQUIPOISE_DATA")
if (nzchar(data)) {
  d <- read.csv(file.path(data, "evidence", "psilocybin_main12.csv"))
  x <- escalc(measure = "SMD", m1i = mean_arm1, sd1i = sd_arm1, n1i = n_arm1, m2i = mean_arm2,
              sd2i = sd_arm2, n2i = n_arm2, data = d)
  fit <- rma(yi, vi, data = x, method = "REML", test = "knha",
             control = list(threshold = 1e-14, maxiter = 10000))
  cat("psilocybin", format(c(fit$beta, fit$se, fit$ci.lb, fit$ci.ub, fit$tau2), digits = 12), "\n")
}
