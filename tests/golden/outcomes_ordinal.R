# Proportional odds: MASS::polr and ordinal::clm (Newton to machine precision), profile limits by
# search on clm; Brant (1990) by hand from glm fits; Brunner-Munzel by its rank formula (Brunner & Munzel
# 2000, section 3). R 4.2.2, ordinal 2022, MASS 7.3. Reads outcomes_trial.csv.
suppressMessages({library(MASS); library(ordinal)})
d <- read.csv("outcomes_trial.csv")
arms <- c("placebo", "high", "low")
d$arm <- factor(d$arm, arms); d$y <- factor(d$improvement, ordered = TRUE)
out <- NULL
put <- function(what, term, value) out <<- rbind(out, data.frame(what, term, value = format(unname(value), digits = 15)))
clm1 <- clm(y ~ arm + baseline + sex, data = d, control = clm.control(gradTol = 1e-12, maxIter = 200))
for (nm in names(coef(clm1))) { put("clm", nm, coef(clm1)[nm]); put("clm", paste(nm, "se"), sqrt(vcov(clm1)[nm, nm])) }
put("clm", "loglik", as.numeric(logLik(clm1)))
# profile limits by search on refits with an offset: confint() interpolates its profile, 1e-5 off
for (a in arms[-1]) {
  d$own <- as.numeric(d$arm == a); d$rest <- as.numeric(d$arm == setdiff(arms[-1], a))
  excess <- function(v) {
    d$v <- v * d$own
    2 * (logLik(clm1) - logLik(clm(y ~ rest + baseline + sex + offset(v), data = d, control = clm.control(gradTol = 1e-12)))) - qchisq(0.95, 1)
  }
  m <- coef(clm1)[paste0("arm", a)]
  put("clm-profile", paste0("arm", a, " low"), uniroot(excess, c(m - 2, m), tol = 1e-12)$root)
  put("clm-profile", paste0("arm", a, " high"), uniroot(excess, c(m, m + 2), tol = 1e-12)$root)
}
polr1 <- polr(y ~ arm + baseline + sex, d, Hess = TRUE, control = list(reltol = 1e-15, maxit = 1000))
for (nm in names(coef(polr1))) { put("polr", nm, coef(polr1)[nm]); put("polr", paste(nm, "se"), sqrt(vcov(polr1)[nm, nm])) }
# Brant: separate logits of Y > j; joint covariance of their coefficients
X <- model.matrix(~ arm + baseline + sex, d); J <- 5; p <- ncol(X)
again <- function(j, start) glm.fit(X, as.numeric(d$improvement > j), family = binomial(), control = list(epsilon = 1e-14, maxit = 100), start = start)
fits <- lapply(1:(J - 1), function(j) again(j, coef(again(j, NULL))))
P <- sapply(fits, fitted)
V <- matrix(0, (J - 1) * p, (J - 1) * p); at <- function(j) (j - 1) * p + 1:p
for (j in 1:(J - 1)) for (k in 1:(J - 1)) {
  Wj <- P[, j] * (1 - P[, j]); Wk <- P[, k] * (1 - P[, k])
  Wjk <- P[, max(j, k)] - P[, j] * P[, k]
  V[at(j), at(k)] <- solve(t(X) %*% (Wj * X)) %*% (t(X) %*% (Wjk * X)) %*% solve(t(X) %*% (Wk * X))
}
b <- unlist(lapply(fits, coef))
brant <- function(cols) {
  D <- NULL
  for (k in 2:(J - 1)) for (c in cols) { r <- numeric(length(b)); r[at(1)[c]] <- 1; r[at(k)[c]] <- -1; D <- rbind(D, r) }
  as.numeric(t(D %*% b) %*% solve(D %*% V %*% t(D)) %*% (D %*% b))
}
put("brant", "all", brant(2:p)); put("brant", "high", brant(2)); put("brant", "low", brant(3))
put("brant", "all p", pchisq(brant(2:p), (J - 2) * (p - 1), lower.tail = FALSE))
# Brunner-Munzel with mid-ranks
bm <- function(y1, y0) {
  n1 <- length(y1); n0 <- length(y0); r <- rank(c(y0, y1))
  r0 <- r[1:n0]; r1 <- r[-(1:n0)]
  phat <- (mean(r1) - (n1 + 1) / 2) / n0
  s0 <- sum((r0 - rank(y0) - mean(r0) + (n0 + 1) / 2)^2) / (n0 - 1)
  s1 <- sum((r1 - rank(y1) - mean(r1) + (n1 + 1) / 2)^2) / (n1 - 1)
  v <- s0 / (n0 * n1^2) + s1 / (n1 * n0^2)
  df <- (s0 / n1 + s1 / n0)^2 / ((s0 / n1)^2 / (n0 - 1) + (s1 / n0)^2 / (n1 - 1))
  c(p = phat, se = sqrt(v), df = df)
}
y0 <- d$improvement[d$arm == "placebo"]
for (a in arms[-1]) {
  g <- bm(d$improvement[d$arm == a], y0)
  for (k in names(g)) put("brunner-munzel", paste(a, k), g[k])
}
# the example of Brunner & Munzel (2000): pain scores after surgery, drugs Y and N
Y <- c(1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1); N <- c(3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4)
g <- bm(N, Y); for (k in names(g)) put("pain", k, g[k])
s <- list(); for (x in c("f", "m")) s[[x]] <- c(bm(d$improvement[d$arm == "high" & d$sex == x], d$improvement[d$arm == "placebo" & d$sex == x]),
  w = 1 / (1 / sum(d$arm == "high" & d$sex == x) + 1 / sum(d$arm == "placebo" & d$sex == x)))
w <- sapply(s, `[`, "w"); w <- w / sum(w)
put("stratified", "high p", sum(w * sapply(s, `[`, "p"))); put("stratified", "high se", sqrt(sum(w^2 * sapply(s, `[`, "se")^2)))
write.csv(out, "outcomes_ordinal.csv", row.names = FALSE, quote = FALSE)
