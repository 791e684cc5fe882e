# CPU of R rbmi for five reference-based strategies with the jackknife, s. Argument: antidepressant.csv.
suppressMessages(suppressWarnings(library(rbmi)))
trial <- read.csv(commandArgs(TRUE)[1], na.strings = "")
trial <- trial[order(as.integer(trial$PATIENT), trial$VISIT), c("PATIENT", "VISIT", "THERAPY", "BASVAL", "CHANGE")]
for (name in c("PATIENT", "VISIT", "THERAPY")) trial[[name]] <- factor(trial[[name]])
trial <- expand_locf(trial, PATIENT = levels(trial$PATIENT), VISIT = levels(trial$VISIT),
  vars = c("BASVAL", "THERAPY"), group = "PATIENT", order = c("PATIENT", "VISIT"))
missing <- trial[is.na(trial$CHANGE) & trial$PATIENT != "3618", ] # 3618: a gap, not a dropout
ice <- missing[!duplicated(missing$PATIENT), c("PATIENT", "VISIT")]
ice$strategy <- "JR"
names <- function(covariates) {
  set_vars(outcome = "CHANGE", visit = "VISIT", subjid = "PATIENT", group = "THERAPY", covariates = covariates)
}
references <- c(DRUG = "PLACEBO", PLACEBO = "PLACEBO")
drawing <- sum(system.time(drawn <- draws(trial, ice, names(c("BASVAL*VISIT", "THERAPY*VISIT")),
  method_condmean(type = "jackknife"), quiet = TRUE))[1:2])
found <- list()
analysing <- sum(system.time(for (strategy in c("MAR", "JR", "CR", "CIR", "LMCF")) {
  ice$strategy <- strategy
  imputed <- impute(drawn, references, update_strategy = ice)
  found[[strategy]] <- as.data.frame(pool(analyse(imputed, ancova, vars = names("BASVAL"))))
})[1:2])
cat("strategies", drawing + analysing, "\n", sep = ",")
for (strategy in base::names(found)) {
  last <- found[[strategy]][found[[strategy]]$parameter == "trt_7", ]
  cat("found", strategy, last$est, last$se, "\n", sep = ",")
}
