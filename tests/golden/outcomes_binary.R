# Standardised risks by hand from glm fits; Ye et al. (2023) term by term; stacked M-estimation with
# sandwich's estfun and a numerical derivative; score intervals by direct maximisation. R 4.2.2,
# sandwich 3.0. Reads outcomes_trial.csv, writes outcomes_binary.csv.
suppressMessages(library(sandwich))
d <- read.csv("outcomes_trial.csv")
arms <- c("placebo", "high", "low")
d$arm <- factor(d$arm, arms)
out <- NULL
put <- function(what, term, value) out <<- rbind(out, data.frame(what, term, value = format(unname(value), digits = 15)))
tight <- glm.control(epsilon = 1e-14, maxit = 100)

standard <- function(formula, tag) {
  # glm's weights lag one step behind its coefficients: start again where it ended
  start <- coef(glm(formula, binomial, d, control = tight))
  fit <- glm(formula, binomial, d, control = tight, start = start)
  n <- nrow(d)
  mu <- sapply(arms, function(a) predict(fit, transform(d, arm = factor(a, arms)), type = "response"))
  theta <- colMeans(mu)
  y <- d$remission
  V <- matrix(NA, 3, 3)
  for (a in 1:3) for (b in 1:3) {
    ia <- d$arm == arms[a]; ib <- d$arm == arms[b]
    if (a == b) {
      V[a, a] <- var(y[ia] - mu[ia, a]) / mean(ia) + 2 * cov(y[ia], mu[ia, a]) - var(mu[, a])
    } else {
      V[a, b] <- cov(y[ia], mu[ia, b]) + cov(y[ib], mu[ib, a]) - cov(mu[, a], mu[, b])
    }
  }
  V <- V / n
  # stacked estimating equations: scores of the glm, then mu_a - theta_a; bread by differences
  X <- model.matrix(fit)
  Xa <- lapply(arms, function(a) model.matrix(formula[-2], transform(d, arm = factor(a, arms))))
  mean_of <- function(beta) sapply(Xa, function(M) mean(plogis(M %*% beta)))
  b <- coef(fit); p <- length(b)
  J <- sapply(seq_len(p), function(j) { # five points: error of the fourth order
    h <- 1e-3 / max(abs(X[, j])); f <- function(k) mean_of(b + k * h * (seq_len(p) == j))
    (8 * (f(1) - f(-1)) - (f(2) - f(-2))) / (12 * h)
  })
  sandwich_of <- function(weights) {
    scores <- estfun(fit) * weights
    psi <- t(t(mu) - theta) + n * scores %*% vcov(fit) %*% t(J)
    crossprod(psi) / n^2
  }
  h <- hatvalues(fit)
  covs <- list(ye = V, HC0 = sandwich_of(1), HC3 = sandwich_of(1 / (1 - h)), HC1 = sandwich_of(sqrt(n / (n - p))), HC2 = sandwich_of(1 / sqrt(1 - h)))
  for (k in names(covs)) {
    S <- covs[[k]]
    for (a in 1:3) {
      put(paste0(tag, ":", k), paste("risk", arms[a]), theta[a]); put(paste0(tag, ":", k), paste("risk-se", arms[a]), sqrt(S[a, a]))
    }
    for (a in 2:3) {
      put(paste0(tag, ":", k), paste("rd-se", arms[a]), sqrt(S[a, a] + S[1, 1] - 2 * S[1, a]))
      g <- c(1 / theta[a], -1 / theta[1])
      put(paste0(tag, ":", k), paste("log-rr-se", arms[a]), sqrt(g %*% S[c(a, 1), c(a, 1)] %*% g))
      g <- c(1 / (theta[a] * (1 - theta[a])), -1 / (theta[1] * (1 - theta[1])))
      put(paste0(tag, ":", k), paste("log-or-se", arms[a]), sqrt(g %*% S[c(a, 1), c(a, 1)] %*% g))
      put(paste0(tag, ":", k), paste("log-or", arms[a]), qlogis(theta[a]) - qlogis(theta[1]))
    }
  }
  for (nm in names(b)) { put(paste0(tag, ":glm"), nm, b[nm]); put(paste0(tag, ":glm"), paste(nm, "se"), sqrt(vcov(fit)[nm, nm])) }
}
standard(remission ~ arm + baseline + sex, "additive")
standard(remission ~ arm * baseline, "interaction")

# score intervals: maximise the likelihood under the constraint by search, invert the test
cut_of <- function(x, n, x0, n0, what) {
  part <- function(k, m, q) (if (k > 0) k * log(q) else 0) + (if (k < m) (m - k) * log1p(-q) else 0)
  function(t) {
    p_of <- switch(what, rd = function(q) q + t, rr = function(q) q * t, or = function(q) t * q / (1 + q * (t - 1)))
    lo <- if (what == "rd") max(0, -t) else 0
    hi <- switch(what, rd = min(1, 1 - t), rr = min(1, 1 / t), or = 1)
    q <- optimize(function(q) part(x, n, p_of(q)) + part(x0, n0, q), c(lo, hi), maximum = TRUE, tol = 1e-12)$maximum
    p <- p_of(q); N <- n + n0
    chi <- switch(what,
      rd = (x / n - x0 / n0 - t)^2 / ((p * (1 - p) / n + q * (1 - q) / n0) * N / (N - 1)),
      rr = (x / n - t * x0 / n0)^2 / ((p * (1 - p) / n + t^2 * q * (1 - q) / n0) * N / (N - 1)),
      or = (x - n * p)^2 * (1 / (n * p * (1 - p)) + 1 / (n0 * q * (1 - q))) * (N - 1) / N)
    chi - qchisq(0.95, 1)
  }
}
limits <- function(x, n, x0, n0) {
  rd <- x / n - x0 / n0; rr <- (x / n) / (x0 / n0); or <- x * (n0 - x0) / ((n - x) * x0)
  ends <- list(rd = c(-0.999, rd, 0.999), rr = c(1e-3, rr, 1e3), or = c(1e-4, or, 1e4))
  for (w in names(ends)) {
    f <- cut_of(x, n, x0, n0, w); e <- ends[[w]]; tag <- paste(x, n, x0, n0)
    if (is.finite(e[2]) && e[2] > 0) put(paste0("score:", w), paste(tag, "low"), uniroot(f, e[1:2], tol = 1e-13)$root)
    if (is.finite(e[2])) put(paste0("score:", w), paste(tag, "high"), uniroot(f, c(max(e[2], e[1]), e[3]), tol = 1e-13)$root)
    if (w == "rd" && e[2] <= 0) put(paste0("score:", w), paste(tag, "low"), uniroot(f, e[1:2], tol = 1e-13)$root)
  }
}
limits(56, 70, 48, 80); limits(9, 10, 3, 10); limits(5, 56, 0, 29); limits(3, 20, 11, 25)
w <- prop.test(5, 56, correct = FALSE)$conf.int
put("wilson", "5 56 low", w[1]); put("wilson", "5 56 high", w[2])
write.csv(out, "outcomes_binary.csv", row.names = FALSE, quote = FALSE)
