# A made trial of 250 people, 10 visits, 2 arms and 107 missingness patterns (dropout and gaps), unstructured
# covariance with 55 parameters, fitted by R mmrm at its optimum. Someone lost before visit 1 stays in the
# data with no outcome at all.
# Run: Rscript tests/golden/mmrm_ten_visits.R tests/golden/mmrm_ten_visits_data.csv > tests/golden/mmrm_ten_visits.csv
# (which version: docs/peers.md; R 4.2.2). Writes the trial (wide; empty = missing; arm B is the new one)
# and prints, as mmrm_fev.csv does: estimation, method, quantity, estimate, se, df, refined.
# Model: y ~ sex + baseline + arm * visit, REML and ML.
arguments <- commandArgs(FALSE)
source(file.path(dirname(sub("--file=", "", grep("--file=", arguments, value = TRUE))), "mmrm_refined.R"))

RNGkind("Mersenne-Twister", "Inversion", "Rejection")
set.seed(308)
n <- 250
m <- 10
lag <- abs(outer(1:m, 1:m, "-"))
sd <- 5 + 0.35 * (1:m)
covariance <- outer(sd, sd) * (0.35 + 0.55 * 0.8^lag + 0.1 * (lag == 0))
arm <- rep(c("A", "B"), n / 2)
sex <- ifelse(runif(n) < 0.55, "female", "male")
baseline <- round(22 + 4 * rnorm(n), 1)
mean <- outer(0.6 * (baseline - 22) + 0.8 * (sex == "male"), rep(1, m)) +
  rep(1, n) %o% (22 - 6 * (1 - exp(-(1:m) / 4))) - (arm == "B") %o% (2.2 * (1 - exp(-(1:m) / 3)))
y <- round(mean + matrix(rnorm(n * m), n) %*% chol(covariance), 3)
last <- m - rbinom(n, m, 0.5) * (runif(n) < 0.35) # dropout
y[col(y) > last] <- NA
y[runif(n * m) < 0.15] <- NA # gaps
wide <- data.frame(person = 1:n, arm, sex, baseline, y)
names(wide)[-(1:4)] <- paste0("y", 1:m)
target <- commandArgs(TRUE)[1]
write.csv(wide, target, row.names = FALSE, quote = FALSE, na = "")
wide <- read.csv(target) # fit what is written
observed <- !is.na(wide[, -(1:4)])
message("patterns of those with data: ", sum(rowSums(unique(observed)) > 0), "; people with none: ",
  sum(rowSums(observed) == 0), "; missing: ", round(mean(!observed), 3))

long <- reshape(wide, direction = "long", varying = paste0("y", 1:m), v.names = "y", timevar = "visit",
  idvar = "person")
long <- long[order(long$person, long$visit), ]
for (name in c("person", "arm", "sex", "visit")) long[[name]] <- factor(long[[name]])

row <- function(key, quantity, estimate, se = NA, df = NA) {
  lines_of(paste(key, collapse = ","), quantity, digits(estimate), digits(se), digits(df),
    if (is_refined()) "yes" else "no")
}
report <- function(estimation, method, df, vcov) {
  key <- c(estimation, method)
  fit <- refined(y ~ sex + baseline + arm * visit + us(visit | person), long, df, vcov, estimation == "reml")
  message(estimation, " ", method, ": score ", signif(refinement$score, 2), " decrement ",
    signif(refinement$decrement, 2))
  if (method == "satterthwaite") {
    row(key, "loglik", -fit$neg_log_lik)
    cov <- component(fit, "varcor")
    for (i in 1:m) for (j in 1:i) row(key, paste("covariance", i, j), cov[i, j])
  }
  table <- summary(fit)$coefficients
  row(key, paste("coefficient", rownames(table)), table[, "Estimate"], table[, "Std. Error"], table[, "df"])
  means <- emmeans(fit, ~ arm | visit)
  table <- as.data.frame(means)
  row(key, paste("ls-mean", table$arm, table$visit), table$emmean, table$SE, table$df)
  table <- as.data.frame(pairs(means, reverse = TRUE))
  row(key, paste("contrast B-A", table$visit), table$estimate, table$SE, table$df)
}
cat("estimation,method,quantity,estimate,se,df,refined\n")
report("reml", "satterthwaite", "Satterthwaite", "Asymptotic")
report("reml", "kenward-roger-linear", "Kenward-Roger", "Kenward-Roger-Linear")
report("ml", "satterthwaite", "Satterthwaite", "Asymptotic")
