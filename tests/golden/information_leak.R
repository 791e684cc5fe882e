# Likelihood-ratio G of independence by R's log-linear fitting, and its noncentral chi-square.
# Data: R's own HairEyeColor, as if hair were the arm and eye the guess. R 4.2.2.
two <- margin.table(HairEyeColor, c(1, 2))
small <- two[c("Black", "Blond"), c("Brown", "Blue")]
for (table in list(two, small)) {
  g <- loglin(table, list(1, 2), print = FALSE)$lrt
  print(unclass(table))
  cat("G", format(g, digits = 12), "bits", format(g / (2 * sum(table) * log(2)), digits = 12), "\n")
}
# the noncentrality whose upper tail at G is 0.025
g <- loglin(small, list(1, 2), print = FALSE)$lrt
low <- uniroot(function(ncp) pchisq(g, 1, ncp, lower.tail = FALSE) - 0.025, c(0, g), tol = 1e-12)
cat("low noncentrality", format(low$root, digits = 10), "high", format((sqrt(g) + qnorm(.975))^2, digits = 10), "\n")
