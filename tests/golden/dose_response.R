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
fits("ssri-or", contrasts_of(ssri, "or"), c("spline3", "spline4"), "1stage", "fixed")
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
  S <- covar.logrr(cases = cases, n = total, y = y, v = v, type = type, covariance = "gl")
  out("made", type, "greenland-longnecker", paste0("S", seq_along(S)), as.numeric(S))
  A <- grl(y = y, v = v, cases = cases, n = total, type = type, tol = 1e-14)[, 1]
  out("made", type, "greenland-longnecker", paste0("cases", seq_along(A)), A)
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
