# Totals from items, computed by hand-written base R, without equipoise.
# Rscript tests/golden/item_scores.R
phq9 <- c(1, 2, 0, 3, 0, 1, 1, 0, 2)
cat("PHQ-9", sum(phq9), "\n")
gad7 <- c(3, 2, 2, 1, 0, 1, 3)
cat("GAD-7", sum(gad7), "\n")
# QIDS-SR16: nine domains (Rush et al. 2003, Biol Psychiatry 54:573-583)
qids <- c(1, 3, 0, 2,  2,  0, 1, 3, 0,  1, 2, 0, 3, 1,  2, 1)
total <- max(qids[1:4]) + qids[5] + max(qids[6:9]) + sum(qids[10:14]) + max(qids[15:16])
cat("QIDS-SR16", total, "\n")
# STAI-S: twenty answers 1 to 4; anxiety-absent items reversed
stai <- rep(c(1, 2, 3, 4), 5)
absent <- c(1, 2, 5, 8, 10, 11, 15, 16, 19, 20)
stai[absent] <- 5 - stai[absent]
cat("STAI-S", sum(stai), "\n")
# DASS-21 depression: twice the sum of seven answers
cat("DASS-21-D", 2 * sum(c(0, 1, 2, 3, 3, 1, 0)), "\n")
