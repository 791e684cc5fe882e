# AB/BA crossovers, published: what base R, lmerTest and coin say.
# PEF: formoterol and salbutamol in 13 children, Senn (2002), Cross-over Trials in Clinical
# Research, chapter 3, as printed in the SAS/STAT manual, PROC TTEST, example "AB/BA Crossover
# Design". ECG: Jones & Kenward (1989), table 2.1. The baselines are ours: the sources have none.
# Run: Rscript tests/golden/crossover_two_by_two.R   (R 4.2.2; lmerTest 3.1, coin)
# Writes crossover_two_by_two.csv: what, estimate, se, df, p, low, high.
suppressMessages({library(lmerTest); library(coin)})
pef <- data.frame(
  id = 1:13, group = rep(c("active", "control"), c(7, 6)),
  first = c(310, 310, 370, 410, 250, 380, 330, 370, 310, 380, 290, 260, 90),
  second = c(270, 260, 300, 390, 210, 350, 365, 385, 400, 410, 320, 340, 220)
)
pef$b1 <- 200 + (7 * pef$id) %% 23
pef$b2 <- 205 + (5 * pef$id) %% 17
out <- list()
say <- function(what, estimate = NA, se = NA, df = NA, p = NA, low = NA, high = NA)
  out[[length(out) + 1]] <<- data.frame(what, estimate, se, df, p, low, high)
half <- function(y, name, sign = 1) {
  t <- t.test(y[pef$group == "active"], y[pef$group == "control"], var.equal = TRUE)
  say(name, -diff(t$estimate) * sign, t$stderr, t$parameter, t$p.value,
    min(sign * t$conf.int), max(sign * t$conf.int))
}
d <- pef$first - pef$second
half(d / 2, "treatment")
half(ifelse(pef$group == "active", d, -d) / 2, "period", -1)
half(pef$first + pef$second, "carry-over")
half((d - (pef$b1 - pef$b2)) / 2, "change")
fit <- lm(d ~ I(1 * (group == "active")) + I(b1 - b2), pef)
k <- coef(summary(fit))[2, ] * c(.5, .5, 1, 1); ci <- confint(fit)[2, ] / 2
say("baseline", k[1], k[2], fit$df.residual, k[4], ci[1], ci[2])
s2 <- sum((lm(d ~ group, pef)$residuals)^2) / 11 / 2
say("within sd", sqrt(s2), NA, 11, NA, sqrt(s2 * 11 / qchisq(.975, 11)), sqrt(s2 * 11 / qchisq(.025, 11)))

long <- data.frame(
  id = rep(pef$id, 2), period = rep(1:2, each = 13), y = c(pef$first, pef$second),
  active = c(pef$group == "active", pef$group == "control") * 1, b = c(pef$b1, pef$b2)
)
long$carry <- (long$period == 2) * (1 - long$active)
long$own <- ave(long$b, long$id); long$dev <- long$b - long$own
tight <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
  optCtrl = list(rhobeg = 0.2, rhoend = 1e-11, maxfun = 1e5))
mixed <- function(name, formula, rows) {
  fit <- lmer(formula, rows, control = tight)
  k <- coef(summary(fit)); ci <- k[, 1] + outer(k[, 2] * qt(.975, k[, 3]), c(-1, 1))
  for (term in rownames(k)[-1]) say(paste(name, term), k[term, 1], k[term, 2], k[term, 3], k[term, 5], ci[term, 1], ci[term, 2])
  say(paste(name, "s"), sigma(fit)); invisible(fit)
}
all <- mixed("all", y ~ active + I(period == 2) + (1 | id), long)
carried <- mixed("carried", y ~ active + I(period == 2) + carry + (1 | id), long)
# children 3 and 9 lack period 2, child 13 period 1
lost <- !(long$id %in% c(3, 9) & long$period == 2) & !(long$id == 13 & long$period == 1)
some <- long[lost, ]
mixed("some", y ~ active + I(period == 2) + (1 | id), some)
some$own <- ave(some$b, some$id); some$dev <- some$b - some$own
mixed("based", y ~ active + I(period == 2) + own + dev + (1 | id), some)
# the price of carry-over at the components of the model that holds it
z <- model.matrix(~ 0 + factor(id), long)
s <- as.data.frame(VarCorr(carried))$vcov
V <- s[1] * tcrossprod(z) + s[2] * diag(26)
X <- model.matrix(~ active + I(period == 2), long)
say("price", vcov(carried)[2, 2] / solve(t(X) %*% solve(V, X))[2, 2])

# ECG normal (1) or not; active first: 6 only in period 1, 28 alike, none only in period 2; ...
for (name in c("ecg", "swapped", "many")) {
  counts <- list(ecg = rbind(c(6, 28, 0), c(2, 27, 4)), swapped = rbind(c(2, 27, 4), c(6, 28, 0)),
    many = rbind(c(14, 20, 5), c(6, 18, 11)))[[name]]
  f <- fisher.test(counts[, c(1, 3)])
  # fisher.test stops its roots at 1e-4; here the same equations with tight roots
  m <- counts[, c(1, 3)]; a <- m[1, 1]; x <- max(0, a - m[2, 2]):min(sum(m[1, ]), sum(m[, 1]))
  chance <- function(t) { w <- dhyper(x, sum(m[1, ]), sum(m[2, ]), sum(m[, 1]), log = TRUE) + x * t; w <- exp(w - max(w)); w / sum(w) }
  at <- function(g) exp(uniroot(g, c(-30, 30), tol = 1e-14)$root / 2)
  tight <- c(f$estimate, f$conf.int)
  if (a > min(x) && a < max(x)) tight[1] <- at(function(t) sum(x * chance(t)) - a)^2
  if (a > min(x)) tight[2] <- at(function(t) sum(chance(t)[x >= a]) - .025)^2
  if (a < max(x)) tight[3] <- at(function(t) sum(chance(t)[x <= a]) - .025)^2
  stopifnot(isTRUE(all.equal(unname(tight), unname(c(f$estimate, f$conf.int)), tolerance = 1e-3)))
  tight <- sqrt(tight)
  say(paste(name, "mainland-gart"), tight[1], NA, NA, f$p.value, tight[2], tight[3])
  wins <- counts[1, 1] + counts[2, 3]; n <- sum(counts[, c(1, 3)])
  say(paste(name, "mcnemar"), wins, NA, n, binom.test(wins, n)$p.value)
  each <- data.frame(
    score = rep(rep(c(1, 0, -1), 2), t(counts)), group = factor(rep(1:2, rowSums(counts)))
  )
  say(paste(name, "prescott"), NA, NA, NA,
    pvalue(independence_test(score ~ group, each, distribution = exact())))
}
table <- do.call(rbind, out)
numbers <- sapply(table, is.numeric)
table[numbers] <- lapply(table[numbers], function(v) ifelse(is.na(v), "", sprintf("%.12g", v)))
here <- sub("--file=", "", grep("--file=", commandArgs(), value = TRUE))
write.csv(table, file.path(dirname(here), "crossover_two_by_two.csv"), row.names = FALSE, quote = FALSE)
