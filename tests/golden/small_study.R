# Golden numbers of small-study effects: metafor, meta, metasens on six sets of effects.
# Run: EQUIPOISE_DATA=<folder of trial data> Rscript small_study.R > small_study.csv
# Selection models are refitted with tight integration and tolerances: the defaults of integrate()
# (1e-4) leave noise in the third digit of standard errors.
suppressMessages({library(metafor); library(meta); library(metasens)})
folder <- file.path(Sys.getenv("EQUIPOISE_DATA"), "evidence")
cat(sprintf("# metafor %s, meta %s, metasens %s, %s\n", packageVersion("metafor"),
            packageVersion("meta"), packageVersion("metasens"), R.version.string))
cat("set,what,value\n")
say <- function(set, what, value) {
  for (j in seq_along(value))
    cat(sprintf("%s,%s%s,%.15g\n", set, what, if (length(value) > 1) paste0(":", j) else "", value[j]))
}
read <- function(file) read.csv(file.path(folder, file))

sets <- list()
p <- read("psilocybin_main12.csv")
sets$psilocybin <- list(yi = p$g, vi = p$g_se^2, ni = p$n_arm1 + p$n_arm2, alternative = "less")
l <- read("linde2005.csv"); l <- l[!is.na(l$ai), ]
for (measure in c("RR", "OR")) {
  e <- escalc(measure, ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = l)
  sets[[paste0("linde", measure)]] <- list(yi = as.numeric(e$yi), vi = e$vi, ni = l$n1i + l$n2i, alternative = "greater")
}
b <- read("bcg.csv")
e <- escalc("RR", ai = tpos, bi = tneg, ci = cpos, di = cneg, data = b)
sets$bcg <- list(yi = as.numeric(e$yi), vi = e$vi, ni = b$tpos + b$tneg + b$cpos + b$cneg, alternative = "less")
f <- read("furukawa2003.csv")
e <- escalc("SMD", m1i = Me, sd1i = Se, n1i = Ne, m2i = Mc, sd2i = Sc, n2i = Nc, data = f)
sets$furukawa <- list(yi = as.numeric(e$yi), vi = e$vi, ni = f$Ne + f$Nc, alternative = "less")
# made, with a study standing twice (ties) and a 2 sd trend
sets$made <- list(yi = c(.1, .3, .2, .6, .9, .35, .35, -.1, .75, 1.1, .5, .42),
  vi = c(.01, .02, .03, .08, .09, .04, .04, .015, .12, .2, .05, .06),
  ni = c(400, 210, 130, 52, 45, 100, 100, 260, 34, 20, 80, 67), alternative = "greater")

tight <- list(intCtrl = list(rel.tol = 1e-9, subdivisions = 1000L), reltol = 1e-13, maxit = 300)
step_tight <- list(reltol = 1e-15, maxit = 500)
exact <- list(threshold = 1e-13, maxiter = 10000, tol = 1e-13)
attempt <- function(expr) {  # a fit that fails, or takes too long, is left out
  setTimeLimit(elapsed = 6, transient = TRUE); on.exit(setTimeLimit())
  suppressWarnings(tryCatch(expr, error = function(e) NULL))
}

selection <- function(set, d, label, method, ...) {
  base <- rma(d$yi, d$vi, method = method, control = exact)
  fit <- attempt(selmodel(base, ...))
  if (is.null(fit)) return(invisible())
  if (max(fit$delta) > 50) return(invisible())  # drifts to its bound
  say(set, paste0(label, "/effect"), c(fit$beta, fit$se))
  if (method == "ML") say(set, paste0(label, "/tau2"), c(fit$tau2, fit$se.tau2))
  say(set, paste0(label, "/delta"), as.numeric(fit$delta))
  say(set, paste0(label, "/se.delta"), as.numeric(fit$se.delta))
  say(set, paste0(label, "/lrt"), c(fit$LRT, fit$LRTp))
  say(set, paste0(label, "/ll"), as.numeric(logLik(fit, REML = FALSE)))
}

for (set in names(sets)) {
  d <- sets[[set]]; yi <- d$yi; vi <- d$vi; ni <- d$ni
  if (set == "made") { say(set, "y", yi); say(set, "v", vi); say(set, "n", ni) }
  for (predictor in c("sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv")) {
    for (how in c("lm", "REML/z", "REML/knha", "DL/z", "PM/t", "EE/z")) {
      part <- strsplit(how, "/")[[1]]
      if (how == "lm") x <- regtest(yi, vi, ni = ni, model = "lm", predictor = predictor) else {
        # what regtest(model = "rma") does, but it refits with the default tolerance of tau2
        z <- switch(predictor, sei = sqrt(vi), vi = vi, ni = ni, ninv = 1/ni, sqrtni = sqrt(ni), sqrtninv = 1/sqrt(ni))
        r <- rma(yi, vi, mods = ~ z, method = part[1], test = part[2], control = exact)
        x <- list(zval = r$zval[2], pval = r$pval[2])
        if (!predictor %in% c("ni", "sqrtni")) { x$est <- r$beta[1]; x$ci.lb <- r$ci.lb[1]; x$ci.ub <- r$ci.ub[1] }
        default <- attempt(regtest(rma(yi, vi, ni = ni, method = part[1], test = part[2]), predictor = predictor))
        if (!is.null(default)) stopifnot(abs(default$zval - x$zval) < 2e-3 * abs(x$zval))
      }
      say(set, paste("regtest", predictor, how, sep = "/"), c(x$zval, x$pval))
      if (!is.null(x$est)) say(set, paste("limit", predictor, how, sep = "/"), c(x$est, x$ci.lb, x$ci.ub))
    }
  }
  r <- attempt(ranktest(yi, vi)); say(set, "ranktest", as.numeric(c(r$tau, r$pval)))
  say(set, "begg-meta", metabias(metagen(yi, sqrt(vi)), method.bias = "Begg", k.min = 3)$pval)
  for (method in c("REML", "DL", "EE", "PM")) for (estimator in c("L0", "R0", "Q0")) for (side in c("auto", "left", "right")) {
    base <- rma(yi, vi, method = method, control = exact)
    t <- attempt(if (side == "auto") trimfill(base, estimator = estimator) else trimfill(base, estimator = estimator, side = side))
    if (is.null(t)) next
    label <- paste("trimfill", method, estimator, side, sep = "/")
    say(set, label, c(t$beta, t$se, t$k0, t$se.k0, t$side == "left"))
  }
  mt <- trimfill(metagen(yi, sqrt(vi), method.tau = "DL"))
  say(set, "trimfill-meta", c(mt$TE.random, mt$seTE.random, mt$k0))
  for (test in c("chi2", "binom", if (length(yi) < 20) "exact")) {
    x <- attempt(tes(yi, vi, test = test, progbar = FALSE))
    if (is.null(x)) next
    say(set, paste0("tes/", test), c(x$O, x$E, x$pval))
  }
  re <- rma(yi, vi, control = exact)
  x <- tes(re, test = "chi2"); say(set, "tes/random", c(x$O, x$E, x$pval))
  for (alternative in c("greater", "less")) {
    x <- tes(yi, vi, test = "chi2", alternative = alternative); say(set, paste0("tes/", alternative), c(x$O, x$E, x$pval))
  }
  say(set, "fsn/Rosenthal", fsn(yi, vi)$fsnum); say(set, "fsn/Rosenberg", fsn(yi, vi, type = "Rosenberg")$fsnum)
  say(set, "fsn/Orwin", fsn(yi, vi, type = "Orwin", target = 0.1)$fsnum)
  say(set, "fsn/Orwin-plain", fsn(yi, type = "Orwin", target = 0.1)$fsnum)
  x <- limitmeta(metagen(yi, sqrt(vi), method.tau = "DL")); say(set, "limitmeta", c(x$TE.adjust, x$seTE.adjust, x$alpha.r))

  side <- d$alternative
  selection(set, d, "3psm", "ML", type = "stepfun", steps = .025, alternative = side, control = step_tight)
  selection(set, d, "4psm", "ML", type = "stepfun", steps = c(.025, .5), alternative = side, control = step_tight)
  selection(set, d, "3psm-ee", "EE", type = "stepfun", steps = .025, alternative = side, control = step_tight)
  selection(set, d, "step-two", "ML", type = "stepfun", steps = .05, alternative = "two.sided", control = step_tight)
  selection(set, d, "step-two-2", "ML", type = "stepfun", steps = c(.05, .3), alternative = "two.sided", control = step_tight)
  selection(set, d, "fixed", "ML", type = "stepfun", steps = c(.01, .05, .5), delta = c(1, .9, .6, .3), alternative = side, control = step_tight)
  selection(set, d, "half-fixed", "ML", type = "stepfun", steps = c(.025, .5), delta = c(1, NA, .4), alternative = side, control = step_tight)
  if (set %in% c("psilocybin", "lindeRR", "made")) for (type in c("halfnorm", "negexp", "logistic", "power", "beta")) {
    selection(set, d, type, "ML", type = type, alternative = side, control = tight)
    if (type == "beta" || set != "lindeRR") next
    selection(set, d, paste0(type, "-ee"), "EE", type = type, alternative = side, control = tight)
    selection(set, d, paste0(type, "-two"), "ML", type = type, alternative = "two.sided", control = tight)
    selection(set, d, paste0(type, "-prec"), "ML", type = type, prec = "sei", alternative = side, control = tight)
    selection(set, d, paste0(type, "-step"), "ML", type = type, steps = .025, alternative = side, control = tight)
  }
}

# tests that look at arms; studies with an empty or a full arm left out
ok <- with(l, ai > 0 & ci > 0 & ai < n1i & ci < n2i)
m <- metabin(ai, n1i, ci, n2i, data = l[ok, ], sm = "OR")
for (how in c("Harbord", "Peters", "Macaskill", "Thompson", "Egger")) {
  x <- metabias(m, method.bias = how); say("arms", how, as.numeric(c(x$statistic, x$df, x$pval)))
}
m <- metagen(sets$furukawa$yi, sqrt(sets$furukawa$vi), n.e = f$Ne, n.c = f$Nc, sm = "SMD")
x <- metabias(m, method.bias = "Pustejovsky"); say("smd", "Pustejovsky", as.numeric(c(x$statistic, x$df, x$pval)))
