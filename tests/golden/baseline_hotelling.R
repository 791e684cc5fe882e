# Hotelling's test of a difference of three means at once, for tests/synthesis/judgement.
# R 4.2; prints the p value of summary.manova.
arm <- rep(c(1, 0), c(7, 8))
a <- c(5.1, 6.3, 4.8, 7.7, 5.9, 6.8, 4.2, 5.5, 7.1, 6.0, 8.2, 5.0, 6.6, 7.4, 5.7)
b <- c(30, 41, 28, 55, 37, 39, 61, 44, 29, 52, 47, 33, 58, 36, 49)
c <- c(2.0, 1.2, 2.9, 0.4, 3.3, 1.1, 2.2, 2.4, 1.9, 3.8, 2.7, 0.9, 2.8, 3.1, 1.6)
fit <- manova(cbind(a, b, c) ~ arm)
print(summary(fit, test = "Hotelling-Lawley")$stats[1, "Pr(>F)"], digits = 10)
