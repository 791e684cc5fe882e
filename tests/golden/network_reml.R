# Network tau2 by REML and ML where effects of arms are SMD or ROM and trials have several arms: metafor 5.0-1
# rma.mv with the full covariance of every trial's contrasts (netmeta 3.3-1 gives the effects, `pairwise`).
# Rscript network_reml.R > network_reml.csv
suppressWarnings(suppressMessages({library(netmeta); library(metafor)}))
means <- read.csv("network_means_data.csv")
cat("measure,method,tau2\n")
for (sm in c("SMD", "ROM")) {
  d <- pairwise(treatment, mean = mean, sd = sd, n = n, studlab = study, data = means, sm = sm)
  names <- sort(unique(c(d$treat1, d$treat2)))
  y <- c(); id <- c(); X <- NULL; V <- list()
  for (s in unique(d$studlab)) {
    e <- d[d$studlab == s, ]
    arms <- unique(c(e$treat1, e$treat2)); k <- length(arms) - 1
    of <- function(a, b) {
      i <- which(e$treat1 == a & e$treat2 == b)
      if (length(i)) c(e$TE[i], e$seTE[i]^2) else { i <- which(e$treat1 == b & e$treat2 == a); c(-e$TE[i], e$seTE[i]^2) }
    }
    S <- matrix(0, k, k)
    for (i in 1:k) {
      y <- c(y, of(arms[i + 1], arms[1])[1]); id <- c(id, s)
      X <- rbind(X, (names == arms[i + 1]) - (names == arms[1]))
      for (j in 1:k) S[i, j] <- if (i == j) of(arms[i + 1], arms[1])[2] else
        (of(arms[i + 1], arms[1])[2] + of(arms[j + 1], arms[1])[2] - of(arms[i + 1], arms[j + 1])[2]) / 2
    }
    V <- c(V, list(S))
  }
  row <- factor(seq_along(y))
  for (method in c("REML", "ML")) {
    fit <- rma.mv(y, bldiag(V), mods = X[, -1], intercept = FALSE, random = ~ row | id, struct = "CS", rho = 0.5,
      method = method)
    cat(sprintf("%s,%s,%.10g\n", sm, method, fit$tau2))
  }
}
