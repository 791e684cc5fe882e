# Seconds of netmeta for a network of arms: Rscript network.R FILE
# Prints what,seconds,check for league and ranks, for Q by designs and for the node split.
suppressWarnings(suppressMessages(library(netmeta)))
data <- read.csv(commandArgs(TRUE)[1])
cpu <- function(expression) { t <- system.time(expression); t[["user.self"]] + t[["sys.self"]] }
seconds <- c(
  league = cpu({
    p <- pairwise(treatment, event = events, n = n, studlab = study, data = data, sm = "OR")
    fit <- netmeta(p, reference.group = "placebo")
    ranks <- netrank(fit, small.values = "undesirable")
  }),
  split = cpu(s <- netsplit(fit)),
  q = cpu(d <- decomp.design(fit))
)
cat(sprintf("league,%.3f,%.10f\n", seconds["league"], fit$TE.random["drug01", "placebo"]))
cat(sprintf("q,%.3f,%.10f\n", seconds["q"], d$Q.decomp["Between designs", "Q"]))
cat(sprintf("split,%.3f,%.10f\n", seconds["split"], sum(s$compare.random$TE^2, na.rm = TRUE)))
