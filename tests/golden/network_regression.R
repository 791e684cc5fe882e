# Network meta-regression: numbers of metafor's rma.mv (5.0-1) for tests/synthesis/network.
# Reads network_means_data.csv, writes network_regression_data.csv (effects that change with severity,
# and spread, are added to its means) and network_regression.csv.
# Rscript network_regression.R
suppressWarnings(suppressMessages(library(metafor)))
arms <- read.csv("network_means_data.csv")
studies <- unique(arms$study)
covariates <- data.frame(study = studies, severity = ((seq_along(studies) * 7) %% 11) / 10,
  weeks = 4 + (seq_along(studies) * 5) %% 9)
treatments <- sort(unique(arms$treatment))
arms <- cbind(arms, covariates[match(arms$study, covariates$study), -1])
slope <- c(0, 4, -2, 6, 1, -5, 3, 8)[match(arms$treatment, treatments)]
arms$mean <- round(arms$mean + slope * (arms$severity - 0.5) + 1.5 * sin(17 * seq_len(nrow(arms))), 3)
write.csv(arms, "network_regression_data.csv", row.names = FALSE, quote = FALSE)
y <- c(); blocks <- list(); X <- NULL; study <- c()
for (s in studies) { # differences to the first arm, with the variance that they share
  a <- arms[arms$study == s, ]
  v <- a$sd^2 / a$n
  y <- c(y, a$mean[-1] - a$mean[1])
  blocks[[s]] <- diag(v[-1], length(v) - 1) + v[1]
  for (k in 2:nrow(a)) {
    X <- rbind(X, (treatments == a$treatment[k]) - (treatments == a$treatment[1]))
    study <- c(study, s)
  }
}
V <- as.matrix(bldiag(blocks))
X <- X[, -1]; colnames(X) <- treatments[-1] # A is the reference
z <- covariates[match(study, covariates$study), -1]
z <- sweep(as.matrix(z), 2, colMeans(covariates[-1]))
common <- cbind(X, severity = rowSums(X) * z[, 1], weeks = rowSums(X) * z[, 2])
own <- X * z[, 1]; colnames(own) <- paste0("severity: ", colnames(X), " vs A")
row <- seq_along(y)
tight <- list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-14, maxit = 10000)
fit <- function(M, ...) rma.mv(y, V, mods = M, intercept = FALSE, random = ~ row | study, struct = "CS",
  rho = 0.5, control = tight, ...)
out <- list()
put <- function(model, f) {
  out[[length(out) + 1]] <<- data.frame(model, what = "tau2", label = "", value = f$tau2)
  out[[length(out) + 1]] <<- data.frame(model, what = "beta", label = rownames(f$beta), value = f$beta[, 1])
  out[[length(out) + 1]] <<- data.frame(model, what = "se", label = rownames(f$beta), value = f$se)
}
put("common-REML", fit(common))
put("common-ML", fit(common, method = "ML"))
put("common-0.5", fit(common, tau2 = 0.5))
put("independent-REML", fit(cbind(X, own)))
put("independent-0.5", fit(cbind(X, own), tau2 = 0.5))
# exchangeable: own coefficients spread about their mean with one variance, a known matrix times it
K <- own %*% t(own)
f <- rma.mv(y, V, mods = common[, c(colnames(X), "severity")], intercept = FALSE,
  random = list(~ row | study, ~ 1 | id), struct = "CS", rho = 0.5, R = list(id = `dimnames<-`(K, list(row, row))),
  Rscale = FALSE, data = data.frame(row = row, study = study, id = row), control = tight)
put("exchangeable-REML", f)
out[[length(out) + 1]] <- data.frame(model = "exchangeable-REML", what = "sigma2", label = "", value = f$sigma2)
write.csv(do.call(rbind, out), "network_regression.csv", row.names = FALSE)
