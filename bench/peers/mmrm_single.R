# CPU of one R mmrm fit with Kenward-Roger and its summary, ms. Arguments: trials.csv, rounds.
suppressMessages(suppressWarnings(library(mmrm)))
arguments <- commandArgs(TRUE)
trials <- read.csv(arguments[1], stringsAsFactors = TRUE)
trials$visit <- factor(trials$visit)
trials$person <- factor(trials$person)
rounds <- as.integer(arguments[2])
one <- trials[trials$trial == 0, ]
fit <- function(method) {
  summary(mmrm(y ~ sex + baseline + arm * visit + us(visit | person), one, method = method))
}
for (method in c("Kenward-Roger", "Satterthwaite")) {
  invisible(fit(method)) # the first call loads and caches
  spent <- replicate(rounds, sum(system.time(fit(method))[1:2]))
  cat(method, 1000 * min(spent), "\n", sep = ",")
}
