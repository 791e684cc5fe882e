# Higher-order crossovers of our own making and what lmerTest says of them: a Williams square of
# four treatments with missing periods, and ABAB/BABA. Run: Rscript tests/golden/crossover_williams.R
# (R 4.2.2, lmerTest 3.1). Writes crossover_williams.csv (the data) and
# crossover_williams_results.csv (design, model, term, estimate, se, df, p).
suppressMessages(library(lmerTest))
set.seed(20250301)
square <- rbind(c("a", "b", "d", "c"), c("b", "c", "a", "d"), c("c", "d", "b", "a"), c("d", "a", "c", "b"))
twice <- rbind(c("a", "b", "a", "b"), c("b", "a", "b", "a"))
make <- function(design, name, people) {
  rows <- NULL
  for (i in seq_len(people)) {
    t <- design[1 + (i - 1) %% nrow(design), ]
    before <- c("", t[-4])
    effect <- c(a = 0, b = 1, c = 2, d = 0.5)[t] + ifelse(before == "b", 0.8, 0)
    y <- round(20 + rnorm(1, 0, 3) + effect + 0.3 * (1:4) + rnorm(4, 0, 1.5), 2)
    rows <- rbind(rows, data.frame(design = name, id = i, period = 1:4, treatment = t, y))
  }
  rows
}
d <- rbind(make(square, "williams", 16), make(twice, "abab", 14))
gone <- c(7, 20, 21, 40, 64 + 3, 64 + 4, 64 + 17)  # missed periods: rows stay, without outcome
d$y[gone] <- NA
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
write.csv(d, file.path(here, "crossover_williams.csv"), row.names = FALSE, quote = FALSE, na = "")
d$before <- ave(d$treatment, d$design, d$id, FUN = function(t) c("", t[-length(t)]))
tight <- lmerControl(optimizer = "bobyqa", calc.derivs = FALSE,
  optCtrl = list(rhobeg = 0.2, rhoend = 1e-11, maxfun = 1e5))
out <- NULL
for (name in c("williams", "abab")) {
  rows <- d[d$design == name, ]
  others <- setdiff(unique(rows$treatment), "a")
  for (t in others) { rows[[paste0("t_", t)]] <- 1 * (rows$treatment == t); rows[[paste0("c_", t)]] <- 1 * (rows$before == t) }
  for (k in 2:4) rows[[paste0("p_", k)]] <- 1 * (rows$period == k)
  base <- c(paste0("t_", sort(others)), paste0("p_", 2:4))
  for (model in c("plain", "carry")) {
    terms <- if (model == "carry") c(base, paste0("c_", sort(others))) else base
    fit <- lmer(reformulate(c(terms, "(1 | id)"), "y"), rows, control = tight)
    k <- coef(summary(fit))
    for (term in terms) out <- rbind(out, data.frame(design = name, model, term, estimate = k[term, 1], se = k[term, 2], df = k[term, 3], p = k[term, 5]))
    out <- rbind(out, data.frame(design = name, model, term = "s", estimate = sigma(fit), se = NA, df = NA, p = NA))
  }
}
numbers <- sapply(out, is.numeric)
out[numbers] <- lapply(out[numbers], function(v) ifelse(is.na(v), "", sprintf("%.12g", v)))
write.csv(out, file.path(here, "crossover_williams_results.csv"), row.names = FALSE, quote = FALSE)
