# Guess contrast within arm by generalised least squares with a variance of its own a cell
# (nlme) and Satterthwaite df (emmeans); Holm by stats. Data: R's own warpbreaks without its
# first five rows, as if wool A were the active arm and tension L the guess "active". R 4.2.2.
suppressPackageStartupMessages({library(nlme); library(emmeans)})
d <- subset(warpbreaks[-(1:5), ], tension != "M")
d$arm <- factor(ifelse(d$wool == "A", 1, 0))
d$guess <- factor(ifelse(d$tension == "L", 1, 0))
d$cell <- interaction(d$arm, d$guess)
fit <- gls(breaks ~ 0 + cell, weights = varIdent(form = ~ 1 | cell), data = d)
r <- mean(d$arm == 1)
cells <- emmeans(fit, ~ cell, mode = "satterthwaite")
print(levels(d$cell))
weights <- c("0.0" = -(1 - r), "1.0" = -r, "0.1" = 1 - r, "1.1" = r)[levels(d$cell)]
print(summary(contrast(cells, list(belief = weights)), infer = TRUE), digits = 10)
m <- tapply(d$breaks, d$cell, mean); v <- tapply(d$breaks, d$cell, var); n <- table(d$cell)
part <- weights^2 * v / n
cat("by hand:", format(c(sum(weights * m), sqrt(sum(part)), sum(part)^2 / sum(part^2 / (n - 1))), digits = 10), "\n")
cat("cluster-robust by loom pairs:\n")
d$loom <- factor(rep(seq_len(ceiling(nrow(d) / 2)), each = 2)[seq_len(nrow(d))])
ols <- lm(breaks ~ 0 + cell, data = d)
V <- sandwich::vcovCL(ols, cluster = d$loom, type = "HC0", cadjust = TRUE)
cat(format(c(sum(weights * coef(ols)), sqrt(weights %*% V %*% weights), nlevels(d$loom) - 1), digits = 10), "\n")
print(d[, c("breaks", "arm", "guess", "loom")], row.names = FALSE)
p <- c(0.012, 0.4, 0.03, 0.03, 0.9)
print(p.adjust(p, "holm"))
