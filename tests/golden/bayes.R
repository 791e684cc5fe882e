# Golden numbers for tests/synthesis/bayes: prints bayes.csv.
# Rscript tests/golden/bayes.R > tests/golden/bayes.csv
# Base R: the joint density of mean and tau is integrated over tau by `integrate`, on tau itself
# (no quantile transform, no panels), piece by piece; quantiles by `uniroot`.
out <- function(what, term, value) cat(sprintf("%s,%s,%.13g\n", what, term, value), sep = "")
cat("what,term,value\n")
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
d <- read.csv(file.path(here, "blinding_synthesis_trials.csv"))

priors <- list(
  "half-normal 0.5" = function(t) 2 * dnorm(t, 0, 0.5),
  "half-cauchy 0.3" = function(t) 2 * dcauchy(t, 0, 0.3),
  "uniform 4" = function(t) dunif(t, 0, 4),
  "exponential 0.4" = function(t) dexp(t, 1 / 0.4),
  "inverse-gamma 1 0.1" = function(t) ifelse(t > 0, 2 * t * 0.1 * t^-4 * exp(-0.1 / t^2), 0),
  "log-normal -2.5 1.6" = function(t) ifelse(t > 0, 2 / t * dnorm(2 * log(t), -2.5, 1.6), 0))
cuts <- c(0, 1e-4, 1e-3, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1, 1.5, 2, 3, 4)
over <- function(f, to = Inf) {          # integral of f over (0, to)
  at <- c(cuts[cuts < to], if (is.finite(to)) to)
  s <- sum(mapply(function(a, b) integrate(f, a, b, rel.tol = 1e-12, subdivisions = 1000)$value,
                  head(at, -1), tail(at, -1)))
  if (!is.finite(to)) s <- s + integrate(f, 4, 40, rel.tol = 1e-12, subdivisions = 1000)$value +
      integrate(function(u) f(exp(u)) * exp(u), log(40), log(1e5), rel.tol = 1e-10, subdivisions = 2000)$value
  s
}

# any normal model given tau: mean, cov, log likelihood (flat priors unless precision is given)
model <- function(y, S, X, D, m0 = rep(0, ncol(X)), P0 = matrix(0, ncol(X), ncol(X))) function(t) {
  W <- solve(S + t^2 * D); A <- t(X) %*% W %*% X + P0
  b <- solve(A, t(X) %*% W %*% y + P0 %*% m0, tol = 0); r <- y - X %*% b; e <- b - m0
  list(b = b, C = solve(A, tol = 0), ll = as.numeric(0.5 * determinant(W)$modulus -
    0.5 * determinant(A)$modulus - 0.5 * (t(r) %*% W %*% r + t(e) %*% P0 %*% e)))
}
study <- function(what, M, prior, contrasts, predict = FALSE, shrink = NULL, moments = TRUE) {
  grid <- sapply(seq(0.005, 3, by = 0.005), function(t) M(t)$ll); top <- max(grid)
  f <- Vectorize(function(t) exp(M(t)$ll - top) * prior(t))
  Z <- over(f)
  cdf_tau <- function(t) over(f, t) / Z
  q_tau <- function(p) uniroot(function(t) cdf_tau(t) - p, c(1e-6, 3.99), tol = 1e-12)$root
  for (p in c(0.025, 0.5, 0.975)) out(what, sprintf("tau %g", p), q_tau(p))
  if (moments) {
    out(what, "tau mean", over(function(t) t * f(t)) / Z)
  }
  parts <- function(t, i) { g <- M(t); c0 <- contrasts[[i]]
    c(sum(c0 * g$b), sqrt(as.numeric(t(c0) %*% g$C %*% c0))) }
  mixture <- function(term, at) {       # at(t) gives mean and sd of a normal
    cdf <- function(x) over(Vectorize(function(t) { a <- at(t); f(t) * pnorm(x, a[1], a[2]) })) / Z
    if (moments) {
      m <- over(Vectorize(function(t) f(t) * at(t)[1])) / Z
      s <- over(Vectorize(function(t) { a <- at(t); f(t) * (a[2]^2 + (a[1] - m)^2) })) / Z
      out(what, paste(term, "mean"), m); out(what, paste(term, "sd"), sqrt(s))
    }
    for (p in c(0.025, 0.5, 0.975))
      out(what, sprintf("%s %g", term, p), uniroot(function(x) cdf(x) - p, c(-6, 6), tol = 1e-11)$root)
    out(what, paste(term, "below 0"), cdf(0))
  }
  for (i in seq_along(contrasts)) local({ j <- i; mixture(names(contrasts)[j], function(t) parts(t, j)) })
  if (predict) mixture("prediction", function(t) { a <- parts(t, 1); c(a[1], sqrt(a[2]^2 + t^2)) })
  if (!is.null(shrink)) mixture("study", function(t) { a <- parts(t, 1); y <- shrink[1]; v <- shrink[2]
    B <- v / (v + t^2); c((1 - B) * y + B * a[1], sqrt((1 - B) * v + (B * a[2])^2)) })
}
one <- function(n) matrix(1, n, 1)
for (name in names(priors)) {
  y <- d$effect; v <- d$se^2; k <- length(y)
  study(paste("sixteen", name), model(y, diag(v), one(k), diag(k)), priors[[name]], list(effect = 1),
        predict = TRUE, shrink = if (name == "half-normal 0.5") c(y[1], v[1]))
}
y <- d$effect[c(1, 9, 11)]; v <- d$se[c(1, 9, 11)]^2
study("three half-cauchy 0.3", model(y, diag(v), one(3), diag(3)), priors[["half-cauchy 0.3"]],
      list(effect = 1), moments = FALSE)
study("informed half-normal 0.5", model(d$effect, diag(d$se^2), one(16), diag(16), -0.1, matrix(1 / 0.2^2)),
      priors[["half-normal 0.5"]], list(effect = 1))

# elicited bias: inert N(-0.2, 0.15^2) spread 0.1, active N(-0.05, 0.05^2)
inert <- d$class == "inert"
study("bias half-normal 0.5", model(d$effect, diag(d$se^2 + 0.1^2 * inert), cbind(1, inert, !inert), diag(16),
  c(0, -0.2, -0.05), diag(c(0, 1 / 0.15^2, 1 / 0.05^2))), priors[["half-normal 0.5"]],
  list(effect = c(1, 0, 0), inert = c(0, 1, 0), active = c(0, 0, 1)))

# network: columns drug, low, therapy, waiting against placebo
n <- read.csv(file.path(here, "bayes_network.csv")); T <- c("drug", "low", "therapy", "waiting")
two <- n[n$study != "Eta", ]; e <- n[n$study == "Eta", ]; rownames(e) <- paste(e$treat1, e$treat2)
X <- t(mapply(function(a, b) (T == a) - (T == b), two$treat1, two$treat2))
vp <- function(p) e[p, "se"]^2          # arm variances of Eta
s <- c(drug = vp("drug placebo") + vp("drug low") - vp("placebo low"),
       placebo = vp("drug placebo") + vp("placebo low") - vp("drug low"),
       low = vp("drug low") + vp("placebo low") - vp("drug placebo")) / 2
X <- rbind(X, T == "drug", T == "low")  # Eta: drug - placebo, low - placebo
y <- c(two$effect, e["drug placebo", "effect"], -e["placebo low", "effect"])
S <- diag(c(two$se^2, 0, 0)); D <- diag(length(y)); k <- length(y)
S[k - 1:0, k - 1:0] <- s["placebo"] + diag(s[c("drug", "low")]); D[k - 1:0, k - 1:0] <- c(1, .5, .5, 1)
study("network half-normal 0.5", model(y, S, X, D), priors[["half-normal 0.5"]],
      list("drug vs placebo" = c(1, 0, 0, 0), "therapy vs drug" = c(-1, 0, 1, 0),
           "waiting vs placebo" = c(0, 0, 0, 1), "waiting vs low" = c(0, -1, 0, 1)))
