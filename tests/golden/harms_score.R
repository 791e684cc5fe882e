# Golden numbers for tests/analysis/harms/test_score_golden.py: prints harms_score.csv.
# RATESCI=folder Rscript tests/golden/harms_score.R > tests/golden/harms_score.csv
# where the folder holds the sources of the R package ratesci 1.1.0.9000.
for (f in list.files(file.path(Sys.getenv("RATESCI"), "R"), full.names = TRUE))
  suppressWarnings(source(f))
out <- function(what, term, value) cat(sprintf("%s,%s,%.12g\n", what, term, value), sep = "")
name <- function(v) paste(v, collapse = " ")
score <- function(v, ...) scoreci(x1 = v[1], n1 = v[2], x2 = v[3], n2 = v[4], skew = FALSE,
                                  precis = 11, warn = FALSE, ...)$estimates[1, c("lower", "upper")]
cat("what,term,value\n")
for (v in list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(0, 10, 0, 20), c(20, 400, 3, 390), c(5, 56, 0, 29),
               c(40, 41, 1, 30))) {
  out("difference", paste(name(v), c("low", "high")),
      score(v, distrib = "bin", contrast = "RD", bcf = TRUE))
  if (v[1] > 0 && v[3] > 0)
    out("ratio", paste(name(v), c("low", "high")),
        score(v, distrib = "bin", contrast = "RR", bcf = FALSE))
}
for (v in list(c(10, 100, 4, 120), c(0, 55.5, 3, 60), c(7, 31.2, 1, 44), c(30, 900, 30, 1200)))
  out("rate difference", paste(name(v), c("low", "high")),
      score(v, distrib = "poi", contrast = "RD"))
s <- scoreci(x1 = c(6, 1, 10), n1 = c(20, 8, 40), x2 = c(2, 0, 7), n2 = c(19, 9, 38), stratified = TRUE,
             weighting = "MH", distrib = "bin", contrast = "RD", skew = FALSE, bcf = TRUE, precis = 11,
             warn = FALSE, hetplot = FALSE)$estimates
out("strata", c("estimate", "low", "high"), s[1, c("est", "lower", "upper")])
