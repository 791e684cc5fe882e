# Golden numbers for tests/synthesis/effect_sizes: prints effect_sizes_files.csv.
# EQUIPOISE_DATA=<folder> Rscript tests/golden/effect_sizes_files.R > tests/golden/effect_sizes_files.csv
# metafor 5.0-1 on the evidence files, which the project does not carry: per file and measure the
# sum of yi, of vi, and of yi * vi * place in the file, so that a single study would show.
suppressMessages(library(metafor))
folder <- file.path(Sys.getenv("EQUIPOISE_DATA"), "evidence")
cat("file,measure,k,y,v,mixed\n")
out <- function(file, measure, r) {
  keep <- !is.na(r$yi); y <- as.numeric(r$yi)[keep]; v <- as.numeric(r$vi)[keep]
  cat(sprintf("%s,%s,%d,%.17g,%.17g,%.17g\n", file, measure, length(y), sum(y), sum(v), sum(y * v * seq_along(y))))
}
d <- read.csv(file.path(folder, "bcg.csv"))
for (m in c("RR", "OR", "RD", "AS", "PETO", "YUQ", "YUY", "PHI"))
  out("bcg.csv", m, escalc(m, ai = tpos, bi = tneg, ci = cpos, di = cneg, data = d))
d <- read.csv(file.path(folder, "linde2005.csv"))
for (m in c("RR", "OR", "RD", "AS", "PETO"))
  out("linde2005.csv", m, escalc(m, ai = ai, n1i = n1i, ci = ci, n2i = n2i, data = d))
d <- read.csv(file.path(folder, "furukawa2003.csv"))
for (m in c("MD", "SMD", "SMDH", "SMD1", "ROM", "VR"))
  out("furukawa2003.csv", m, escalc(m, m1i = Me, sd1i = Se, n1i = Ne, m2i = Mc, sd2i = Sc, n2i = Nc, data = d))
d <- read.csv(file.path(folder, "psilocybin_main12.csv"))
for (m in c("MD", "SMD", "SMDH", "SMD1", "ROM"))
  out("psilocybin_main12.csv", m, escalc(m, m1i = mean_arm1, sd1i = sd_arm1, n1i = n_arm1,
      m2i = mean_arm2, sd2i = sd_arm2, n2i = n_arm2, data = d))
