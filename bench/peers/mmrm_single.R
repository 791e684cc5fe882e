# CPU of one R mmrm fit with its summary, and with least-squares means and contrasts by visit as well
# (emmeans), ms. Arguments: trials.csv, rounds.
suppressMessages(suppressWarnings({
  library(mmrm)
  library(emmeans)
}))
arguments <- commandArgs(TRUE)
trials <- read.csv(arguments[1], stringsAsFactors = TRUE)
trials$visit <- factor(trials$visit)
trials$person <- factor(trials$person)
rounds <- as.integer(arguments[2])
one <- trials[trials$trial == 0, ]
fit <- function(method) {
  found <- mmrm(y ~ sex + baseline + arm * visit + us(visit | person), one, method = method)
  list(found, summary(found))
}
means <- function(method) {
  grid <- emmeans(fit(method)[[1]], ~ arm | visit)
  list(as.data.frame(grid), as.data.frame(pairs(grid)))
}
for (method in c("Kenward-Roger", "Satterthwaite")) {
  for (what in c("fit", "means")) {
    work <- get(what)
    invisible(work(method)) # the first call loads and caches
    spent <- replicate(rounds, sum(system.time(work(method))[1:2]))
    cat(paste(method, what), 1000 * min(spent), "\n", sep = ",")
  }
}
