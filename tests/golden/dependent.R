# Golden values of dependent effects: three-level models with correlated errors, cluster-robust
# errors with Satterthwaite df, Wald tests of several coefficients.
# Rscript tests/golden/dependent.R FOLDER_OF_EVIDENCE > tests/golden/dependent.csv
suppressMessages({library(metafor); library(clubSandwich)})
folder <- commandArgs(trailingOnly = TRUE)[1]
options(digits = 15, warn = -1)
cat("data,model,name,value\n")
out <- function(d, m, n, v) cat(sprintf("%s,%s,%s,%s\n", d, m, n, ifelse(is.na(v), "", sprintf("%.15g", v))))
many <- function(d, m, n, v) for (j in seq_along(v)) out(d, m, paste0(n, j), v[j])
time <- read.csv(file.path(folder, "psilocybin_time.csv"))
time$days <- time$time_days / 30
dep <- read.csv(file.path(folder, "psilocybin_depression.csv"))
dep <- dep[!is.na(dep$g) & !is.na(dep$g_se) & dep$time_days >= 0, c("study", "g", "g_se", "time_days")]
dep$esid <- seq_len(nrow(dep)); dep$days <- dep$time_days / 30
gad <- read.csv(file.path(folder, "psychotherapy_gad.csv"))
gad <- gad[!is.na(gad$g) & !is.na(gad$g_se), c("study", "g", "g_se", "n_arm1")]
gad$esid <- seq_len(nrow(gad)); gad$days <- gad$n_arm1 / 30
gad <- gad[!is.na(gad$days), ]
# the tightest tolerance that nlminb still calls convergence
tight <- function(t, V, f, method, test = "z") {
  run <- function(control) rma.mv(yi = t$g, V = V, mods = f, random = ~1 | study/esid, data = t,
                                  method = method, test = test, control = control)
  for (tol in c(1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7)) {
    fit <- try(run(list(rel.tol = tol, iter.max = 1000, eval.max = 2000)), silent = TRUE)
    if (!inherits(fit, "try-error")) return(fit)
  }
  run(list())
}
for (d in c("time", "dep", "gad")) {
  t <- get(d)
  for (rho in c(0, 0.3, 0.6, 0.9)) for (method in c("REML", "ML")) for (mods in c("one", "days")) {
    V <- vcalc(g_se^2, cluster = study, obs = esid, rho = rho, data = t)
    f <- if (mods == "one") ~1 else ~days
    m <- paste(rho, method, mods, sep = "-")
    fit <- tight(t, V, f, method)
    many(d, m, "beta", fit$beta); many(d, m, "se", fit$se); many(d, m, "sigma2.", fit$sigma2)
    many(d, m, "p", fit$pval); many(d, m, "low", fit$ci.lb)
    out(d, m, "ll", as.numeric(logLik(fit))); out(d, m, "QE", fit$QE); out(d, m, "QM", fit$QM)
    W <- solve(V); X <- model.matrix(fit)
    P <- W - W %*% X %*% solve(t(X) %*% W %*% X) %*% t(X) %*% W
    typical <- (fit$k - fit$p) / sum(diag(P))
    many(d, m, "i2.", 100 * fit$sigma2 / (sum(fit$sigma2) + typical))
    fitt <- tight(t, V, f, method, "t")
    many(d, m, "t-p", fitt$pval); many(d, m, "t-low", fitt$ci.lb)
    if (mods == "one") { pr <- predict(fit); out(d, m, "pi-low", pr$pi.lb); out(d, m, "pi-high", pr$pi.ub) }
    for (kind in c("CR0", "CR1", "CR1S", "CR1p", "CR2")) {
      ct <- coef_test(fit, vcov = kind, cluster = t$study)
      many(d, m, paste0(kind, ".se"), ct$SE); many(d, m, paste0(kind, ".df"), ct$df)
      many(d, m, paste0(kind, ".p"), ct$p_Satt)
      ci <- conf_int(fit, vcov = kind, cluster = t$study)
      many(d, m, paste0(kind, ".low"), ci$CI_L)
    }
    ct <- coef_test(fit, vcov = "CR1", cluster = t$study, test = "naive-t"); many(d, m, "CR1.naive-p", ct$p_t)
    if (method == "REML" && rho == 0.6) {
      ci <- confint(fit, level = 95)
      for (j in 1:2) { out(d, m, paste0("profile-low", j), ci[[j]]$random[1, 2]); out(d, m, paste0("profile-high", j), ci[[j]]$random[1, 3]) }
      if (mods == "days") for (kind in c("CR1", "CR2")) {
        w <- Wald_test(fit, constraints = constrain_zero(1:2), vcov = kind, cluster = t$study)
        out(d, m, paste0(kind, ".htz-f"), w$Fstat); out(d, m, paste0(kind, ".htz-df"), w$df_denom); out(d, m, paste0(kind, ".htz-p"), w$p_val)
      }
    }
  }
  # plain random effects with clusters: effects as independent, errors robust
  fit <- rma(g, g_se^2, data = t, method = "REML", control = list(threshold = 1e-13, maxiter = 1000))
  for (kind in c("CR1", "CR2")) {
    ct <- coef_test(fit, vcov = kind, cluster = t$study)
    out(d, "plain", paste0(kind, ".se"), ct$SE); out(d, "plain", paste0(kind, ".df"), ct$df)
  }
  out(d, "plain", "beta", fit$beta); out(d, "plain", "tau2", fit$tau2)
}
# the likelihood profile at held values of either variance, rho 0.6
for (d in c("time", "dep", "gad")) {
  t <- get(d)
  V <- vcalc(g_se^2, cluster = study, obs = esid, rho = 0.6, data = t)
  for (held in c(0, 0.02, 0.1, 0.3)) for (j in 1:2) {
    sigma2 <- c(NA, NA); sigma2[j] <- held
    fit <- try(rma.mv(g, V, random = ~1 | study/esid, data = t, sigma2 = sigma2, control = list(rel.tol = 1e-9)), silent = TRUE)
    if (!inherits(fit, "try-error")) out(d, "profile", paste0("ll-", j, "-", held), as.numeric(logLik(fit)))
  }
}
