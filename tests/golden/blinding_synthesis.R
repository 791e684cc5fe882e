# Golden numbers for tests/synthesis/blinding: prints blinding_synthesis.csv.
# EQUIPOISE_DATA=... Rscript tests/golden/blinding_synthesis.R > tests/golden/blinding_synthesis.csv
# metafor 5.0-1, mixmeta 1.2.1, numDeriv; the structural model by its dense restricted likelihood,
# its Bayesian form by a grid over slope and spreads with the means integrated out in closed form.
suppressMessages({library(metafor); library(numDeriv)})
out <- function(what, term, value) cat(sprintf("%s,%s,%.14g\n", what, term, value), sep = "")
cat("what,term,value\n")
here <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
folder <- Sys.getenv("EQUIPOISE_DATA")
evidence <- function(file) {
  nested <- file.path(folder, "evidence", file)
  read.csv(if (file.exists(nested)) nested else file.path(folder, file))
}

# --- the dense restricted (or full) likelihood of two outcomes with T + S_i -----------------
dense <- function(y, S, X, T, reml) {
  k <- nrow(y); p <- ncol(X); Y <- as.vector(t(y)); Z <- X %x% diag(2)
  V <- matrix(0, 2 * k, 2 * k)
  for (i in 1:k) V[2 * i - 1:0, 2 * i - 1:0] <- T + S[[i]]
  W <- solve(V); A <- t(Z) %*% W %*% Z; b <- solve(A, t(Z) %*% W %*% Y); r <- Y - Z %*% b
  ll <- -0.5 * (determinant(V)$modulus + t(r) %*% W %*% r)
  free <- if (reml) 2 * (k - p) else 2 * k
  if (reml) ll <- ll - 0.5 * determinant(A)$modulus
  list(ll = as.numeric(ll) - free / 2 * log(2 * pi), b = as.vector(b), cov = solve(A))
}
polish <- function(f, start) {           # quasi-Newton, then Newton on numerical derivatives
  x <- optim(start, f, method = "BFGS", control = list(reltol = 1e-15, maxit = 1000))$par
  for (i in 1:8) x <- x - solve(hessian(f, x), grad(f, x))
  x
}
bivariate <- function(what, y, S, X, reml = TRUE) {
  Tof <- function(q) { L <- matrix(c(q[1], q[2], 0, q[3]), 2); L %*% t(L) }
  q <- polish(function(q) -dense(y, S, X, Tof(q), reml)$ll, c(0.6, 0.1, 0.5))
  T <- Tof(q); d <- dense(y, S, X, T, reml); o <- function(n, v) out(what, n, v)
  o("t11", T[1, 1]); o("t12", T[1, 2]); o("t22", T[2, 2]); o("loglik", d$ll)
  for (i in seq_along(d$b)) o(sprintf("mean%d", i), d$b[i])
  o("cov11", d$cov[1, 1]); o("cov12", d$cov[1, 2]); o("cov22", d$cov[2, 2])
}
structural <- function(what, y, v, m, w, c0, X, reml = TRUE) {
  S <- lapply(seq_along(y), function(i) matrix(c(w[i], c0[i], c0[i], v[i]), 2))
  Y <- cbind(m, y); p <- ncol(X)
  Tof <- function(q) matrix(c(q[1], q[1] * q[2], q[1] * q[2], q[1] * q[2]^2 + q[3]), 2)
  f <- function(q) if (q[1] <= 0 || q[3] < 0) 1e10 else -dense(Y, S, X, Tof(q), reml)$ll
  q <- polish(f, c(var(m) / 2, coef(lm(y ~ m))[[2]], 0.05))
  d <- dense(Y, S, X, Tof(q), reml); vb <- solve(hessian(f, q))[2, 2]
  g <- d$b[2 * 1:p - 1]; e <- d$b[2 * 1:p]
  iG <- 2 * 1:p - 1; iE <- 2 * 1:p
  out(what, "s2", q[1]); out(what, "slope", q[2]); out(what, "tau2", q[3])
  out(what, "se slope", sqrt(vb))
  for (j in 1:p) {
    out(what, sprintf("at chance %d", j), e[j] - q[2] * g[j])
    C <- d$cov[c(iG[j], iE[j]), c(iG[j], iE[j])]; a <- c(-q[2], 1)
    out(what, sprintf("se at chance %d", j), sqrt(t(a) %*% C %*% a + g[j]^2 * vb))
  }
}

# --- made trials with guesses ----------------------------------------------------------------
d <- read.csv(file.path(dirname(here), "blinding_synthesis_trials.csv"))
bang <- function(r, w, u) { n <- r + w + u; b <- (r - w) / n; list(b = b, v = ((r + w) / n - b^2) / n) }
A <- with(d, bang(right1, wrong1, unsure1)); B <- with(d, bang(right2, wrong2, unsure2))
m <- (A$b + B$b) / 2; w <- (A$v + B$v) / 4
for (i in 1:nrow(d)) { out("index", d$study[i], m[i]); out("index variance", d$study[i], w[i]) }
y <- d$effect; v <- d$se^2; k <- length(y); one <- matrix(1, k, 1)
cells <- cbind(d$class == "inert", d$class == "active") * 1
structural("structural", y, v, m, w, rep(0, k), one)
structural("structural ML", y, v, m, w, rep(0, k), one, FALSE)
structural("structural by class", y, v, m, w, rep(0, k), cells)
structural("structural correlated", y, v, m, w, -0.3 * sqrt(v * w), one)

# effects on a line: tau2 ends at 0, and the slope's error is that of the model without it
border <- function(what, y) {
  S <- lapply(seq_along(y), function(i) diag(c(w[i], v[i])))
  Tof <- function(q) matrix(c(q[1], q[1] * q[2], q[1] * q[2], q[1] * q[2]^2), 2)
  f <- function(q) if (q[1] <= 0) 1e10 else -dense(cbind(m, y), S, one, Tof(q), TRUE)$ll
  q <- polish(f, c(0.1, -0.5))
  more <- function(t) dense(cbind(m, y), S, one, Tof(q) + diag(c(0, t)), TRUE)$ll
  stopifnot(more(1e-4) < more(0))        # the likelihood falls as tau2 leaves 0
  out(what, "s2", q[1]); out(what, "slope", q[2]); out(what, "se slope", sqrt(solve(hessian(f, q))[2, 2]))
  b <- dense(cbind(m, y), S, one, Tof(q), TRUE)$b; out(what, "at chance", b[2] - q[2] * b[1])
}
border("structural border", round(-0.1 - 0.5 * m, 2))

row <- function(what, fit, i = 1) {
  out(what, "estimate", fit$b[i]); out(what, "se", fit$se[i]); out(what, "low", fit$ci.lb[i])
  out(what, "high", fit$ci.ub[i]); out(what, "p", fit$pval[i]); out(what, "tau2", fit$tau2)
}
tight <- list(threshold = 1e-12, maxiter = 1000)
knha <- function(...) rma(..., test = "knha", control = tight)
fit <- knha(y, v, mods = ~ m); row("naive", fit); row("naive slope", fit, 2)
fit <- knha(y, v, mods = ~ 0 + cells + m); row("naive inert", fit); row("naive active", fit, 2)
out("index spread", "Q p", rma(m, w, method = "EE")$QEp)
rel <- rma(m, w, control = tight); out("index spread", "reliability", rel$tau2 / (rel$tau2 + mean(w)))
X1 <- cbind(1, m); ww <- 1 / (v + knha(y, v, mods = ~ m)$tau2)
H <- solve(t(X1) %*% (ww * X1)); lev <- ww * rowSums((X1 %*% H) * X1)
out("reach", "leverage", mean(ww) * H[1, 1] / max(lev)); out("reach", "nearest", min(abs(m)))

# randomised against observational
R <- d$randomised == 1
fr <- knha(y[R], v[R]); fo <- knha(y[!R], v[!R]); row("randomised", fr); row("observational", fo)
joint <- rma.mv(y, v, mods = ~ O, random = ~ factor(O) | study, struct = "DIAG",
                data = data.frame(y, v, O = as.numeric(!R), study = d$study),
                control = list(optimizer = "optim", reltol = 1e-15, maxit = 5000))
out("discrepancy normal", "estimate", joint$b[2]); out("discrepancy normal", "se", joint$se[2])
V <- c(fr$se^2, fo$se^2); n1 <- c(fr$k, fo$k) - 1; df <- sum(V)^2 / sum(V^2 / n1)
delta <- as.numeric(fo$b - fr$b); se <- sqrt(sum(V))
out("discrepancy", "estimate", delta); out("discrepancy", "se", se); out("discrepancy", "df", df)
out("discrepancy", "beyond 0.2", pt((delta - 0.2) / se, df) + pt((-0.2 - delta) / se, df))
for (x in c(1, 0.5, 0.25)) row(paste("w", x), rma(y, ifelse(R, v, v / x),
  test = if (x == 1) "knha" else "adhoc", control = tight))

# bias by class subtracted, its variance added
mu <- ifelse(d$class == "inert", 0.3, 0.1); s <- ifelse(d$class == "inert", 0.2, 0.05)
side <- sign(as.numeric(rma(y, v)$b))
row("bias by class", knha(y - side * mu, v + s^2))
end <- function(x) { f <- knha(y - x * side * mu, v + s^2); if (side < 0) f$ci.ub else f$ci.lb }
out("bias by class", "factor", uniroot(end, c(0, 20), tol = 1e-13)$root)

# --- published trials ------------------------------------------------------------------------
p <- evidence("psilocybin_main12.csv")
fit <- knha(p$g, p$g_se^2, mods = ~ (p$blinding == "open-label"))
row("open-label", fit, 2); out("open-label", "R2", fit$R2 / 100)
row("main12", knha(p$g, p$g_se^2))
p <- p[!is.na(p$baseline_m_arm1), ]
change <- function(pre, post, sd, n, r) {
  e <- escalc("SMCR", m1i = post, m2i = pre, sd1i = sd, ni = n, ri = rep(r, length(n)))
  J <- exp(lgamma((n - 1) / 2) - log(sqrt((n - 1) / 2)) - lgamma((n - 2) / 2))
  c0 <- J * (post - pre) / sd
  stopifnot(max(abs(c0 - e$yi)) < 1e-10); list(y = c0, v = 2 * (1 - r) / n + c0^2 / (2 * n))
}
for (r in c(0.5, 0.7)) {
  a <- with(p, change(baseline_m_arm1, mean_arm1, baseline_sd_arm1, n_arm1, r))
  b <- with(p, change(baseline_m_arm2, mean_arm2, baseline_sd_arm2, n_arm2, r))
  row(paste("change active", r), knha(a$y, a$v)); row(paste("change control", r), knha(b$y, b$v))
  S <- lapply(1:nrow(p), function(i) diag(c(a$v[i], b$v[i])))
  bivariate(paste("arms", r), cbind(a$y, b$y), S, matrix(1, nrow(p), 1))
}
mix <- suppressMessages(mixmeta::mixmeta(cbind(a$y, b$y), cbind(a$v, 0, b$v), method = "reml",
  control = list(reltol = 1e-14, maxiter = 1000)))
out("mixmeta 0.7", "mean1", coef(mix)[1]); out("mixmeta 0.7", "mean2", coef(mix)[2])
l <- evidence("linde2005.csv"); l <- l[complete.cases(l[c("ai", "n1i", "ci", "n2i")]), ]
for (arm in list(c("ai", "n1i", "active"), c("ci", "n2i", "control"))) {
  e <- escalc("PLO", xi = l[[arm[1]]], ni = l[[arm[2]]], add = 0.5, to = "only0")
  f <- knha(e$yi, e$vi)
  row(paste("response", arm[3]), f); out(paste("response", arm[3]), "share", plogis(f$b))
}

# --- the Bayesian structural model on a grid --------------------------------------------------
# slope ~ N(0, 1), tau ~ half-normal(0.5), s ~ U(0, 1), flat means; X = 1, no covariance
bs <- seq(-4.5, 3.5, length.out = 81); ss <- (1:60 - 0.5) / 60
qt <- (1:60 - 0.5) / 60; ts <- 0.5 * qnorm((1 + qt) / 2)              # prior quantiles: equal weights
tot <- numeric(7); parts <- array(0, c(81, 60, 60, 3))
for (i in seq_along(bs)) for (j in seq_along(ss)) {
  b <- bs[i]; s2 <- ss[j]^2
  v11 <- s2 + w; v12 <- b * s2
  for (l0 in seq_along(ts)) {
    v22 <- b^2 * s2 + ts[l0]^2 + v; det <- v11 * v22 - v12^2
    w11 <- v22 / det; w12 <- -v12 / det; w22 <- v11 / det              # precision of (m, y)
    # means (gamma, b0 + b gamma): integrate both out under flat priors
    A11 <- sum(w11); A12 <- sum(w12); A22 <- sum(w22); dA <- A11 * A22 - A12^2
    r1 <- sum(w11 * m + w12 * y); r2 <- sum(w12 * m + w22 * y)
    e1 <- (A22 * r1 - A12 * r2) / dA; e2 <- (A11 * r2 - A12 * r1) / dA
    Q <- sum(w11 * (m - e1)^2 + 2 * w12 * (m - e1) * (y - e2) + w22 * (y - e2)^2)
    ll <- -0.5 * (sum(log(det)) + log(dA) + Q) - b^2 / 2
    var0 <- (A11 + b^2 * A22 + 2 * b * A12) / dA                       # of e2 - b e1
    parts[i, j, l0, ] <- c(ll, e2 - b * e1, var0)
  }
}
wt <- exp(parts[, , , 1] - max(parts[, , , 1])); wt <- wt / sum(wt)
m0 <- sum(wt * parts[, , , 2])
out("Bayesian", "at chance mean", m0)
out("Bayesian", "at chance sd", sqrt(sum(wt * (parts[, , , 3] + parts[, , , 2]^2)) - m0^2))
wb <- apply(wt, 1, sum); out("Bayesian", "slope mean", sum(wb * bs))
out("Bayesian", "slope sd", sqrt(sum(wb * bs^2) - sum(wb * bs)^2))
out("Bayesian", "tau mean", sum(apply(wt, 3, sum) * ts))
out("Bayesian", "index sd mean", sum(apply(wt, 2, sum) * ss))
