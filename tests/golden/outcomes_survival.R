# Survival: survfit (log-log limits), survdiff, coxph (Efron), cox.zph, restricted means by hand,
# cumulative incidence by cmprsk (estimate), etm (limits), survfit (se). R 4.2.2, survival 3.5.
# Reads outcomes_trial.csv.
suppressMessages({library(survival); library(cmprsk); library(etm)})
d <- read.csv("outcomes_trial.csv")
arms <- c("placebo", "high", "low"); d$arm <- factor(d$arm, arms)
out <- NULL
put <- function(what, term, value) out <<- rbind(out, data.frame(what, term, value = format(unname(value), digits = 15)))
d$any <- as.integer(d$status > 0)
fit <- survfit(Surv(weeks, remitted) ~ arm, d, conf.type = "log-log")
tau <- min(tapply(d$weeks, d$arm, max)); put("tau", "last common time", tau)
rmst <- function(t, e, tau) { # area under survfit's curve; variance by its sum over event times
  s <- survfit(Surv(t, e) ~ 1); x <- c(0, s$time[s$time < tau], tau); h <- c(1, s$surv[s$time < tau])
  area <- h * diff(x); i <- which(s$time < tau & s$n.event > 0)
  later <- sapply(s$time[i], function(u) sum((h * diff(pmax(x, u)))))
  c(sum(area), sqrt(sum(later^2 * s$n.event[i] / (s$n.risk[i] * (s$n.risk[i] - s$n.event[i])))))
}
for (t0 in c(4, 8, 12)) {
  s <- summary(fit, times = t0)
  for (k in 1:3) for (v in c("surv", "std.err", "lower", "upper")) put(paste("km", t0), paste(arms[k], v), s[[v]][k])
}
q <- quantile(fit, 0.5)
for (k in 1:3) for (v in c("quantile", "lower", "upper")) put("median", paste(arms[k], v), q[[v]][k])
for (a in arms) { x <- d[d$arm == a, ]; r <- rmst(x$weeks, x$remitted, 12); put("rmst 12", paste(a, "mean"), r[1]); put("rmst 12", paste(a, "se"), r[2]) }
put("logrank", "plain", survdiff(Surv(weeks, remitted) ~ arm, d)$chisq)
put("logrank", "sex", survdiff(Surv(weeks, remitted) ~ arm + strata(sex), d)$chisq)
tight <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 100)
models <- list(
  plain = coxph(Surv(weeks, remitted) ~ arm, d, control = tight),
  adjusted = coxph(Surv(weeks, remitted) ~ arm + baseline + sex, d, control = tight),
  stratified = coxph(Surv(weeks, remitted) ~ arm + baseline + strata(sex), d, control = tight)
)
for (m in names(models)) {
  f <- models[[m]]
  for (nm in names(coef(f))) { put(paste("cox", m), nm, coef(f)[nm]); put(paste("cox", m), paste(nm, "se"), sqrt(vcov(f)[nm, nm])) }
  z <- cox.zph(f, terms = FALSE)$table
  for (r in rownames(z)) put(paste("zph", m), r, z[r, "chisq"])
}
d$site <- rep(1:15, 10)
robust <- coxph(Surv(weeks, remitted) ~ arm + baseline, d, cluster = site, control = tight)
for (nm in names(coef(robust))) put("cox robust", paste(nm, "se"), sqrt(vcov(robust)[nm, nm]))
# cumulative incidence of remission with the other event competing
for (a in arms) {
  x <- d[d$arm == a, ]
  ci <- cuminc(x$weeks, x$status); tp <- timepoints(ci, c(6, 12))
  for (j in 1:2) put("cuminc", paste(a, c(6, 12)[j]), tp$est[1, j])
  e <- summary(etmCIF(Surv(weeks, status != 0) ~ 1, data = x, etype = status, failcode = 1))[[1]][["CIF 1"]]
  e <- e[e$time == 6, ]; put("etm", paste(a, "low"), e$lower); put("etm", paste(a, "high"), e$upper)
  m <- summary(survfit(Surv(weeks, factor(status, 0:2)) ~ 1, x), times = c(6, 12))
  for (j in 1:2) put("cuminc", paste(a, c(6, 12)[j], "se"), m$std.err[j, 2])
}
# remission of leukaemia on 6-MP and placebo (Freireich et al. 1963, Blood 21:699-716), weeks
l <- data.frame(
  time = c(6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35,
           1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23),
  event = rep(c(1, 0, 1), c(9, 12, 21)), arm = factor(rep(c("6-MP", "placebo"), each = 21), c("placebo", "6-MP")))
f <- survfit(Surv(time, event) ~ arm, l, conf.type = "log-log"); q <- quantile(f, 0.5)
for (k in 1:2) for (v in c("quantile", "lower", "upper")) put("leukaemia median", paste(levels(l$arm)[k], v), q[[v]][k])
put("leukaemia", "logrank", survdiff(Surv(time, event) ~ arm, l)$chisq)
f <- coxph(Surv(time, event) ~ arm, l, control = tight); put("leukaemia", "cox", coef(f)); put("leukaemia", "cox se", sqrt(vcov(f)))
put("leukaemia", "zph", cox.zph(f)$table["GLOBAL", "chisq"])
for (a in levels(l$arm)) { x <- l[l$arm == a, ]; r <- rmst(x$time, x$event, 20); put("leukaemia rmst 20", paste(a, "mean"), r[1]); put("leukaemia rmst 20", paste(a, "se"), r[2]) }
write.csv(out, "outcomes_survival.csv", row.names = FALSE, quote = FALSE)
