# Golden numbers for tests/analysis/multiplicity: prints multiplicity.csv.
# Rscript tests/golden/multiplicity.R > tests/golden/multiplicity.csv
# stats::p.adjust; multcomp 1.4-22 and mvtnorm 1.1-3 (Dunnett); and Dunnett's integral by nested
# adaptive quadrature (stats::integrate), written here from Dunnett (1955).
suppressMessages({library(multcomp); library(mvtnorm)})
out <- function(what, term, value) cat(sprintf("%s,%s,%.12g\n", what, term, value), sep = "")
cat("what,term,value\n")
p <- c(0.012, 0.001, 0.24, 0.03, 0.0311, 0.9, 0.02)
for (m in c("bonferroni", "holm", "hochberg", "hommel"))
  out(m, seq_along(p), p.adjust(p, m))

# P(max T <= c), conditional on the control and the SD
prob <- function(c0, lam, df, two) {
  given <- function(b) integrate(function(z) {
    v <- dnorm(z)
    for (l in lam) {
      r <- sqrt(1 - l^2)
      v <- v * (pnorm((b + l * z) / r) - if (two) pnorm((l * z - b) / r) else 0)
    }
    v
  }, -Inf, Inf, rel.tol = 1e-12, abs.tol = 1e-13, subdivisions = 2000)$value
  if (is.infinite(df)) return(given(c0))
  f <- function(s) sapply(s, function(x)
    given(c0 * x) * exp(log(2) + df / 2 * log(df / 2) - lgamma(df / 2) + (df - 1) * log(x) - df * x^2 / 2))
  lo <- sqrt(qchisq(1e-15, df) / df); hi <- sqrt(qchisq(1e-15, df, lower.tail = FALSE) / df)
  integrate(f, lo, hi, rel.tol = 1e-10, abs.tol = 1e-12, subdivisions = 2000)$value
}
cases <- list(
  list(2.3, sqrt(c(.5, .5, .5)), 16), list(1.1, sqrt(c(.5, .5)), Inf), list(2.5, sqrt(c(.2, .6, .9)), 7),
  list(3.0, sqrt(c(.1, .3, .5, .7)), 40), list(2.2, sqrt(.98), 5), list(0.4, sqrt(c(.5, .5)), 3),
  list(4.0, sqrt(c(.3, .4)), 1))
for (k in seq_along(cases)) for (two in c(TRUE, FALSE))
  out("probability", paste0(k, if (two) " two-sided" else " one-sided"),
      prob(cases[[k]][[1]], cases[[k]][[2]], cases[[k]][[3]], two))

# an unbalanced one-way layout
d <- data.frame(y = c(51, 87, 50, 48, 79, 61, 53, 54,  82, 91, 92, 80, 52, 79, 73, 74,
                      102, 86, 45, 79,  66, 73, 99, 91, 101, 60),
                g = factor(rep(c("a0", "a1", "a2", "a3"), c(8, 8, 4, 6))))
fit <- aov(y ~ g, d)
set.seed(1)
for (side in c("two.sided", "greater")) {
  k <- glht(fit, linfct = mcp(g = "Dunnett"), alternative = side)
  s <- summary(k, test = adjusted("single-step", maxpts = 2e6, abseps = 1e-8))
  out(paste("glht", side), c("a1", "a2", "a3"), as.numeric(s$test$pvalues))
  f <- summary(k, test = adjusted("free", maxpts = 2e6, abseps = 1e-8))
  out(paste("glht free", side), c("a1", "a2", "a3"), as.numeric(f$test$pvalues))
  out(paste("glht estimate", side), c("a1", "a2", "a3"), as.numeric(s$test$coefficients))
  out(paste("glht se", side), c("a1", "a2", "a3"), as.numeric(s$test$sigma))
  n <- table(d$g); lam <- sqrt(n[-1] / (n[-1] + n[1]))
  cv <- uniroot(function(x) prob(x, lam, 22, side == "two.sided") - 0.95, c(1, 5), tol = 1e-11)$root
  out(paste("critical", side), "0.95", cv)
  if (side == "two.sided") {
    ci <- confint(k, calpha = cv)$confint
    out(paste("glht low", side), c("a1", "a2", "a3"), ci[, "lwr"])
    out(paste("glht high", side), c("a1", "a2", "a3"), ci[, "upr"])
  }
}
