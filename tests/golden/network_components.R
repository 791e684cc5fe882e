# Additive component networks: numbers of netmeta 3.3-1 (netcomb, discomb) for tests/synthesis/network.
# Writes network_components.csv, and the made data network_components_data.csv.
# Rscript network_components.R
suppressWarnings(suppressMessages(library(netmeta)))
evidence <- file.path(Sys.getenv("EQUIPOISE_DATA"), "evidence")
out <- list()
put <- function(data, what, label, value)
  out[[length(out) + 1]] <<- data.frame(data = data, what = what, label = label, value = as.numeric(value))
write_rows <- function(data, x, league = TRUE) {
  for (what in c("Comp.common", "seComp.common", "Comp.random", "seComp.random"))
    for (i in seq_along(x$comps)) put(data, what, x$comps[i], x[[what]][i])
  for (what in c("Q.additive", "df.Q.additive", "Q.standard", "df.Q.standard", "Q.diff", "df.Q.diff",
    "pval.Q.diff", "pval.Q.additive", "tau")) put(data, what, "", x[[what]])
  if (league) for (what in c("TE.common", "seTE.common", "TE.random", "seTE.random")) {
    m <- x[[what]]
    for (i in rownames(m)) for (j in colnames(m)) if (i < j && !is.na(m[i, j]))
      put(data, what, paste(i, "vs", j), m[i, j])
  }
}

# made: components A, B, C on top of care; a part of the network hangs together by components alone
set.seed(5)
true <- c(A = 0.5, B = 0.3, C = -0.2, care = 0)
effect_of <- function(label) sum(true[strsplit(label, "+", fixed = TRUE)[[1]]])
designs <- list(c("A", "care"), c("B", "care"), c("A+B", "care"), c("A+B", "A"), c("C", "care"), c("A+C", "A"),
  c("A+B+C", "A+B"), c("A", "B", "care"), c("A+B", "B", "C", "care"), c("B+C", "care"))
rows <- list()
for (s in 1:26) {
  chosen <- designs[[(s - 1) %% 10 + 1]]
  for (t in chosen) {
    n <- sample(20:90, 1)
    rows[[length(rows) + 1]] <- data.frame(study = s, treatment = t, n = n,
      mean = round(10 + effect_of(t) + rnorm(1, 0, 0.6), 3), sd = round(runif(1, 1, 2), 3))
  }
}
made <- do.call(rbind, rows)
write.csv(made, "network_components_data.csv", row.names = FALSE, quote = FALSE)
p <- pairwise(treatment, mean = mean, sd = sd, n = n, studlab = study, data = made, sm = "MD")
n <- netmeta(p, reference.group = "care")
write_rows("made", netcomb(n, inactive = "care"))
write_rows("made-no-inactive", netcomb(n))
two <- made[made$study %in% c(1, 2, 5, 7, 11, 12, 15, 17), ] # A, B, C against care; A+B+C against A+B
p2 <- pairwise(treatment, mean = mean, sd = sd, n = n, studlab = study, data = two, sm = "MD")
d <- discomb(TE, seTE, treat1, treat2, studlab, data = p2, sm = "MD", inactive = "care")
write_rows("disconnected", d)

lopez <- read.csv(file.path(evidence, "lopez2019.csv"))
components <- c("multi", "cog", "ba", "psed", "home", "prob", "soc", "relax", "goal", "final", "mind", "act")
lopez$label <- apply(lopez, 1, function(r) {
  has <- components[as.numeric(r[components]) == 1]
  if (length(has)) paste(has, collapse = "+") else r[["treatment"]]
})
lopez <- lopez[!duplicated(lopez[c("study", "label")]), ]
lopez <- lopez[ave(lopez$n, lopez$study, FUN = length) > 1, ]
p <- pairwise(label, mean = diff, sd = se * sqrt(n), n = n, studlab = study, data = lopez, sm = "MD")
d <- discomb(TE, seTE, treat1, treat2, studlab, data = p, sm = "MD", inactive = "Placebo")
write_rows("lopez", d, FALSE)
write.csv(do.call(rbind, out), "network_components.csv", row.names = FALSE)
