# What R says of randomisation tests and their intervals.
# R 4.2.2 with coin 1.4.2, exactRankTests 0.8.35, survival. Run in this folder:
#   Rscript randomisation_test_coin.R
# It writes randomisation_test_trial.csv (the data: everyone in order of entry, in permuted blocks
# of 4 within 3 sites) and randomisation_test_results.csv (the numbers). The upper limits of
# perm.test lie inside the effects that it does not reject itself: they are printed, not used.
suppressMessages({library(coin); library(exactRankTests); library(survival)})
set.seed(20250711)
n <- 96
site <- sample(rep(c("a", "b", "c"), each = n / 3))
block <- character(n); arm <- integer(n)
for (s in c("a", "b", "c")) {
  rows <- which(site == s)
  block[rows] <- paste0(s, rep(seq_len(length(rows) / 4), each = 4))
  arm[rows] <- as.vector(replicate(length(rows) / 4, sample(c(0, 0, 1, 1))))
}
base <- rnorm(n, 15, 4)
score <- pmin(27, pmax(0, round(base - 2 * arm + (site == "b") + rnorm(n, 0, 3))))
real <- round(0.6 * base - 1.1 * arm + rnorm(n), 4)
cured <- rbinom(n, 1, plogis(-0.5 + 0.8 * arm - 0.1 * (base - 15)))
time <- round(rexp(n, 0.08 * exp(-0.5 * arm)), 1); event <- as.integer(time < 15)
time <- pmin(time, 15)
base <- round(base, 3)
third <- sample(rep(c("x", "y", "z"), n / 3))  # three arms at random, for a test of all at once
d <- data.frame(entry = seq_len(n), site, block, arm, base, score, real, cured, time, event, third)
write.csv(d, "randomisation_test_trial.csv", row.names = FALSE, quote = FALSE)
d <- read.csv("randomisation_test_trial.csv")  # the numbers are of what was written
d$a <- factor(d$arm, c(1, 0)); d$block <- factor(d$block); d$third <- factor(d$third)

out <- data.frame()
say <- function(what, value, error = NA) out <<- rbind(out, data.frame(what, value, error))
sides <- c("two.sided", "greater", "less")
for (side in sides) {
  t <- independence_test(score ~ a | block, d, distribution = "exact", alternative = side)
  say(paste("blocks score", side), pvalue(t))
  t <- independence_test(score ~ a, d, distribution = "exact", alternative = side)
  say(paste("free score", side), pvalue(t))
  t <- wilcox_test(score ~ a, d, distribution = "exact", alternative = side)
  say(paste("free ranks", side), pvalue(t))
}
draws <- 1e6
drawn <- function(name, t) {
  p <- as.numeric(pvalue(t)); say(name, p, sqrt(p * (1 - p) / draws))
}
mc <- approximate(nresample = draws)
drawn("blocks real", independence_test(real ~ a | block, d, distribution = mc))
drawn("blocks residual",
  independence_test(residuals(lm(score ~ base + site, d)) ~ a | block, d, distribution = mc))
drawn("blocks log-rank", independence_test(
  logrank_trafo(Surv(time, event), ties.method = "average-scores") ~ a | block, d, distribution = mc))
drawn("free f", independence_test(score ~ third, d, teststat = "quadratic", distribution = mc))

fit <- glm(cured ~ base + site, binomial, d, control = list(epsilon = 1e-14))
r <- residuals(fit, "response")
say("logistic sum", sum(r[d$arm == 1]))
say("logistic first", r[1]); say("logistic last", r[n])
s <- survdiff(Surv(time, event) ~ arm, d)
say("log-rank sum", (s$obs - s$exp)[2])

# a small trial, every order of the totals equally likely: interval by inversion
x <- c(12, 15, 9, 14, 18, 11, 16); y <- c(10, 7, 13, 6, 8, 9, 11, 5)
for (level in c(0.9, 0.95, 0.99)) {
  t <- perm.test(x, y, exact = TRUE, conf.int = TRUE, conf.level = level)
  say(paste("interval low", level), t$conf.int[1]); say(paste("interval high", level), t$conf.int[2])
}
say("interval p", t$p.value)
out$value <- sprintf("%.15g", out$value); out$error <- sprintf("%.15g", out$error)
write.csv(out, "randomisation_test_results.csv", row.names = FALSE, quote = FALSE)
