# Golden values of sparse data: Mantel-Haenszel, Peto and GLMM of metafor.
# Rscript tests/golden/sparse.R FOLDER_OF_EVIDENCE > tests/golden/sparse.csv
suppressMessages(library(metafor))
folder <- commandArgs(trailingOnly = TRUE)[1]
options(digits = 15, warn = -1)
linde <- read.csv(file.path(folder, "linde2005.csv"))
linde <- data.frame(a = linde$ai, n1 = linde$n1i, c = linde$ci, n2 = linde$n2i)
linde <- linde[complete.cases(linde), ]
bcg <- read.csv(file.path(folder, "bcg.csv"))
bcg <- data.frame(a = bcg$tpos, n1 = bcg$tpos + bcg$tneg, c = bcg$cpos, n2 = bcg$cpos + bcg$cneg)
# a made table with empty cells, one study without any event and one where all had it
zeros <- data.frame(a = c(0, 2, 0, 5, 1, 8, 3, 0, 12, 1),
                    n1 = c(20, 30, 15, 60, 25, 40, 22, 50, 12, 33),
                    c = c(2, 4, 0, 9, 0, 15, 3, 3, 10, 2),
                    n2 = c(22, 28, 15, 55, 30, 38, 20, 51, 10, 12))
rates <- data.frame(a = c(3, 0, 12, 7, 5, 1), t1 = c(40.5, 22, 130, 88, 95, 31),
                    c = c(6, 2, 20, 5, 14, 0), t2 = c(39, 25.5, 128, 61, 92, 30))
out <- function(data, model, name, value)
  cat(sprintf("%s,%s,%s,%s\n", data, model, name, ifelse(is.na(value), "", sprintf("%.15g", value))))
cat("data,model,name,value\n")
tell <- function(d, m, fit) {
  for (n in c("beta", "se", "zval", "pval", "ci.lb", "ci.ub", "QE", "QEp", "I2", "k", "k.yi", "k.pos",
              "MH", "MHp", "BD", "BDp", "TA", "TAp", "tau2", "sigma2", "QE.Wld", "QE.LRT", "QE.df"))
    if (!is.null(fit[[n]]) && length(fit[[n]]) == 1) out(d, m, n, as.numeric(fit[[n]]))
  if (!is.null(fit$fit.stats)) out(d, m, "ll", fit$fit.stats["ll", "ML"])
}
for (d in c("linde", "bcg", "zeros")) {
  t <- get(d)
  for (m in c("OR", "RR", "RD")) {
    tell(d, paste0("MH-", m), rma.mh(ai = a, n1i = n1, ci = c, n2i = n2, data = t, measure = m))
    tell(d, paste0("MH-", m, "-uncorrected"), rma.mh(ai = a, n1i = n1, ci = c, n2i = n2, data = t, measure = m, correct = FALSE))
    tell(d, paste0("MH-", m, "-all"), rma.mh(ai = a, n1i = n1, ci = c, n2i = n2, data = t, measure = m, add = c(1/2, 1/2), to = c("all", "all"), drop00 = FALSE))
    tell(d, paste0("MH-", m, "-only0"), rma.mh(ai = a, n1i = n1, ci = c, n2i = n2, data = t, measure = m, add = c(1/2, 1/2), to = c("only0", "only0"), drop00 = FALSE))
    tell(d, paste0("MH-", m, "-if0all"), rma.mh(ai = a, n1i = n1, ci = c, n2i = n2, data = t, measure = m, add = c(1/4, 1/4), to = c("if0all", "if0all"), drop00 = c(TRUE, TRUE)))
  }
  tell(d, "Peto", rma.peto(ai = a, n1i = n1, ci = c, n2i = n2, data = t))
}
for (m in c("IRR", "IRD")) {
  tell("rates", paste0("MH-", m), rma.mh(x1i = a, t1i = t1, x2i = c, t2i = t2, data = rates, measure = m))
  tell("rates", paste0("MH-", m, "-uncorrected"), rma.mh(x1i = a, t1i = t1, x2i = c, t2i = t2, data = rates, measure = m, correct = FALSE))
}
for (d in c("linde", "bcg", "zeros")) {
  t <- get(d)
  for (model in c("UM.FS", "UM.RS", "CM.EL", "CM.AL")) for (method in c("ML", "EE"))
    for (coding in if (model == "UM.FS") c(1/2, 1, 0) else 1/2) {
    n <- paste("GLMM", model, method, if (model == "UM.FS") coding else "", sep = "-")
    fit <- try(rma.glmm(ai = a, n1i = n1, ci = c, n2i = n2, data = t, measure = "OR", model = model, method = method, coding = coding), silent = TRUE)
    if (!inherits(fit, "try-error")) tell(d, n, fit)
  }
  fit <- try(rma.glmm(ai = a, n1i = n1, ci = c, n2i = n2, data = t, measure = "OR", model = "UM.RS", cor = TRUE), silent = TRUE)
  if (!inherits(fit, "try-error")) { tell(d, "GLMM-UM.RS-cor", fit); out(d, "GLMM-UM.RS-cor", "rho", fit$rho) }
  for (method in c("ML", "EE"))
  tell(d, paste0("GLMM-PLO-", method), rma.glmm(xi = a, ni = n1, data = t, measure = "PLO", method = method))
}
for (method in c("ML", "EE")) {
  for (model in c("UM.FS", "UM.RS", "CM.EL")) {
    fit <- try(rma.glmm(x1i = a, t1i = t1, x2i = c, t2i = t2, data = rates, measure = "IRR", model = model, method = method), silent = TRUE)
    if (!inherits(fit, "try-error")) tell("rates", paste("GLMM-IRR", model, method, sep = "-"), fit)
  }
  tell("rates", paste0("GLMM-IRLN-", method), rma.glmm(xi = a, ti = t1, data = rates, measure = "IRLN", method = method))
}
# a moderator of the study
bcg2 <- cbind(bcg, ablat = read.csv(file.path(folder, "bcg.csv"))$ablat)
for (model in c("UM.FS", "CM.EL", "CM.AL")) {
  fit <- try(rma.glmm(ai = a, n1i = n1, ci = c, n2i = n2, data = bcg2, mods = ~ablat, measure = "OR", model = model), silent = TRUE)
  if (inherits(fit, "try-error")) next
  for (j in 1:2) { out("bcg", paste0("GLMM-mods-", model), paste0("beta", j), fit$beta[j]); out("bcg", paste0("GLMM-mods-", model), paste0("se", j), fit$se[j]) }
  out("bcg", paste0("GLMM-mods-", model), "tau2", fit$tau2)
}
# closer to the maximum than rma.glmm's defaults come: glmer with 100 nodes and a tight optimiser
suppressMessages(library(lme4))
control <- glmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 0.1, rhoend = 1e-9, maxfun = 1e6))
# glmer's own Hessian is of coarse differences; Richardson's extrapolation is not
se_of <- function(formula, data, fit, name) {
  deviance <- glmer(formula, data = data, family = binomial, nAGQ = 100, devFunOnly = TRUE)
  at <- c(getME(fit, "theta"), fixef(fit))
  covariance <- solve(numDeriv::hessian(deviance, at, method.args = list(r = 6)) / 2)
  sqrt(diag(covariance))[[which(names(at) == name)]]
}
long <- function(t) {
  t <- t[t$a + t$c > 0 & t$a + t$c < t$n1 + t$n2, ]
  data.frame(study = factor(rep(seq_len(nrow(t)), 2)), x = c(t$a, t$c), n = c(t$n1, t$n2), arm = rep(1:0, each = nrow(t)))
}
for (d in c("linde", "bcg")) {
  l <- long(get(d))
  for (coding in c(0.5, 1, 0)) {
    l$z <- l$arm - (1 - coding)
    formula <- cbind(x, n - x) ~ -1 + study + arm + (0 + z | study)
    fit <- suppressMessages(glmer(formula, data = l, family = binomial, nAGQ = 100, control = control))
    m <- paste0("exact-UM.FS-", coding)
    out(d, m, "beta", fixef(fit)[["arm"]]); out(d, m, "se", se_of(formula, l, fit, "arm")); out(d, m, "tau2", VarCorr(fit)[[1]][1])
  }
  t <- get(d)
  t$study <- factor(seq_len(nrow(t)))
  fit <- suppressMessages(glmer(cbind(a, n1 - a) ~ 1 + (1 | study), data = t, family = binomial, nAGQ = 100, control = control))
  out(d, "exact-PLO", "beta", fixef(fit)[[1]]); out(d, "exact-PLO", "se", se_of(cbind(a, n1 - a) ~ 1 + (1 | study), t, fit, "(Intercept)")); out(d, "exact-PLO", "tau2", VarCorr(fit)[[1]][1])
}
# two random effects: glmer has Laplace's approximation only. The likelihood by brute force on a
# fixed grid of both effects, at given parameters: level, effect, sd of level, of effect, correlation
grid <- seq(-9, 9, length.out = 361)
brute <- function(t, par) {
  t <- t[t$a + t$c > 0 & t$a + t$c < t$n1 + t$n2, ]
  z1 <- outer(grid, grid, function(a, b) a); z2 <- outer(grid, grid, function(a, b) b)
  w <- dnorm(z1) * dnorm(z2) * (grid[2] - grid[1])^2
  u <- par[3] * z1
  e <- par[4] * (par[5] * z1 + sqrt(1 - par[5]^2) * z2)
  total <- 0
  for (i in seq_len(nrow(t))) {
    f <- dbinom(t$a[i], t$n1[i], plogis(par[1] + par[2] + u + e / 2)) * dbinom(t$c[i], t$n2[i], plogis(par[1] + u - e / 2))
    total <- total + log(sum(w * f))
  }
  total
}
points <- list(c(-0.9, 1.1, 0.55, 0.75, 0), c(-0.8, 1.2, 0.6, 0.8, -0.5), c(-2, -0.5, 0.3, 1.4, 0.7))
for (d in c("linde", "zeros")) for (j in seq_along(points)) out(d, "brute-UM.RS", paste0("ll", j), brute(get(d), points[[j]]))
# rates with a study that has no event in either arm: it is left out of Q, by rma.mh's default
rates00 <- rbind(rates, data.frame(a = 0, t1 = 60, c = 0, t2 = 45))
for (m in c("IRR", "IRD"))
  tell("rates00", paste0("MH-", m), rma.mh(x1i = a, t1i = t1, x2i = c, t2i = t2, data = rates00, measure = m))
