# A series of n-of-1 trials of our own making and what base R, nlme, lmerTest and metafor say.
# Run: Rscript tests/golden/crossover_n_of_1.R   (R 4.2.2; nlme, lmerTest 3.1, metafor)
# Writes crossover_n_of_1.csv (the data: daily measures) and crossover_n_of_1_results.csv.
suppressMessages({library(lmerTest); library(nlme); library(metafor)})
set.seed(20250302)
rows <- NULL
for (i in 1:9) {
  cycles <- c(3, 4, 4, 5, 6, 4, 3, 5, 4)[i]
  day <- 0; e <- 0; effect <- rnorm(1, -1.5, 1.2)
  for (c in 1:cycles) for (t in sample(c("drug", "placebo"))) for (r in 1:4) {
    day <- day + 1
    e <- 0.5 * e + rnorm(1)
    y <- round(12 + i / 3 + effect * (t == "drug") + 0.02 * day + e, 2)
    rows <- rbind(rows, data.frame(id = paste0("P", i), cycle = c, arm = t, day, y))
  }
}
rows <- rows[-c(5, 50, 51, 120), ]  # missed days
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
write.csv(rows, file.path(here, "crossover_n_of_1.csv"), row.names = FALSE, quote = FALSE)
out <- NULL
say <- function(what, who = "", estimate = NA, se = NA, df = NA, p = NA, low = NA, high = NA)
  out <<- rbind(out, data.frame(what, who, estimate, se, df, p, low, high))
m <- aggregate(cbind(y, day) ~ arm + cycle + id, rows, mean)
d <- merge(m[m$arm == "drug", ], m[m$arm == "placebo", ], by = c("id", "cycle"))
d$d <- d$y.x - d$y.y; d$gap <- d$day.x - d$day.y
people <- sort(unique(d$id))
signs <- function(k) as.matrix(expand.grid(rep(list(c(-1, 1)), k)))
own <- NULL
for (i in people) {
  x <- d[d$id == i, ]; t <- t.test(x$d)
  say("paired", i, t$estimate, t$stderr, t$parameter, t$p.value, t$conf.int[1], t$conf.int[2])
  own <- rbind(own, data.frame(y = unname(t$estimate), v = t$stderr^2, k = nrow(x)))
  sums <- signs(nrow(x)) %*% x$d
  say("order", i, p = mean(abs(sums) >= abs(sum(x$d)) - 1e-9))
  z <- rows[rows$id == i, ]; z$active <- 1 * (z$arm == "drug"); z$t <- z$day - mean(z$day)
  f <- gls(y ~ active + t, z, corCAR1(form = ~day), control = glsControl(tolerance = 1e-12, msTol = 1e-14))
  k <- summary(f)$tTable
  say("serial", i, k[2, 1], k[2, 2]); say("serial trend", i, k[3, 1], k[3, 2])
  say("rho", i, coef(f$modelStruct$corStruct, unconstrained = FALSE)); say("loglik", i, f$logLik)
}
x <- d[d$id == "P5", ]; k <- coef(summary(lm(d ~ gap, x)))
say("paired with trend", "P5", k[1, 1], k[1, 2], nrow(x) - 2, k[1, 4]); say("trend", "P5", k[2, 1], k[2, 2], nrow(x) - 2, k[2, 4])
a <- anova(lm(d ~ id, d)); s2 <- a[2, 3]
say("F", "", a[1, 4], NA, a[2, 1], a[1, 5])
w <- oneway.test(d ~ id, d)
say("welch", "", w$statistic, NA, w$parameter[2], w$p.value)
pool <- function(name, v) {
  f <- rma(own$y, v, method = "REML", test = "knha", control = list(threshold = 1e-14, maxiter = 1000))
  ci <- confint(f, control = list(tol = 1e-13))$random
  say(paste(name, "mean"), "", f$beta, f$se, nrow(own) - 1, f$pval, f$ci.lb, f$ci.ub)
  say(paste(name, "tau"), "", sqrt(f$tau2), NA, NA, NA, ci[2, 2], ci[2, 3])
  say(paste(name, "Q"), "", f$QE, NA, nrow(own) - 1, f$QEp)
  half <- qt(.975, nrow(own) - 2) * sqrt(f$tau2 + f$se^2)
  say(paste(name, "prediction"), "", f$beta, NA, NA, NA, f$beta - half, f$beta + half)
  # the spread uncertain: Q(tau2) is chi-squared; by simulation, so to two digits or three
  set.seed(7); n <- 2e6; k <- nrow(own); y <- own$y
  at <- function(t) { w <- 1 / (v + t); m <- sum(w * y) / sum(w); c(sum(w * (y - m)^2), m, sum(w)) }
  grid <- c(0, exp(seq(log(1e-6), log(1e4), length.out = 4000)))
  table <- sapply(grid, at)
  c2 <- rchisq(n, k - 1)
  t2 <- approx(table[1, ], grid, c2, rule = 2)$y
  mean_at <- approx(grid, table[2, ], t2)$y; se <- sqrt(approx(grid, table[1, ], t2)$y / (k - 1) / approx(grid, table[3, ], t2)$y)
  new <- quantile(mean_at + sqrt(t2) * rnorm(n) - se * rt(n, k - 1), c(.025, .975))
  say(paste(name, "uncertain"), "", NA, NA, NA, NA, new[1], new[2])
  for (i in seq_along(people)) {
    kept <- t2 / (t2 + v[i]); sd <- sqrt(kept * v[i] + (1 - kept)^2 / approx(grid, table[3, ], t2)$y)
    own_limits <- quantile(mean_at + kept * (y[i] - mean_at) + sd * rnorm(n), c(.025, .975))
    say(paste(name, "uncertain"), people[i], NA, NA, NA, NA, own_limits[1], own_limits[2])
  }
  # normal-theory shrinkage: the weights of the fit without the Hartung-Knapp factor
  g <- rma(own$y, v, method = "REML", tau2 = f$tau2)
  b <- blup(g)
  for (i in seq_along(people)) say(paste(name, "blup"), people[i], b$pred[i], b$se[i], NA, NA, b$pi.lb[i], b$pi.ub[i])
}
pool("common", s2 / own$k)
pool("own", own$v)
tight <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
  optCtrl = list(rhobeg = 0.2, rhoend = 1e-11, maxfun = 1e5))
f <- lmer(d ~ 1 + (1 | id), d, control = tight); k <- coef(summary(f))
say("one-stage mean", "", k[1, 1], k[1, 2], k[1, 3], k[1, 5])
say("one-stage tau", "", sqrt(as.data.frame(VarCorr(f))$vcov[1])); say("one-stage s", "", sigma(f))
numbers <- sapply(out, is.numeric)
out[numbers] <- lapply(out[numbers], function(v) ifelse(is.na(v), "", sprintf("%.12g", v)))
write.csv(out, file.path(here, "crossover_n_of_1_results.csv"), row.names = FALSE, quote = FALSE)
