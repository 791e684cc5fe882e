# Golden numbers for tests/synthesis/dose_response: prints dose_response.csv.
# EQUIPOISE_DATA=... Rscript tests/golden/dose_response.R > tests/golden/dose_response.csv
# metafor (rma.mv, struct = "GEN" for an unstructured covariance of slopes, common-effect fits)
# and Hmisc (rcspline.eval) on the contrasts of ssri_dose.csv; contrasts and covariances here.
suppressMessages({library(metafor); library(Hmisc)})
cat("data,shape,method,what,value\n")
out <- function(data, shape, method, what, value)
  cat(sprintf("%s,%s,%s,%s,%.12g\n", data, shape, method, what, value), sep = "")
blocks <- function(d, study, dose, r, n, measure) {
  d <- data.frame(study = as.character(d[[study]]), dose = d[[dose]], r = d[[r]], n = d[[n]])
  d <- d[!is.na(d$r) & !is.na(d$n), ]
  parts <- lapply(unique(d$study), function(s) {
    g <- d[d$study == s, ]
    g <- g[order(g$dose), ]
    if (nrow(g) < 2 || length(unique(g$dose)) < 2) return(NULL)
    if (measure == "or" && any(g$r == 0 | g$r == g$n)) { g$r <- g$r + 0.5; g$n <- g$n + 1 }
    level <- if (measure == "or") log(g$r / (g$n - g$r)) else log(g$r / g$n)
    v <- if (measure == "or") 1 / g$r + 1 / (g$n - g$r) else 1 / g$r - 1 / g$n
    m <- nrow(g) - 1
    list(y = level[-1] - level[1], V = diag(v[-1], m) + v[1], dose = g$dose[-1],
         ref = rep(g$dose[1], m), study = rep(s, m))
  })
  parts <- parts[!sapply(parts, is.null)]
  list(y = unlist(lapply(parts, `[[`, "y")), V = bldiag(lapply(parts, `[[`, "V")),
       dose = unlist(lapply(parts, `[[`, "dose")), ref = unlist(lapply(parts, `[[`, "ref")),
       study = unlist(lapply(parts, `[[`, "study")))
}
basis <- function(d, shape) switch(shape,
  linear = cbind(d), quadratic = cbind(d, d^2),
  spline3 = rcspline.eval(d, knots = c(10, 20, 50), inclx = TRUE),
  spline4 = rcspline.eval(d, knots = c(5, 10, 20, 50), inclx = TRUE))
fit <- function(name, b, shapes, methods = c("FE", "ML", "REML")) for (shape in shapes) {
  X <- basis(b$dose, shape) - basis(b$ref, shape)
  X <- as.matrix(X); p <- ncol(X); colnames(X) <- paste0("x", 1:p)
  # columns are scaled for rma.mv's optimiser, and scaled back
  s <- apply(X, 2, function(x) sqrt(mean(x^2))); Z <- sweep(X, 2, s, "/")
  dat <- data.frame(study = b$study, Z)
  form <- as.formula(paste("~ 0 +", paste(colnames(X), collapse = "+")))
  rand <- as.formula(paste("~ 0 +", paste(colnames(X), collapse = "+"), "| study"))
  for (m in methods) {
    f <- if (m == "FE") rma.mv(b$y, b$V, mods = form, data = dat, method = "ML") else
      if (p == 1) rma.mv(b$y, b$V, mods = form, data = dat, random = ~ 0 + x1 | study,
                         struct = "GEN", method = m, control = list(rel.tol = 1e-13, iter.max = 2000)) else
      rma.mv(b$y, b$V, mods = form, data = dat, random = rand, struct = "GEN", method = m,
             control = list(rel.tol = 1e-13, iter.max = 2000))
    out(name, shape, m, paste0("beta", 1:p), as.numeric(coef(f)) / s)
    out(name, shape, m, paste0("se", 1:p), sqrt(diag(vcov(f))) / s)
    out(name, shape, m, "ll", as.numeric(logLik(f)))
    if (m == "FE") { out(name, shape, m, "q", f$QE); out(name, shape, m, "df", f$k - f$p) }
    else { G <- f$G / outer(s, s); out(name, shape, m, paste0("psi", seq_along(G)), as.numeric(G)) }
  }
}
folder <- file.path(Sys.getenv("EQUIPOISE_DATA"), "evidence")
ssri <- read.csv(file.path(folder, "ssri_dose.csv"))
fit("ssri-or", blocks(ssri, "studyID", "dose", "r", "n", "or"), c("linear", "quadratic", "spline3", "spline4"))
fit("ssri-rr", blocks(ssri, "studyID", "dose", "r", "n", "rr"), c("linear", "quadratic", "spline3"))
drugs <- read.csv(file.path(folder, "antidepressants_dose.csv"))
fit("drugs-or", blocks(drugs, "studyid", "dose", "r", "n", "or"), c("linear", "quadratic"))
