# Rate ratios: glm with sandwich's vcovHC, MASS::glm.nb. R 4.2.2. Reads outcomes_trial.csv.
suppressMessages({library(MASS); library(sandwich)})
d <- read.csv("outcomes_trial.csv"); d$arm <- factor(d$arm, c("placebo", "high", "low"))
out <- NULL
put <- function(what, term, value) out <<- rbind(out, data.frame(what, term, value = format(unname(value), digits = 15)))
fit <- glm(relapses ~ arm + baseline + sex + offset(log(years)), poisson, d, control = glm.control(epsilon = 1e-14, maxit = 100))
# glm's weights lag one step behind its coefficients: start again where it ended
fit <- update(fit, start = coef(fit))
for (nm in names(coef(fit))) put("poisson", nm, coef(fit)[nm])
put("poisson", "dispersion", sum(residuals(fit, "pearson")^2) / fit$df.residual)
for (k in c("HC0", "HC1", "HC2", "HC3")) { V <- vcovHC(fit, type = k); for (nm in names(coef(fit))) put(k, nm, sqrt(V[nm, nm])) }
nb <- glm.nb(relapses ~ arm + baseline + sex + offset(log(years)), d, control = glm.control(epsilon = 1e-14, maxit = 200))
for (nm in names(coef(nb))) { put("nb", nm, coef(nb)[nm]); put("nb", paste(nm, "se"), sqrt(vcov(nb)[nm, nm])) }
put("nb", "theta", nb$theta); put("nb", "theta se", nb$SE.theta); put("nb", "loglik", nb$twologlik / 2)
# MASS's own example: Quine's days away from school
q <- glm.nb(Days ~ Sex + Age + Eth + Lrn, quine, control = glm.control(epsilon = 1e-14, maxit = 200))
for (nm in names(coef(q))) { put("quine", nm, coef(q)[nm]); put("quine", paste(nm, "se"), sqrt(vcov(q)[nm, nm])) }
put("quine", "theta", q$theta)
rate <- glm(relapses ~ 0 + arm + offset(log(years)), poisson, d, control = glm.control(epsilon = 1e-14))
rate <- update(rate, start = coef(rate))
for (nm in names(coef(rate))) { put("rate", nm, coef(rate)[nm]); put("rate", paste(nm, "se"), sqrt(vcovHC(rate, type = "HC3")[nm, nm])) }
write.csv(out, "outcomes_counts.csv", row.names = FALSE, quote = FALSE)
