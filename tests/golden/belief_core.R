# What base R, sandwich, nlme and nnet say of a trial made by a formula that Python repeats
# (tests/belief/conftest.py, `made_trial`). Writes belief_core.csv: name, value.
# Run: Rscript tests/golden/belief_core.R   (R 4.2.2; sandwich, nlme, nnet)
library(sandwich)
i <- 1:120
trial <- data.frame(
  a = i %% 2, x1 = sin(i), x2 = (7 * i) %% 11 / 5, person = (i - 1) %/% 3
)
trial$g <- as.integer(sin(3 * i) + 0.5 * trial$x1 + 0.4 * trial$a > 0.1)
trial$three <- ifelse(cos(5 * i) > 0.6, 2, trial$g)
trial$y <- with(trial, 50 + 3 * a + 4 * g + 2 * x1 - x2 + (4 + g) * cos(2.3 * i))
trial$cell <- factor(paste0(trial$a, trial$g))
q <- c(mean(trial$g == 0), mean(trial$g == 1))
weights <- c(-q, q)  # cells 00, 01, 10, 11
out <- list()
say <- function(name, value) out[[length(out) + 1]] <<- data.frame(name = name, value = value)

# E2 from stratum means: a variance for each stratum; df of Satterthwaite (1946)
fit <- nlme::gls(y ~ 0 + cell, trial, weights = nlme::varIdent(form = ~ 1 | cell))
part <- weights^2 * diag(vcov(fit))
n <- as.vector(table(trial$cell))
say("plug-in estimate", sum(weights * coef(fit)))
say("plug-in se", sqrt(sum(part)))
say("plug-in df", sum(part)^2 / sum(part^2 / (n - 1)))
for (guess in 0:1) {
  welch <- t.test(y ~ I(1 - a), subset(trial, g == guess))
  say(paste("welch estimate", guess), -diff(welch$estimate))
  say(paste("welch se", guess), welch$stderr)
  say(paste("welch df", guess), welch$parameter)
}

# the g-formula: stratum constants and common slopes, HC2
line <- lm(y ~ 0 + cell + x1 + x2, trial)
target <- c(weights, 0, 0)
say("g-formula estimate", sum(target * coef(line)))
say("g-formula se", sqrt(t(target) %*% vcovHC(line, "HC2") %*% target))

# inverse probability of the guess in each arm, Hajek's weights
hajek <- 0
for (arm in 0:1) {
  rows <- subset(trial, a == arm)
  logit <- glm(g ~ x1 + x2, binomial, rows, epsilon = 1e-14)
  p <- fitted(logit)
  mean1 <- weighted.mean(rows$y, rows$g / p)
  mean0 <- weighted.mean(rows$y, (1 - rows$g) / (1 - p))
  hajek <- hajek + (2 * arm - 1) * (q[1] * mean0 + q[2] * mean1)
  if (arm == 1) {
    say(paste("fitted", seq_along(p)), p)
    # the score of a logistic model is the same whatever its covariates' origin and scale
    scores <- estfun(logit)[, 1]
    say(paste("score", seq_along(scores)), scores)
  }
}
say("ipw estimate", hajek)

# three categories
trial$category <- factor(trial$three)
many <- nnet::multinom(category ~ x1 + x2, trial, trace = FALSE, reltol = 1e-16, maxit = 1000)
probability <- fitted(many)
for (k in 1:3) say(paste("category", k - 1, 1:120), probability[, k])
say("multinomial deviance", many$deviance)

# people with three rows each: sandwich summed over people, factor G / (G - 1)
cells <- lm(y ~ 0 + cell, trial)
say("clustered E2 se", sqrt(t(weights) %*% vcovCL(cells, ~person, type = "HC0") %*% weights))
means <- lm(y ~ a, trial)
say("clustered E1 se", sqrt(vcovCL(means, ~person, type = "HC0")[2, 2]))
right <- lm(2 * (g == a) - 1 ~ 1, subset(trial, a == 1))
say("clustered Bang se", sqrt(vcovCL(right, ~person, type = "HC0")[1, 1]))
said <- lm(g ~ a, trial)
say("clustered difference se", sqrt(vcovCL(said, ~person, type = "HC0")[2, 2]))

# Wilson's interval
limits <- prop.test(150, 233, correct = FALSE)$conf.int
say("wilson low", limits[1])
say("wilson high", limits[2])

# Tango's interval with the constrained likelihood maximised numerically
tango <- function(b, c, n) {
  score <- function(d) {
    loglik <- function(q) b * log(q + d) + c * log(q) + (n - b - c) * log(1 - 2 * q - d)
    q <- optimize(loglik, c(max(0, -d) + 1e-12, (1 - d) / 2 - 1e-12), maximum = TRUE, tol = 1e-13)$maximum
    (b - c - n * d) / sqrt(n * (2 * q + d - d^2))
  }
  at <- function(z, from, to) uniroot(function(d) score(d) - z, c(from, to), tol = 1e-11)$root
  z <- qnorm(0.975)
  c(at(z, -0.999, (b - c) / n), at(-z, (b - c) / n, 0.999))
}
for (counts in list(c(82, 25, 277), c(29, 27, 139), c(3, 2, 9))) {
  say(paste(c("tango", counts, "low"), collapse = " "), tango(counts[1], counts[2], counts[3])[1])
  say(paste(c("tango", counts, "high"), collapse = " "), tango(counts[1], counts[2], counts[3])[2])
}
table <- do.call(rbind, out)
table$value <- sprintf("%.10g", table$value)
here <- sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))
write.csv(table, file.path(dirname(here), "belief_core.csv"), row.names = FALSE, quote = FALSE)
