# A small unbalanced trial of our own making and what R says of it.
# R 4.2.2 with lmerTest, emmeans, sandwich, clubSandwich. Run in this folder:
#   Rscript clustered_trial.R
# It writes clustered_trial.csv (the data) and clustered_trial_results.csv (the numbers).
suppressMessages({library(lmerTest); library(emmeans); library(sandwich); library(clubSandwich)})
set.seed(20240611)
weeks <- rep(c(1, 2, 3, 5), times = c(4, 7, 9, 8))  # rows of each of 28 people: 4 have only one
people <- length(weeks)
id <- rep(seq_len(people), weeks)
week <- sequence(weeks)
baseline <- round(rnorm(people, 20, 4), 1)[id]
sex <- sample(c("female", "male"), people, TRUE)[id]
arm <- c("placebo", "low", "high")[1 + (id + week) %% 3]  # switches from week to week
score <- round(5 + 0.6 * baseline + 1.5 * (arm == "high") + 0.7 * (sex == "male") +
  rnorm(people, 0, 2)[id] + rnorm(length(id), 0, 3), 2)
d <- data.frame(id, week, arm, sex, baseline, score)
write.csv(d, "clustered_trial.csv", row.names = FALSE, quote = FALSE)
d$arm <- factor(d$arm, c("placebo", "high", "low"))
d$sex <- factor(d$sex)

out <- data.frame()
say <- function(what, term, estimate = NA, se = NA, df = NA, p = NA)
  out <<- rbind(out, data.frame(what, term, estimate, se, df, p))
names_ours <- c("intercept", "arm[T.high]", "arm[T.low]", "baseline", "sex[T.male]")
tight <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
  optCtrl = list(rhobeg = 0.2, rhoend = 1e-11, maxfun = 1e5))

for (reml in c(TRUE, FALSE)) {
  fit <- lmer(score ~ arm + baseline + sex + (1 | id), d, REML = reml, control = tight)
  k <- coef(summary(fit))
  name <- if (reml) "reml" else "ml"
  for (i in 1:5) say(name, names_ours[i], k[i, 1], k[i, 2], k[i, 3], k[i, 5])
  v <- as.data.frame(VarCorr(fit))$vcov
  say(name, "s2b", v[1]); say(name, "s2", v[2])
  say(name, "deviance", if (reml) REMLcrit(fit) else deviance(fit))
}
fit <- lm(score ~ arm + baseline + sex, d)
for (kind in c("HC0", "HC1", "HC2", "HC3")) {
  se <- sqrt(diag(vcovHC(fit, kind)))
  for (i in 1:5) say(kind, names_ours[i], coef(fit)[i], se[i])
}
for (kind in c("CR0", "CR1", "CR2")) {
  k <- coef_test(fit, vcov = kind, cluster = d$id, test = "Satterthwaite")
  for (i in 1:5) say(kind, names_ours[i], k$beta[i], k$SE[i], if (kind == "CR2") k$df_Satt[i] else NA)
}
one <- d[d$week == 1, ]
fit <- lm(score ~ arm + baseline + sex, one)
m <- emmeans(fit, "arm")
compare <- function(what, m) {
  k <- as.data.frame(contrast(m, "trt.vs.ctrl", ref = 1, adjust = "none"))
  for (i in 1:2) say(what, c("high", "low")[i], k$estimate[i], k$SE[i], k$df[i], k$p.value[i])
  k <- as.data.frame(m)
  for (i in 1:3) say(paste(what, "mean"), as.character(k$arm[i]), k$emmean[i], k$SE[i], k$df[i])
}
compare("ancova", m)
k <- anova(lm(score ~ baseline + sex, one), fit)
say("ancova", "group F", k$F[2], NA, k$Res.Df[2], k$`Pr(>F)`[2])
compare("ancova interaction",
  suppressMessages(emmeans(lm(score ~ arm * baseline + sex, one), "arm")))
for (equal in c(TRUE, FALSE)) {
  k <- t.test(one$score[one$arm == "high"], one$score[one$arm == "placebo"], var.equal = equal)
  say(if (equal) "pooled" else "welch", "high", -diff(k$estimate), k$stderr, k$parameter, k$p.value)
  say(if (equal) "pooled" else "welch", "limits", k$conf.int[1], k$conf.int[2])
}
x <- one$score[one$arm == "high"]; y <- one$score[one$arm == "placebo"]
nu <- length(x) + length(y) - 2
s <- sqrt((sum((x - mean(x))^2) + sum((y - mean(y))^2)) / nu)
g <- (mean(x) - mean(y)) / s * exp(lgamma(nu / 2) - lgamma((nu - 1) / 2)) / sqrt(nu / 2)
say("hedges", "high", g, sqrt(1 / length(x) + 1 / length(y) + g^2 / (2 * (nu + 2))))
# Scores of a person made to repel each other: the variance between people is estimated as 0.
d$repelled <- d$score + ifelse(d$week %% 2 == 0, 12, -12)
fit <- suppressMessages(lmer(repelled ~ arm + baseline + sex + (1 | id), d))
stopifnot(isSingular(fit))
k <- coef(summary(lm(repelled ~ arm + baseline + sex, d)))
for (i in 1:5) say("boundary", names_ours[i], k[i, 1], k[i, 2], nrow(d) - 5, k[i, 4])
say("boundary", "deviance", REMLcrit(fit))
numbers <- sapply(out, is.numeric)
out[numbers] <- lapply(out[numbers], function(v) ifelse(is.na(v), "", sprintf("%.13g", v)))
write.csv(out, "clustered_trial_results.csv", row.names = FALSE, quote = FALSE)
