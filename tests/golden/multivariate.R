# Golden values of several outcomes of one study: rma.mv of metafor and mixmeta.
# Rscript tests/golden/multivariate.R FOLDER_OF_EVIDENCE > tests/golden/multivariate.csv
suppressMessages({library(metafor); library(mixmeta)})
folder <- commandArgs(trailingOnly = TRUE)[1]
options(digits = 15, warn = -1)
cat("data,model,name,value\n")
out <- function(d, m, n, v) cat(sprintf("%s,%s,%s,%s\n", d, m, n, ifelse(is.na(v), "", sprintf("%.15g", v))))
many <- function(d, m, n, v) for (j in seq_along(v)) out(d, m, paste0(n, j), v[j])
# made data: three outcomes of twelve studies, some missing; x is a moderator of the study
made <- data.frame(
  study = rep(sprintf("s%02d", 1:12), each = 3), outcome = rep(c("a", "b", "c"), 12),
  y = c(0.42, 0.55, 0.20, -0.10, 0.12, -0.25, 0.80, 0.61, 0.70, 0.35, 0.05, 0.31, 0.15, 0.33, NA,
        0.62, NA, 0.44, -0.32, -0.05, -0.41, 0.95, 1.10, 0.66, 0.28, 0.44, 0.02, 0.51, 0.18, 0.37,
        NA, 0.27, 0.12, 0.05, 0.40, NA),
  v = c(0.040, 0.050, 0.060, 0.020, 0.030, 0.025, 0.070, 0.060, 0.080, 0.030, 0.035, 0.040, 0.050,
        0.045, 0.1, 0.022, 0.1, 0.033, 0.061, 0.055, 0.049, 0.038, 0.041, 0.044, 0.027, 0.031,
        0.036, 0.053, 0.047, 0.060, 0.1, 0.029, 0.035, 0.044, 0.058, 0.1),
  x = rep(c(1, 3, 2, 5, 4, 2, 6, 1, 3, 2, 4, 5), each = 3))
made <- made[!is.na(made$y), ]
linde <- read.csv(file.path(folder, "linde2005.csv"))
linde <- linde[complete.cases(linde[, c("ai", "n1i", "ci", "n2i")]), ]
arms <- data.frame(study = rep(linde$study, 2), n = seq_len(nrow(linde)), outcome = rep(c("a", "b"), each = nrow(linde)),
                   x = c(linde$ai, linde$ci), m = c(linde$n1i, linde$n2i))
arms$study <- as.character(arms$n)  # names repeat
arms <- arms[order(arms$n), ]
logit <- escalc(measure = "PLO", xi = x, ni = m, data = arms)
arms$y <- as.numeric(logit$yi); arms$v <- as.numeric(logit$vi)
tight <- function(...) {
  for (tol in c(1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7)) {
    fit <- try(do.call(rma.mv, c(list(...), list(control = list(rel.tol = tol, iter.max = 1000, eval.max = 2000)))), silent = TRUE)
    if (!inherits(fit, "try-error")) return(fit)
  }
  do.call(rma.mv, list(...))
}
tell <- function(d, m, fit) {
  many(d, m, "beta", fit$beta); many(d, m, "se", fit$se); many(d, m, "tau2.", fit$tau2); many(d, m, "rho", fit$rho)
  out(d, m, "ll", as.numeric(logLik(fit))); out(d, m, "QE", fit$QE); out(d, m, "QM", fit$QM)
}
made2 <- made[made$outcome != "c", ]
for (d in c("made", "made2", "arms")) {
  t <- get(d)
  for (rho in if (d == "arms") 0 else c(0, 0.5)) {
    V <- if (rho == 0) diag(t$v) else vcalc(v, cluster = study, type = outcome, rho = rho, data = t)
    for (method in c("REML", "ML")) for (struct in c("UN", "CS", "HCS", "DIAG", "ID")) {
      fit <- tight(yi = t$y, V = V, mods = ~outcome - 1, random = ~outcome | study, struct = struct, data = t, method = method)
      tell(d, paste(rho, method, struct, sep = "-"), fit)
    }
  }
}
V <- vcalc(v, cluster = study, type = outcome, rho = 0.5, data = made)
fit <- tight(yi = made$y, V = V, mods = ~outcome + outcome:x - 1, random = ~outcome | study, struct = "UN", data = made, method = "REML")
tell("made", "moderator", fit)
# mixmeta, wide
for (rho in c(0, 0.5)) for (method in c("reml", "ml")) {
  w <- reshape(made2[, c("study", "outcome", "y", "v")], idvar = "study", timevar = "outcome", direction = "wide")
  S <- cbind(w$v.a, rho * sqrt(w$v.a * w$v.b), w$v.b)
  fit <- mixmeta(cbind(w$y.a, w$y.b), S = S, method = method, control = list(reltol = 1e-14, maxiter = 1000))
  m <- paste("mixmeta", rho, toupper(method), sep = "-")
  many("made2", m, "beta", coef(fit)); many("made2", m, "psi", fit$Psi[lower.tri(fit$Psi, TRUE)])
  many("made2", m, "se", sqrt(diag(vcov(fit)))); out("made2", m, "ll", as.numeric(logLik(fit)))
}
