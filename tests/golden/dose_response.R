# Golden numbers for tests/synthesis/dose_response: prints dose_response.csv.
# EQUIPOISE_DATA=... Rscript tests/golden/dose_response.R > tests/golden/dose_response.csv
# dosresmeta 2.2.0 and mixmeta 1.2.1 (fits, covariances), Hmisc 4.8 (rcspline.eval). Contrasts are
# formed here. Studies with one arm or one dose are left out, as are rows with a missing count.
suppressWarnings(suppressMessages({library(dosresmeta); library(mixmeta); library(Hmisc)}))
cat("data,shape,fit,what,value\n")
out <- function(data, shape, fit, what, value)
  cat(sprintf("%s,%s,%s,%s,%.14g\n", data, shape, fit, what, value), sep = "")

contrasts_of <- function(d, measure) {
  d <- d[!is.na(d$r) & !is.na(d$n), ]
  do.call(rbind, lapply(unique(d$study), function(s) {
    g <- d[d$study == s, ]
    g <- g[order(g$dose), ]
    if (nrow(g) < 2 || length(unique(g$dose)) < 2) return(NULL)
    if (any(g$r == 0) || (measure == "or" && any(g$r == g$n))) { g$r <- g$r + 0.5; g$n <- g$n + 1 }
    level <- if (measure == "or") log(g$r / (g$n - g$r)) else log(g$r / g$n)
    v <- if (measure == "or") 1 / g$r + 1 / (g$n - g$r) else 1 / g$r - 1 / g$n
    m <- nrow(g)
    S <- diag(v[-1], m - 1) + v[1]
    data.frame(id = match(s, unique(d$study)), dose = g$dose, y = level - level[1],
               v = c(0, diag(S)), r = g$r, n = g$n, S = I(c(list(S), rep(list(NULL), m - 1))))
  }))
}
terms_of <- function(shape) switch(shape, linear = y ~ dose, quadratic = y ~ dose + I(dose^2),
  spline3 = y ~ rcspline.eval(dose, knots = c(10, 20, 50), inclx = TRUE),
  spline4 = y ~ rcspline.eval(dose, knots = c(5, 10, 20, 50), inclx = TRUE))
fits <- function(name, d, shapes, proc, methods = c("fixed", "ml", "reml")) {
  S <- d$S[!sapply(d$S, is.null)]
  for (shape in shapes) for (m in methods) {
    f <- suppressWarnings(dosresmeta(terms_of(shape), id = id, v = v, data = d, Slist = S, proc = proc,
      covariance = "user", method = m, control = list(maxiter = 20000, reltol = 1e-15)))
    fit <- paste(proc, m, sep = "-"); p <- length(coef(f))
    out(name, shape, fit, paste0("beta", 1:p), as.numeric(coef(f)))
    out(name, shape, fit, paste0("se", 1:p), sqrt(diag(as.matrix(vcov(f)))))
    out(name, shape, fit, "ll", as.numeric(logLik(f)))
    if (m != "fixed") out(name, shape, fit, paste0("psi", seq_along(f$Psi)), as.numeric(f$Psi))
    q <- suppressWarnings(qtest(f)); out(name, shape, fit, "q", q$Q[1]); out(name, shape, fit, "qdf", q$df[1])
    w <- as.numeric(coef(f) %*% solve(vcov(f)) %*% coef(f)); out(name, shape, fit, "wald", w)
  }
}
folder <- file.path(Sys.getenv("EQUIPOISE_DATA"), "evidence")
ssri <- read.csv(file.path(folder, "ssri_dose.csv")); ssri$study <- ssri$studyID
drugs <- read.csv(file.path(folder, "antidepressants_dose.csv")); drugs$study <- drugs$studyid
many <- function(d) d[d$study %in% names(which(tapply(d$dose, d$study, function(x) length(unique(x))) > 2)), ]
fits("ssri-or", contrasts_of(ssri, "or"), c("linear", "quadratic"), "1stage")
fits("ssri-or", contrasts_of(ssri, "or"), c("spline3", "spline4"), "1stage")
fits("ssri-rr", contrasts_of(ssri, "rr"), c("linear", "quadratic"), "1stage")
fits("ssri-many", contrasts_of(many(ssri), "or"), c("linear", "quadratic"), "2stage")
fits("ssri-many", contrasts_of(many(ssri), "or"), "spline3", "2stage", "fixed")
fits("ssri-linear", contrasts_of(ssri, "or"), "linear", "2stage")
fits("drugs-or", contrasts_of(drugs, "or"), c("linear", "quadratic"), "1stage")

# covariances, from reported ratios that differ from the crude ones (made numbers)
y <- c(0, 0.15, 0.4, 0.7); v <- c(0, 0.04, 0.05, 0.09)
cases <- c(60, 70, 50, 30); n <- c(200, 210, 130, 60)
for (type in c("cc", "ir")) {
  total <- if (type == "ir") 100 * n else n
  A <- grl(y = y, v = v, cases = cases, n = total, type = type, tol = 1e-14)[, 1]
  out("made", type, "greenland-longnecker", paste0("cases", seq_along(A)), A)
  # covar.logrr fits the cells to 1e-5 only, so the covariance is formed here from those above
  own <- if (type == "cc") 1 / A + 1 / (total - A) else 1 / A
  C <- diag(own[-1]) + own[1]; S <- cov2cor(C) * sqrt(outer(v[-1], v[-1]))
  out("made", type, "greenland-longnecker", paste0("S", seq_along(S)), as.numeric(S))
  S <- covar.logrr(cases = cases, n = total, y = y, v = v, type = type, covariance = "h")
  out("made", type, "hamling", paste0("S", seq_along(S)), as.numeric(S))
}
mean <- c(20, 15, 12); sd <- c(5, 6, 4.5); N <- c(30, 28, 33)
for (k in list(c("md", "cohens", "md"), c("smd", "cohens", "cohen-d"), c("smd", "hedges", "smd"),
               c("smd", "glass", "glass-delta"))) {
  f <- covar.smd(mean, sd, N, measure = k[1], method = k[2])
  out("means", k[3], "covariance", c("y1", "y2"), as.numeric(f$y)[-1])
  out("means", k[3], "covariance", paste0("S", 1:4), as.numeric(f$S))
}
d <- c(0, 4, 12.5, 20, 33, 60, 200)
B <- rcspline.eval(d, knots = c(5, 10, 20, 50), inclx = TRUE)
out("basis", "spline4", "hmisc", paste0("b", seq_along(B)), as.numeric(t(B)))

# Emax: common effect by nls on whitened contrasts; ML and REML as the log ED50 at which metafor's
# coefficient of the curve's derivative is 0 (a random Emax, one ED50)
suppressWarnings(suppressMessages(library(metafor)))
d <- contrasts_of(ssri, "or"); first <- !sapply(d$S, is.null)
V <- bldiag(d$S[first]); L <- t(chol(V)); k <- which(d$v > 0)
d0 <- d$dose[first][match(d$id[k], d$id[first])]; y <- d$y[k]; study <- d$id[k]; dk <- d$dose[k]
g <- function(th) dk / (exp(th) + dk) - d0 / (exp(th) + d0)
h <- function(th) exp(th) * (d0 / (exp(th) + d0)^2 - dk / (exp(th) + dk)^2)
white <- solve(L, y)
f <- nls(white ~ e * solve(L, g(th)), start = list(e = 0.5, th = 2), control = nls.control(maxiter = 2000, tol = 1e-9))
s <- sqrt(diag(vcov(f))) / summary(f)$sigma
out("ssri-or", "emax", "1stage-fixed", c("emax", "log_ed50", "se1", "se2"), c(coef(f), s))
for (m in c("ML", "REML")) {
  at <- function(th) { dat <- data.frame(g = g(th), h = h(th), study)
    rma.mv(y, V, mods = ~ 0 + g + h, random = ~ 0 + g | study, struct = "GEN", data = dat, method = m,
           control = list(optimizer = "optim", reltol = 1e-15)) }
  th <- uniroot(function(th) coef(at(th))[2], c(1, 3), tol = 1e-12)$root; f <- at(th)
  out("ssri-or", "emax", paste0("1stage-", tolower(m)), c("emax", "log_ed50", "se1", "se2", "psi1"),
      c(coef(f)[1], th, sqrt(diag(vcov(f))) / c(1, abs(coef(f)[1])), f$tau2))
}
# Q of one stage, which qtest does not give
for (s in c("linear", "quadratic")) {
  X <- cbind(dk - d0, if (s == "quadratic") dk^2 - d0^2)
  f <- rma.mv(y, V, mods = ~ 0 + X, method = "EE"); out("ssri-or", s, "1stage-fixed", c("q", "qdf"), c(f$QE, length(y) - ncol(X)))
}
# drug by dose: rma.mv with a slope a drug and one random slope
dd <- ssri[!is.na(ssri$r), ]; dd <- dd[order(match(dd$study, unique(dd$study)), dd$dose), ]
dd$id <- match(dd$study, unique(ssri$study)); dd <- dd[dd$id %in% study, ]
drug <- sort(unique(dd$agent[dd$dose > 0])); own <- sapply(drug, function(a) dd$dose * (dd$agent == a))
top <- !duplicated(dd$id); X <- own[!top, ] - own[top, ][match(dd$id[!top], dd$id[top]), ]
u <- 20; X <- X / u; dat <- data.frame(x = (dk - d0) / u, study)  # for the optimiser
for (m in c("ML", "REML")) {
  f <- rma.mv(y, V, mods = ~ 0 + X, random = ~ 0 + x | study, struct = "GEN", data = dat, method = m,
              control = list(optimizer = "optim", reltol = 1e-15))
  C <- cbind(diag(length(drug) - 1), -1)
  out("ssri-or", "drugs", tolower(m), drug, as.numeric(coef(f)) / u)
  out("ssri-or", "drugs", tolower(m), paste0("se-", drug), sqrt(diag(vcov(f))) / u)
  out("ssri-or", "drugs", tolower(m), "psi1", f$tau2 / u^2)
  out("ssri-or", "drugs", tolower(m), "wald", as.numeric(anova(f, X = C)$QM))
}

# made trials of means, for the two-stage models of Crippa & Orsini (2016); kept for the tests
set.seed(4)
made <- do.call(rbind, lapply(1:9, function(i) {
  dose <- sort(c(0, sample(c(2, 5, 10, 15, 20, 30), 3))); n <- sample(30:90, 4)
  mean <- 20 - (9 + rnorm(1)) * dose / (6 + dose) + rnorm(4, 0, 0.8)
  data.frame(study = i, dose, mean = round(mean, 2), sd = round(runif(4, 6, 8), 2), n)
}))
write.csv(made, "tests/golden/dose_response_means.csv", row.names = FALSE)
for (k in list(c("md", "cohens", "md"), c("smd", "cohens", "cohen-d"), c("smd", "hedges", "smd"))) {
  parts <- lapply(split(made, made$study), function(g) {
    f <- covar.smd(g$mean, g$sd, g$n, measure = k[1], method = k[2])
    list(d = data.frame(id = g$study, dose = g$dose, y = as.numeric(f$y), v = f$v), S = f$S) })
  d <- do.call(rbind, lapply(parts, `[[`, "d"))
  d$S <- I(unlist(lapply(parts, function(p) c(list(p$S), rep(list(NULL), nrow(p$d) - 1))), recursive = FALSE))
  fits(paste0("made-", k[3]), d, c("quadratic", "spline3"), "2stage", c("fixed", "ml", "reml"))
}
