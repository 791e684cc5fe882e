# CPU of R mmrm over simulated trials, ms a fit, and what it found. Arguments: trials.csv, found.csv.
suppressMessages(suppressWarnings(library(mmrm)))
arguments <- commandArgs(TRUE)
trials <- read.csv(arguments[1], stringsAsFactors = TRUE)
trials$visit <- factor(trials$visit)
trials$person <- factor(trials$person)
apart <- split(trials, trials$trial)
fit <- function(one) mmrm(y ~ sex + baseline + arm * visit + us(visit | person), one)
invisible(fit(apart[[1]]))
spent <- sum(system.time(fits <- lapply(apart, fit))[1:2])
cat("batch", 1000 * spent / length(fits), "\n", sep = ",")
found <- do.call(rbind, lapply(names(apart), function(trial) {
  this <- fits[[trial]]
  beta <- coef(this)
  data.frame(trial = trial, loglik = -this$neg_log_lik, estimate = beta[["armB"]] + beta[["armB:visit5"]],
    se = sqrt(sum(vcov(this)[c("armB", "armB:visit5"), c("armB", "armB:visit5")])))
}))
write.csv(found, arguments[2], row.names = FALSE)
