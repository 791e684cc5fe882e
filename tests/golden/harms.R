# Golden numbers for tests/analysis/harms: prints harms.csv.
# Rscript tests/golden/harms.R > tests/golden/harms.csv
# Base R (binom.test, poisson.test, fisher.test), sandwich 3.0-2; score intervals by brute force:
# the restricted likelihood is maximised numerically, with no closed form.
suppressMessages(library(sandwich))
out <- function(what, term, value) cat(sprintf("%s,%s,%.12g\n", what, term, value), sep = "")
cat("what,term,value\n")
tables <- list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(5, 56, 1, 29), c(0, 10, 2, 20), c(3, 15, 0, 14),
               c(20, 400, 3, 390), c(1, 12, 1, 7))
name <- function(v) paste(v, collapse = " ")
ll <- function(x, n, p) ifelse(x > 0, x * log(p), 0) + ifelse(n - x > 0, (n - x) * log1p(-p), 0)
best <- function(f, lo, hi) {
  g <- optimise(f, c(lo, hi), maximum = TRUE, tol = 1e-12)
  grid <- lo + (hi - lo) * (0:2000) / 2000
  k <- which.max(sapply(grid, f))
  h <- optimise(f, c(grid[max(k - 1, 1)], grid[min(k + 1, 2001)]), maximum = TRUE, tol = 1e-13)
  if (h$objective > g$objective) h$maximum else g$maximum
}
z <- qnorm(0.975)
rd <- function(v, delta) {
  lo <- max(0, -delta); hi <- min(1, 1 - delta)
  p0 <- best(function(p) ll(v[1], v[2], p + delta) + ll(v[3], v[4], p), lo + 1e-13, hi - 1e-13)
  p1 <- p0 + delta; N <- v[2] + v[4]
  (v[1] / v[2] - v[3] / v[4] - delta) /
    sqrt((p1 * (1 - p1) / v[2] + p0 * (1 - p0) / v[4]) * N / (N - 1))
}
rr <- function(v, phi) {
  p0 <- best(function(p) ll(v[1], v[2], p * phi) + ll(v[3], v[4], p), 1e-13, min(1, 1 / phi) - 1e-13)
  p1 <- p0 * phi
  chi <- (v[1] - v[2] * p1)^2 / (v[2] * p1 * (1 - p1)) + (v[3] - v[4] * p0)^2 / (v[4] * p0 * (1 - p0))
  chi - z^2                                                          # Koopman's chi-square
}
root <- function(f, lo, hi) uniroot(f, c(lo, hi), tol = 1e-10)$root
for (v in tables) {
  d <- v[1] / v[2] - v[3] / v[4]
  out("mn low", name(v), root(function(x) rd(v, x) - z, -0.9999, d - 1e-9))
  out("mn high", name(v), root(function(x) rd(v, x) + z, d + 1e-9, 0.9999))
  out("fisher", name(v), fisher.test(matrix(c(v[1], v[2] - v[1], v[3], v[4] - v[3]), 2))$p.value)
  k <- max(0, v[1] + v[3] - v[4]):min(v[2], v[1] + v[3])
  pr <- dhyper(k, v[2], v[4], v[1] + v[3]); seen <- dhyper(v[1], v[2], v[4], v[1] + v[3])
  same <- abs(pr - seen) < 1e-7 * seen
  out("mid-p", name(v), sum(pr[pr < seen & !same]) + sum(pr[same]) / 2)
  for (arm in 1:2) {
    ci <- binom.test(v[2 * arm - 1], v[2 * arm])$conf.int
    out("exact low", paste(name(v), arm), ci[1]); out("exact high", paste(name(v), arm), ci[2])
    w <- prop.test(v[2 * arm - 1], v[2 * arm], correct = FALSE)$conf.int
    out("wilson low", paste(name(v), arm), w[1]); out("wilson high", paste(name(v), arm), w[2])
  }
  if (v[1] > 0 && v[3] > 0) {
    r <- (v[1] / v[2]) / (v[3] / v[4])
    out("koopman low", name(v), exp(root(function(x) rr(v, exp(x)), log(r) - 5, log(r) - 1e-6)))
    out("koopman high", name(v), exp(root(function(x) rr(v, exp(x)), log(r) + 1e-6, log(r) + 5)))
  }
}
# strata: Mantel-Haenszel weights
S <- rbind(c(6, 20, 2, 19), c(1, 8, 0, 9), c(10, 40, 7, 38))
w <- S[, 2] * S[, 4] / (S[, 2] + S[, 4]); w <- w / sum(w)
pool <- function(delta) {
  num <- 0; var <- 0
  for (s in 1:3) {
    v <- S[s, ]; lo <- max(0, -delta); hi <- min(1, 1 - delta)
    p0 <- best(function(p) ll(v[1], v[2], p + delta) + ll(v[3], v[4], p), lo + 1e-13, hi - 1e-13)
    p1 <- p0 + delta; N <- v[2] + v[4]
    num <- num + w[s] * (v[1] / v[2] - v[3] / v[4] - delta)
    var <- var + w[s]^2 * (p1 * (1 - p1) / v[2] + p0 * (1 - p0) / v[4]) * N / (N - 1)
  }
  num / sqrt(var)
}
d <- sum(w * (S[, 1] / S[, 2] - S[, 3] / S[, 4]))
out("strata", c("estimate", "low", "high"), c(d, root(function(x) pool(x) - z, -0.9, d - 1e-9),
                                             root(function(x) pool(x) + z, d + 1e-9, 0.9)))
rates <- list(c(10, 100, 4, 120), c(0, 55.5, 3, 60), c(7, 31.2, 1, 44), c(2, 10, 2, 40))
for (v in rates) {
  p <- poisson.test(v[c(1, 3)], v[c(2, 4)])
  out("rate ratio low", name(v), p$conf.int[1]); out("rate ratio high", name(v), p$conf.int[2])
  one <- poisson.test(v[1], v[2])$conf.int
  out("rate low", name(v), one[1]); out("rate high", name(v), one[2])
  sc <- function(delta) {
    f <- function(r) ifelse(v[1] > 0, v[1] * log(r + delta), 0) - (r + delta) * v[2] +
      ifelse(v[3] > 0, v[3] * log(r), 0) - r * v[4]
    lo <- max(0, -delta) + 1e-12
    r0 <- best(f, lo, lo + 3)
    (v[1] / v[2] - v[3] / v[4] - delta) / sqrt((r0 + delta) / v[2] + r0 / v[4])
  }
  d <- v[1] / v[2] - v[3] / v[4]
  out("rate difference low", name(v), root(function(x) sc(x) - z, d - 1, d - 1e-8))
  out("rate difference high", name(v), root(function(x) sc(x) + z, d + 1e-8, d + 1))
}
y <- c(0, 0, 3, 2, 1, 0, 5); t <- c(10, 10, 10, 5, 7, 12, 9)
fit <- glm(y ~ 1 + offset(log(t)), family = poisson, control = list(epsilon = 1e-14))
out("recurrent", c("log rate", "se"), c(coef(fit), sqrt(vcovHC(fit, type = "HC1"))))
# P(risk in active > risk in control + margin): one adaptive integral, beta(0.5, 0.5) priors
post <- function(x1, n1, x0, n0, m) integrate(function(p)
  pbeta(pmin(p + m, 1), x1 + .5, n1 - x1 + .5, lower.tail = FALSE) *
    dbeta(p, x0 + .5, n0 - x0 + .5), 0, 1, rel.tol = 1e-12)$value
for (v in list(c(5, 20, 1, 20, 0), c(3, 30, 1, 25, .1), c(12, 50, 4, 50, .05), c(0, 8, 1, 9, 0)))
  out("posterior", name(v), post(v[1], v[2], v[3], v[4], v[5]))
# shares of periods with the scatter between people: GEE-like sandwich of a saturated linear model
id <- c(1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6, 6)
arm <- c(1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 0)
y <- c(1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0)
f <- lm(y ~ arm)
se <- sqrt(vcovCL(f, id, type = "HC0", cadjust = TRUE)[2, 2])
out("clustered difference", c("estimate", "se"), c(coef(f)[2], se))
g <- glm(y ~ arm, family = poisson, control = list(epsilon = 1e-14))
out("clustered log ratio", c("estimate", "se"),
    c(coef(g)[2], sqrt(vcovCL(g, id, type = "HC0", cadjust = TRUE)[2, 2])))
