# Network meta-analysis: numbers of netmeta 3.3-1 (meta 8.3-0, metafor 5.0-1) for tests/synthesis/network.
# Writes network_linde.csv, network_means.csv and network_22.csv, and the made data beside them.
# linde2015.csv and lopez2019.csv are read from $EQUIPOISE_DATA/evidence.
# Rscript network.R [linde] [means] [made22]   (made22 takes netmeta several minutes)
suppressWarnings(suppressMessages(library(netmeta)))
evidence <- file.path(Sys.getenv("EQUIPOISE_DATA"), "evidence")
parts <- commandArgs(TRUE)
wanted <- function(part) length(parts) == 0 || part %in% parts
out <- list()
write_part <- function(file) {
  write.csv(do.call(rbind, out), file, row.names = FALSE)
  out <<- list()
}
put <- function(data, what, label, value)
  out[[length(out) + 1]] <<- data.frame(data = data, what = what, label = label, value = as.numeric(value))

# 22 treatments in 93 studies, 13 of three and 5 of four arms, counts of responders
set.seed(22)
treatments <- c("placebo", sprintf("drug%02d", 1:21))
truth <- c(0, round(rnorm(21, 0.4, 0.3), 2)); names(truth) <- treatments
rows <- list()
for (s in 1:93) {
  size <- if (s <= 75) 2 else if (s <= 88) 3 else 4
  first <- if (s <= 21) c("placebo", treatments[s + 1]) else
    sample(treatments, 2, prob = c(6, rep(1, 21)))
  more <- if (size > 2) sample(setdiff(treatments, first), size - 2) else NULL
  base <- rnorm(1, -0.6, 0.4)
  for (t in c(first, more)) {
    n <- sample(15:160, 1)
    p <- plogis(base + truth[t] + rnorm(1, 0, 0.2))
    rows[[length(rows) + 1]] <- data.frame(study = s, treatment = t, responders = rbinom(1, n, p), n = n)
  }
}
made <- do.call(rbind, rows)
made$responders[2] <- 0 # a zero cell
write.csv(made, "network_22_data.csv", row.names = FALSE, quote = FALSE)

# 8 treatments in 24 studies, means and standard deviations
set.seed(8)
rows <- list()
arms <- LETTERS[1:8]
for (s in 1:24) {
  size <- if (s <= 16) 2 else if (s <= 21) 3 else 4
  chosen <- if (s <= 7) c("A", arms[s + 1]) else sample(arms, size)
  shift <- rnorm(1, 20, 3)
  for (t in chosen) {
    n <- sample(12:80, 1)
    rows[[length(rows) + 1]] <- data.frame(study = paste0("study", s), treatment = t, n = n,
      mean = round(shift - match(t, arms) / 3 + rnorm(1, 0, 0.8), 2), sd = round(runif(1, 4, 8), 2))
  }
}
means <- do.call(rbind, rows)
write.csv(means, "network_means_data.csv", row.names = FALSE, quote = FALSE)

pairs_of <- function(m, put_one) {
  names <- rownames(m)
  for (i in seq_along(names)) for (j in seq_along(names)) if (i < j)
    put_one(paste(names[i], "vs", names[j]), m[i, j])
}
league <- function(data, n, all = TRUE) {
  put(data, "q", "", n$Q); put(data, "df", "", n$df.Q); put(data, "tau2", "", n$tau2)
  put(data, "i2", "", n$I2); put(data, "i2-low", "", n$lower.I2); put(data, "i2-high", "", n$upper.I2)
  parts <- if (all) c("TE.common", "seTE.common", "TE.random", "seTE.random", "lower.predict", "upper.predict",
    "TE.direct.common", "seTE.direct.common", "TE.direct.random", "seTE.direct.random",
    "TE.indirect.common", "seTE.indirect.common", "TE.indirect.random", "seTE.indirect.random",
    "pval.random") else c("TE.common", "seTE.common", "TE.random", "seTE.random", "lower.predict")
  for (part in parts) pairs_of(n[[part]], function(label, value)
    if (!is.na(value)) put(data, part, label, value))
  r <- netrank(n, small.values = "undesirable")
  for (t in names(r$ranking.random)) {
    put(data, "p-score-random", t, r$ranking.random[t]); put(data, "p-score-common", t, r$ranking.common[t])
  }
}
split_q <- function(data, n) {
  s <- netsplit(n)
  for (kind in c("common", "random")) {
    x <- s[[paste0("compare.", kind)]]
    x <- x[!is.na(x$TE), ]
    for (i in seq_len(nrow(x))) {
      label <- sub(":", " vs ", x$comparison[i])
      put(data, paste0("split-", kind), label, x$TE[i]); put(data, paste0("split-se-", kind), label, x$seTE[i])
      put(data, paste0("split-p-", kind), label, x$p[i])
    }
  }
  d <- decomp.design(n)
  for (i in 1:3) { put(data, "q-split", rownames(d$Q.decomp)[i], d$Q.decomp$Q[i])
    put(data, "q-split-df", rownames(d$Q.decomp)[i], d$Q.decomp$df[i])
    put(data, "q-split-p", rownames(d$Q.decomp)[i], d$Q.decomp$pval[i]) }
  for (i in seq_len(nrow(d$Q.het.design))) if (d$Q.het.design$df[i] > 0) {
    put(data, "q-within-design", d$Q.het.design$design[i], d$Q.het.design$Q[i])
    put(data, "q-within-design-df", d$Q.het.design$design[i], d$Q.het.design$df[i])
  }
  for (i in seq_len(nrow(d$Q.inc.detach))) put(data, "q-detached", d$Q.inc.detach$design[i], d$Q.inc.detach$Q[i])
  for (i in names(table(names(d$Q.inc.design)))) # a multi-arm design has a row for each of its contrasts
    put(data, "q-between-of", i, sum(d$Q.inc.design[names(d$Q.inc.design) == i]))
  put(data, "q-interaction", "", d$Q.inc.random$Q); put(data, "q-interaction-df", "", d$Q.inc.random$df)
  put(data, "tau-within", "", d$Q.inc.random$tau.within)
}
contributions <- function(data, n, method, only = NULL) {
  x <- netcontrib(n, method = method)
  for (kind in c("common", "random")) for (i in rownames(x[[kind]])) for (j in colnames(x[[kind]]))
    if ((is.null(only) || grepl(only, i)) && x[[kind]][i, j] != 0) # no row is no contribution
      put(data, paste("contribution", method, kind, sep = "-"), paste(i, j, sep = " | "), x[[kind]][i, j])
}

linde <- read.csv(file.path(evidence, "linde2015.csv"))
network <- function(p, ...) suppressWarnings(netmeta(p, reference.group = "Placebo", warn = FALSE, ...))
wide <- function(sm) suppressWarnings(pairwise(list(treatment1, treatment2, treatment3),
  event = list(resp1, resp2, resp3), n = list(n1, n2, n3), studlab = id, data = linde, sm = sm))
quiet <- function(x) { sink(tempfile()); on.exit(sink()); force(x) }
if (wanted("linde")) {
  dl <- quiet(network(wide("OR")))
  league("linde", dl); split_q("linde", dl)
  contributions("linde", dl, "shortestpath"); contributions("linde", dl, "randomwalk")
  league("linde-REML", quiet(network(wide("OR"), method.tau = "REML")), FALSE)
  league("linde-ML", quiet(network(wide("OR"), method.tau = "ML")), FALSE)
  for (sm in c("RR", "RD", "ASD")) league(paste0("linde-", sm), quiet(network(wide(sm))), FALSE)
  remission <- suppressWarnings(pairwise(list(treatment1, treatment2, treatment3),
    event = list(remi1, remi2, remi3), n = list(n1, n2, n3), studlab = id, data = linde, sm = "OR"))
  remission <- quiet(network(remission))
  league("linde-remission", remission); split_q("linde-remission", remission)
  write_part("network_linde.csv")
}

if (wanted("means")) {
  for (sm in c("MD", "SMD", "ROM")) {
    p <- pairwise(treatment, mean = mean, sd = sd, n = n, studlab = study, data = means, sm = sm)
    m <- netmeta(p, reference.group = "A", tol.multiarm = 0.01)
    league(paste0("means-", sm), m)
    if (sm == "MD") {
      split_q("means-MD", m)
      contributions("means-MD", m, "shortestpath")
      write.csv(data.frame(id = p$studlab, treat1 = p$treat1, treat2 = p$treat2,
        TE = signif(p$TE, 15), seTE = signif(p$seTE, 15)), "network_contrasts_data.csv",
        row.names = FALSE, quote = FALSE)
      rounded <- data.frame(id = p$studlab, treat1 = p$treat1, treat2 = p$treat2, TE = round(p$TE / 3, 3),
        seTE = round(p$seTE / 3, 3)) # thirds: multi-arm effects add up but for rounding
      write.csv(rounded, "network_rounded_data.csv", row.names = FALSE, quote = FALSE)
      r <- netmeta(TE, seTE, treat1, treat2, id, data = rounded, reference.group = "A")
      league("means-rounded", r)
      split_q("means-rounded", r)
    }
  }
  write_part("network_means.csv")
}

if (wanted("made22")) {
  p <- pairwise(treatment, event = responders, n = n, studlab = study, data = made, sm = "OR")
  n22 <- netmeta(p, reference.group = "placebo")
  league("made22", n22); split_q("made22", n22)
  contributions("made22", n22, "shortestpath", ":placebo$")
  league("made22-REML", netmeta(p, reference.group = "placebo", method.tau = "REML"), FALSE)
  write_part("network_22.csv")
}
