# A trial of three arms with every kind of outcome, for the other outcomes_*.R. R 4.2.2.
# Writes outcomes_trial.csv. Nobody's data: drawn here.
set.seed(20260301)
n <- 150
d <- data.frame(
  id = seq_len(n),
  arm = sample(rep(c("placebo", "low", "high"), each = n / 3)),
  sex = sample(c("f", "m"), n, TRUE),
  baseline = round(rnorm(n, 20, 4), 1)
)
shift <- c(placebo = 0, low = 0.4, high = 1)[d$arm]
eta <- shift - 0.12 * (d$baseline - 20) + 0.4 * (d$sex == "m")
d$remission <- rbinom(n, 1, plogis(eta - 0.9))
d$improvement <- findInterval(eta + rlogis(n), c(-1, 0, 1, 2)) + 1
d$years <- round(runif(n, 0.3, 1.2), 2)
d$relapses <- rnbinom(n, size = 1.5, mu = d$years * exp(0.8 - 0.6 * eta))
time <- rexp(n, exp(-2.2 + 0.6 * eta))
other <- rexp(n, 0.03)
censored <- runif(n, 6, 26)
d$weeks <- pmax(1, ceiling(pmin(time, other, censored))) # whole weeks: ties
d$status <- ifelse(censored < pmin(time, other), 0, ifelse(time <= other, 1, 2))
d$remitted <- as.integer(d$status == 1)
write.csv(d, "outcomes_trial.csv", row.names = FALSE, quote = FALSE)
