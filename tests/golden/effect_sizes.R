# Golden numbers for tests/synthesis/effect_sizes: prints effect_sizes.csv.
# Rscript tests/golden/effect_sizes.R > tests/golden/effect_sizes.csv   (metafor 5.0-1)
# Made numbers only; `measure, option, row, yi, vi`, with NA where metafor gives none.
suppressMessages(library(metafor))
cat("measure,option,row,yi,vi\n")
out <- function(measure, option, ...) {
  r <- suppressWarnings(escalc(measure, ...))
  cat(sprintf("%s,%s,%d,%.17g,%.17g\n", measure, option, seq_along(r$yi), as.numeric(r$yi), r$vi), sep = "")
}
# two means
m1 <- c(6.33, 8.5, 19.9, 12, 101.5); s1 <- c(6.72, 5.7, 10.5391240875912, 13, 3.25); n1 <- c(15, 13, 79, 20, 4)
m2 <- c(19.07, 23.5, 27.3, 16, 99); s2 <- c(10.34, 6, 10.2275, 8, 17.5); n2 <- c(15, 11, 81, 10, 3)
two <- function(measure, option, ...)
  out(measure, option, m1i = m1, sd1i = s1, n1i = n1, m2i = m2, sd2i = s2, n2i = n2, ...)
for (v in c("LS", "HO")) two("MD", v, vtype = v)
for (v in c("LS", "LS2", "UB", "AV", "H0")) { two("SMD", v, vtype = v); two("SMD1", v, vtype = v) }
two("SMD", "uncorrected", correct = FALSE)
for (v in c("LS", "LS2", "HO", "AV", "AVHO")) two("ROM", v, vtype = v)
two("ROM", "uncorrected", correct = FALSE)
for (m in c("SMDH", "SMD1H", "VR", "CVR", "D2ORL", "D2ORN")) two(m, "")
# one group, twice
r <- c(.5, .3, .81, -.2, 0)
for (m in c("MC", "SMCC", "SMCR", "SMCRH", "SMCRPH", "ROMC"))
  out(m, "", m1i = m1, sd1i = s1, m2i = m2, sd2i = s2, ni = n1, ri = r)
# counts
a <- c(3, 0, 5, 0, 120, 4, 1, 0, 12); g1 <- c(20, 15, 5, 8, 400, 123, 300, 12, 12)
c2 <- c(5, 4, 5, 0, 90, 11, 0, 9, 0); g2 <- c(22, 30, 7, 9, 380, 139, 295, 9, 14)
two <- function(measure, option, ...) out(measure, option, ai = a, n1i = g1, ci = c2, n2i = g2, ...)
rules <- list(list("default"), list("all", to = "all"), list("if0all", to = "if0all"), list("none", to = "none"),
              list("drop00", drop00 = TRUE), list("add0.1", add = .1, to = "only0"))
for (m in c("RR", "OR", "RD", "AS", "PETO", "YUQ", "YUY", "PBIT", "OR2DL"))
  for (rule in rules) do.call(two, c(list(m, rule[[1]]), rule[-1]))
for (v in c("ST", "CS")) two("PHI", v, vtype = v)
for (m in c("PR", "PLN", "PLO", "PAS", "PFT")) {
  out(m, "default", xi = a, ni = g1); out(m, "all", xi = a, ni = g1, to = "all", add = .5)
}
# person-time
t1 <- c(20.5, 15, 5, 8, 400, 123, 300, 12, 12); t2 <- c(22, 30.25, 7, 9, 380, 139, 295, 9, 14)
two <- function(measure, option, ...) out(measure, option, x1i = a, t1i = t1, x2i = c2, t2i = t2, ...)
for (m in c("IRR", "IRD", "IRSD")) for (rule in rules) do.call(two, c(list(m, rule[[1]]), rule[-1]))
for (m in c("IR", "IRLN", "IRS", "IRFT")) out(m, "default", xi = a, ti = t1)
for (m in c("MN", "MNLN", "SMN")) out(m, "", mi = m1, sdi = s1, ni = n1)
# correlations
rr <- c(.3, -.7, 0, .95, -.05, .2, .999, -.4); n <- c(10, 40, 25, 6, 1000, 24, 28, 5)
for (m in c("COR", "UCOR")) for (v in c("LS", "AV", if (m == "UCOR") "UB")) out(m, v, ri = rr, ni = n, vtype = v)
out("ZCOR", "", ri = rr, ni = n)
# SMD from t, from a two-sided p with a sign, from d
out("SMD", "t", ti = c(2.1, -3.4, .2), n1i = c(20, 11, 60), n2i = c(22, 14, 55))
out("SMD", "p", pi = c(.018, -.0004, .9), n1i = c(20, 11, 60), n2i = c(20, 14, 55))
out("SMD", "d", di = c(.7, -1.2, .05), n1i = c(20, 11, 60), n2i = c(22, 14, 55))
# means and SDs from quantiles: conv.fivenum (Luo, Wan, Shi), its test of skewness; `yi` mean, `vi` SD
q <- data.frame(min = c(2, 0, 10, 1.5, 5), q1 = c(8, 3, 21, 4, 6), med = c(12, 5, 30, 5.5, 6.5), q3 = c(15, 11, 38.5, 7.1, 9),
                max = c(29, 40, 55, 10, 30), n = c(40, 25, 260, 12, 7))
five <- function(option, ...) {
  r <- suppressWarnings(conv.fivenum(..., n = q$n, test = FALSE))
  cat(sprintf("quantiles,%s,%d,%.17g,%.17g\n", option, 1:5, as.numeric(r$mean), as.numeric(r$sd)), sep = "")
  cat(sprintf("skewed,%s,%d,%d,0\n", option, 1:5, as.integer(attr(r$mean, "sig"))), sep = "")
}
five("quartiles", q1 = q$q1, median = q$med, q3 = q$q3)
five("range", min = q$min, median = q$med, max = q$max)
five("five", min = q$min, q1 = q$q1, median = q$med, q3 = q$q3, max = q$max)
# a ratio with its interval
w <- conv.wald(out = c(.72, 2.5), ci.lb = c(.55, 1.1), ci.ub = c(.94, 5.7), transf = log, data = NULL)
cat(sprintf("ratio,interval,%d,%.17g,%.17g\n", 1:2, as.numeric(w$yi), w$vi), sep = "")
w <- conv.wald(out = c(.72, 2.5), pval = c(.016, .2), transf = log, data = NULL)
cat(sprintf("ratio,p,%d,%.17g,%.17g\n", 1:2, as.numeric(w$yi), w$vi), sep = "")
# where the test of skewness begins to speak: the least median of 0.500, 0.501, ... that it calls skewed
sizes <- c(7, 20, 60, 200)
first <- function(option, ...) for (n in sizes) {
  m <- seq(.5, 1, .001)
  sig <- suppressWarnings(attr(conv.fivenum(..., median = m, n = rep(n, 501), test = FALSE)$mean, "sig"))
  cat(sprintf("skew-begins,%s,%d,%.3f,0\n", option, n, if (any(sig)) m[which(sig)[1]] else NA))
}
first("quartiles", q1 = rep(0, 501), q3 = rep(1, 501))
first("range", min = rep(0, 501), max = rep(1, 501))
first("five", min = rep(-1, 501), q1 = rep(0, 501), q3 = rep(1, 501), max = rep(2, 501))
