# CPU of metafor's REML fit, permutation test and a bootstrap of it, ms. Arguments: effects.csv
# (k, y, v), permutations, bootstraps.
suppressMessages(library(metafor))
arguments <- commandArgs(TRUE)
data <- read.csv(arguments[1])
permutations <- as.integer(arguments[2])
bootstraps <- as.integer(arguments[3])
cpu <- function(expression) sum(system.time(expression)[1:2])
say <- function(what, seconds) cat(what, 1000 * seconds, "\n", sep = ",")
for (k in c(30, 1000)) {
  one <- data[data$k == k, ]
  invisible(rma(y, v, data = one))
  say(paste("reml", k), min(replicate(if (k > 100) 2 else 5, cpu(rma(y, v, data = one)))))
  say(paste("dl", k), min(replicate(3, cpu(rma(y, v, data = one, method = "DL")))))
}
one <- data[data$k == 30, ]
fit <- rma(y, v, data = one, method = "DL")
say("permutations", cpu(permutest(fit, iter = permutations, progbar = FALSE)) / permutations)
say("bootstraps", cpu(for (i in seq_len(bootstraps)) {
  rows <- sample.int(30, replace = TRUE)
  rma(y[rows], v[rows], data = one)
}) / bootstraps)
say("leave one out", cpu(leave1out(rma(y, v, data = one))))
say("influence", cpu(influence(rma(y, v, data = one))))
