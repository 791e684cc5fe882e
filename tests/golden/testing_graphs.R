# Golden numbers for tests/analysis/multiplicity/test_graphs_golden.py: prints testing_graphs.csv.
# GRAPHICALMCP=folder Rscript tests/golden/testing_graphs.R > tests/golden/testing_graphs.csv
# where the folder holds the sources of the R package graphicalMCP 0.2.5 (Apache 2.0).
for (f in list.files(file.path(Sys.getenv("GRAPHICALMCP"), "R"), full.names = TRUE)) source(f)
set.seed(4)
cat("graph,hypothesis,weight,p,adjusted,row\n")
show <- function(k, w, G, p) {
  adj <- graph_test_shortcut(graph_create(w, G), p, alpha = 0.05)$outputs$adjusted_p
  for (j in seq_along(w))
    cat(sprintf("%s,%d,%.12g,%.12g,%.12g,%s\n", k, j, w[j], p[j], adj[j],
                paste(sprintf("%.12g", G[j, ]), collapse = " ")))
}
# successive and parallel gatekeeping, and a graph whose arrows come back
G <- rbind(c(0, .5, .5, 0), c(.5, 0, 0, .5), c(0, 1, 0, 0), c(1, 0, 0, 0))
show("successive", c(.5, .5, 0, 0), G, c(.0121, .0337, .0084, .0160))
show("gatekeeping", c(.5, .5, 0, 0), rbind(c(0, 0, .5, .5), c(0, 0, .5, .5), c(0, 0, 0, 1), c(0, 0, 1, 0)),
     c(.015, .013, .01, .007))
show("epsilon", c(.5, .5, 0), rbind(c(0, .999, .001), c(.999, 0, .001), c(0, 0, 0)), c(.04, .01, .03))
for (k in 1:12) {
  m <- sample(3:8, 1)
  w <- rexp(m) * rbinom(m, 1, .8); if (sum(w) == 0) w[1] <- 1; w <- w / sum(w)
  G <- matrix(rexp(m * m) * rbinom(m * m, 1, .7), m); diag(G) <- 0
  s <- rowSums(G); G <- G / ifelse(s > 0, s, 1) * ifelse(k %% 2, 1, .8)
  show(paste0("random", k), w, G, signif(rbeta(m, .4, 4), 4))
}
