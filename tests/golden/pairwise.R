# Golden numbers of the pairwise engine: metafor 5.0-1 and meta 8.3-0 on four published data sets.
# Rscript pairwise.R FOLDER > pairwise.csv, FOLDER holding psilocybin_main12.csv, bcg.csv,
# linde2005.csv and furukawa2003.csv. Iterations are run to convergence: by default metafor
# stops REML, ML and EB at 1e-5 and PM at the fourth root of the machine's precision.
suppressMessages({library(metafor); library(meta)})
folder <- commandArgs(trailingOnly = TRUE)[1]
tight <- list(threshold = 1e-13, tol = 1e-15, maxiter = 100000)
get <- function(name) read.csv(file.path(folder, name), stringsAsFactors = FALSE)
psil <- get("psilocybin_main12.csv"); bcg <- get("bcg.csv")
linde <- get("linde2005.csv"); furu <- get("furukawa2003.csv")
linde <- linde[complete.cases(linde[, c("ai", "n1i", "ci", "n2i")]), ]
rr <- function(a, n, c, m) {  # half an event more in studies with none
  h <- ifelse(pmin(a, c, n - a, m - c) == 0, 0.5, 0); a <- a + h; c <- c + h; n <- n + 2 * h; m <- m + 2 * h
  data.frame(y = log((a / n) / (c / m)), v = 1/a - 1/n + 1/c - 1/m)
}
data <- list(
  psilocybin = data.frame(y = psil$g, v = psil$g_se^2, x1 = psil$time_weeks, x2 = psil$year,
                          w = psil$n_arm1 + psil$n_arm2, g = psil$blinding),
  bcg = cbind(rr(bcg$tpos, bcg$tpos + bcg$tneg, bcg$cpos, bcg$cpos + bcg$cneg),
              x1 = bcg$ablat, x2 = bcg$year, w = bcg$tpos + bcg$tneg + bcg$cpos + bcg$cneg,
              g = bcg$alloc),
  linde = cbind(rr(linde$ai, linde$n1i, linde$ci, linde$n2i), x1 = linde$year,
                x2 = linde$duration, w = linde$n1i + linde$n2i, g = as.character(linde$major)),
  furukawa = data.frame(y = furu$Me - furu$Mc, v = furu$Se^2 / furu$Ne + furu$Sc^2 / furu$Nc,
                        x1 = furu$Ne, x2 = furu$Nc, w = furu$Ne + furu$Nc, g = furu$measure))
put <- function(d, model, quantity, value, i = 0)
  cat(sprintf("%s,%s,%s,%d,%.17g\n", d, model, quantity, seq_along(value) - 1L + i, value), sep = "")
cat("data,model,quantity,i,value\n")
tests <- c(z = "z", t = "t", "hartung-knapp" = "knha", "hartung-knapp-adhoc" = "adhoc")
for (d in names(data)) {
  x <- data[[d]]
  for (m in c("EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "REML", "EB", "PM", "PMM")) {
    for (t in names(tests)) {
      if (m == "EE" && grepl("hartung", t)) next
      r <- rma(y, v, data = x, method = m, test = tests[[t]], control = tight)
      model <- paste(m, t)
      put(d, model, "beta", r$beta); put(d, model, "se", r$se); put(d, model, "low", r$ci.lb)
      put(d, model, "high", r$ci.ub); put(d, model, "p", r$pval)
      if (m == "EE") next
      p <- predict(r); put(d, model, "prediction_low", p$pi.lb)
      put(d, model, "prediction_high", p$pi.ub)
    }
    put(d, m, "tau2", r$tau2); put(d, m, "q", r$QE); put(d, m, "q_p", r$QEp)
    if (m == "EE") next
    put(d, m, "i2_tau2", r$I2); put(d, m, "h2", r$H2)
    if (m %in% c("DL", "HE", "ML", "REML")) put(d, m, "tau2_se", r$se.tau2)
    c <- confint(r, type = "QP", control = list(tol = 1e-14, maxiter = 10000, tau2.max = 1e4))
    put(d, m, "qp", c$random[1, 2:3])
    if (m %in% c("ML", "REML")) {
      c <- confint(r, type = "PL", control = list(tol = 1e-14, maxiter = 10000, tau2.max = 1e4))
      put(d, m, "pl", c$random[1, 2:3]); put(d, m, "log_likelihood", logLik(r))
    }
    s <- x[complete.cases(x), ]
    for (t in c("z", "hartung-knapp")) {
      r <- rma(y, v, mods = ~ x1 + x2, data = s, method = m, test = tests[[t]], control = tight)
      model <- paste("moderators", m, t)
      put(d, model, "beta", r$beta); put(d, model, "se", r$se); put(d, model, "p", r$pval)
      put(d, model, "moderator_test", c(r$QM, r$QMp)); put(d, model, "tau2", r$tau2)
      put(d, model, "q", r$QE); put(d, model, "i2_tau2", r$I2); put(d, model, "r2", r$R2)
    }
  }
  for (m in c("GENQ", "REML")) {
    r <- rma(y, v, weights = w, data = x, method = m, test = "knha", control = tight)
    model <- paste("weights", m)
    put(d, model, "tau2", r$tau2); put(d, model, "beta", r$beta); put(d, model, "se", r$se)
  }
  for (mods in c(FALSE, TRUE)) {
    s <- x[complete.cases(x), ]
    r <- rma(y, v, mods = if (mods) ~ x1 else ~ 1, data = s, test = "knha", control = tight)
    i <- influence(r); model <- if (mods) "influence x1" else "influence"
    for (q in c("rstudent", "dffits", "cook.d", "cov.r", "tau2.del", "QE.del", "hat", "weight"))
      put(d, model, q, i$inf[[q]])
    put(d, model, "dfbs", i$dfbs[[1]])
    pdf(NULL); b <- baujat(r); put(d, model, "baujat_x", b$x); put(d, model, "baujat_y", b$y)
  }
  r <- rma(y, v, data = x, test = "knha", control = tight)
  l <- leave1out(r); put(d, "leave one out", "estimate", l$estimate); put(d, "leave one out", "se", l$se)
  u <- cumul(r, order = seq_len(nrow(x)))
  put(d, "cumulative", "estimate", u$estimate); put(d, "cumulative", "se", u$se)
  for (h in c("classic", "HK")) {
    g <- metagen(y, sqrt(v), data = x, method.tau = "REML", method.random.ci = h, common = FALSE,
                 method.predict = "V", control = tight, method.I2 = "Q")
    put(d, paste("meta", h), "beta", g$TE.random); put(d, paste("meta", h), "se", g$seTE.random)
    put(d, paste("meta", h), "i2_q", 100 * c(g$I2, g$lower.I2, g$upper.I2))
    put(d, paste("meta", h), "prediction", c(g$lower.predict, g$upper.predict))
    k <- table(x$g); s <- x[x$g %in% names(k)[k > 1], ]
    if (length(unique(s$g)) < 2) next
    g <- metagen(y, sqrt(v), data = s, method.tau = "REML", method.random.ci = h, common = FALSE,
                 subgroup = g, tau.common = FALSE, control = tight)
    put(d, paste("subgroups", h), "estimate", g$TE.random.w[order(g$subgroup.levels)])
    put(d, paste("subgroups", h), "se", g$seTE.random.w[order(g$subgroup.levels)])
    put(d, paste("subgroups", h), "q", c(g$Q.b.random, g$pval.Q.b.random))
  }
}
p <- permutest(rma(y, v, data = data$psilocybin, method = "DL"), exact = TRUE, progbar = FALSE)
put("psilocybin", "sign flips", "p", p$pval)
p <- permutest(rma(y, v, data = data$psilocybin, test = "knha", control = tight), exact = TRUE, progbar = FALSE)
put("psilocybin", "sign flips knha", "p", p$pval)
s <- data$psilocybin[1:6, ]
p <- permutest(rma(y, v, mods = ~ x1, data = s, method = "DL"), exact = TRUE, progbar = FALSE)
put("psilocybin", "row permutations", "p", p$pval); put("psilocybin", "row permutations", "p_omnibus", p$QMp)
