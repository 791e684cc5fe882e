# Golden numbers for tests/synthesis/sequential: prints sequential.csv.
# Rscript tests/golden/sequential.R > tests/golden/sequential.csv
# rpact 3.3.4: getDesignGroupSequential, two-sided. Its grid is too coarse for looks close together
# and for |z| above 5, and it gives infinity from about 7; those are left to
# mvtnorm 1.1-3: the same boundaries of three looks by exact trivariate normal probabilities.
suppressWarnings(suppressMessages({library(rpact); library(mvtnorm)}))
cat("program,case,what,value\n")
out <- function(program, case, what, value)
  cat(sprintf("%s,%s,%s,%.14g\n", program, case, what, value), sep = "")
looks <- list(equal = (1:4) / 4, stopped = c(.3, .45, .6), six = c(.25, .4, .5, .66, .9, 1))
for (case in names(looks)) for (alpha in c(.05, .01, .1)) for (type in c("asOF", "asP")) {
  t <- looks[[case]]; full <- if (t[length(t)] < 1) c(t, 1) else t
  d <- getDesignGroupSequential(kMax = length(full), informationRates = full, alpha = alpha,
                                sided = 2, typeOfDesign = type, tolerance = 1e-10)
  out("rpact", paste(case, alpha, type), paste0("c", seq_along(t)), d$criticalValues[seq_along(t)])
}
for (power in c(.75, .8)) {  # rpact calls its two-sided futility experimental; at 0.9 it gives NA
  d <- suppressWarnings(getDesignGroupSequential(kMax = 3, informationRates = c(.4, .71, 1),
    alpha = .05, beta = 1 - power, sided = 2, typeOfDesign = "asOF", typeBetaSpending = "bsOF",
    bindingFutility = FALSE))
  case <- paste("futility", power)
  out("rpact", case, paste0("f", 1:2), d$futilityBounds)
  out("rpact", case, "inflation", getDesignCharacteristics(d)$inflationFactor)
}
# P(|Z1| < c1, |Z2| < c2, |Z3| < c3), by the octants' signs
box <- function(c, t) {
  k <- length(t); R <- outer(1:k, 1:k, function(i, j) sqrt(pmin(t[i], t[j]) / pmax(t[i], t[j])))
  total <- 0
  for (s in 0:(2^k - 1)) {
    upper <- as.integer(intToBits(s))[1:k] == 1
    total <- total + (-1)^sum(!upper) * if (k == 1) pnorm(ifelse(upper, c, -c)) else
      as.numeric(pmvnorm(upper = ifelse(upper, c, -c), corr = R, algorithm = TVPACK(abseps = 1e-15)))
  }
  total
}
three <- list(wide = c(.22, .6, 1), close = c(.4, .41, .71), early = c(.1, .2, 1))
for (case in names(three)) for (alpha in c(.05, .01)) for (type in c("asOF", "asP")) {
  t <- three[[case]]; a <- alpha / 2
  if (type == "asOF" && alpha == .01 && case == "early") next  # below the error of 1 - box
  step <- diff(c(0, 2 * if (type == "asOF") 2 * pnorm(qnorm(a / 2) / sqrt(t)) else
    a * log(1 + (exp(1) - 1) * t)))
  c <- -qnorm(step[1] / 2)
  for (k in 2:3) c <- c(c, uniroot(function(x) box(c, t[1:(k - 1)]) - box(c(c, x), t[1:k]) - step[k],
                                   c(1, 7), tol = 1e-15)$root)
  out("mvtnorm", paste(case, alpha, type), paste0("c", 1:3), c)
}
# RTSA 0.2.2: required information of one trial, and adjusted for D2; people, rounded up
suppressMessages(library(RTSA))
ask <- function(...) ris(..., side = 2, alpha = .05, beta = .2)
out("rtsa", "md 0.3", "n", ask(outcome = "MD", mc = .3, sd_mc = 1, fixed = TRUE)$NF)
out("rtsa", "rr 0.75", "n", ask(outcome = "RR", mc = .75, pC = .4, fixed = TRUE)$NF)
out("rtsa", "or 0.75", "n", ask(outcome = "OR", mc = .75, pC = .4, fixed = TRUE)$NF)
