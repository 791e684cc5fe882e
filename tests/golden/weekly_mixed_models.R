# Weekly outcomes of the self-blinding microdose trial (microdose_pacutes.csv, MIT licence):
# random intercept per person, REML, Satterthwaite, with the published covariates of belief.md 2.
# Run: EQUIPOISE_DATA=<folder> Rscript tests/golden/weekly_mixed_models.R > tests/golden/weekly_mixed_models.csv
suppressMessages(library(lmerTest))
d <- read.csv(file.path(Sys.getenv("EQUIPOISE_DATA"), "microdose_pacutes.csv"))
d$condition <- factor(d$condition, levels = c("PL", "MD"))
d$guess <- factor(d$guess, levels = c("PL", "MD"))
expectation <- c("PANAS", "positive", "negative", "mood", "creativity", "focus", "temper", "WEMWB")
covariates <- function(test) {
  if (test %in% expectation) return("expectation + psychiatric_past")
  switch(test,
    energy = "expectation + psychiatric_past + sex", intensity = "expectation",
    QIDS = , STAIT = "psychiatric_past + sss", SCS = "psychiatric_past", CPS = "age + sex", "age")
}
# lme4's default stops early; refine so that the comparison can be tight.
control <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
  optCtrl = list(rhobeg = 0.2, rhoend = 1e-10, maxfun = 1e5))
cat("test,model,term,estimate,se,df,p,rows,people,s2b,s2,deviance\n")
for (test in sort(unique(d$test_name))) for (model in c("arm", "arm+guess")) {
  x <- d[d$test_name == test, ]
  right <- paste(c("condition", if (model == "arm+guess") "guess", covariates(test)), collapse = " + ")
  fit <- suppressMessages(
    lmer(as.formula(paste("value ~", right, "+ (1 | trial_id)")), x, control = control))
  v <- as.data.frame(VarCorr(fit))$vcov
  for (term in c("conditionMD", if (model == "arm+guess") "guessMD")) {
    k <- coef(summary(fit))[term, ]
    cat(paste(c(test, model, term, sprintf("%.12g", k[c(1, 2, 3, 5)]), nobs(fit),
      length(unique(x$trial_id)), sprintf("%.12g", c(v, REMLcrit(fit)))), collapse = ","), "\n", sep = "")
  }
}
