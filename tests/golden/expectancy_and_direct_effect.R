# Expectancy moderation with CR2 errors (clubSandwich), natural spline (splines::ns) and
# Johnson-Neyman limits (uniroot); sequential g-estimation with the stacked sandwich obtained from
# a numerical derivative. Data: R's own mtcars and CO2, in the roles named below. R 4.2.2.
suppressPackageStartupMessages({library(clubSandwich); library(splines)})
options(digits = 12)
show <- function(name, ...) cat(name, format(c(...), digits = 10), "\n")

# mtcars: y = mpg, arm = am, expectancy = hp, covariate = qsec
d <- mtcars; d$id <- seq_len(nrow(d))
fit <- lm(mpg ~ am * hp + qsec, d)
V <- vcovCR(fit, d$id, "CR2")
lin <- function(l) unlist(linear_contrast(fit, vcov = V, contrasts = matrix(l, 1), level = .95)[, c("Est", "SE", "df", "CI_L", "CI_U")])
show("slope", lin(c(0, 0, 0, 0, 1)))
for (q in quantile(d$hp, c(.25, .5, .75))) show(paste("at", q), lin(c(0, 1, 0, 0, q)))
edge <- function(e) { l <- c(0, 1, 0, 0, e); sum(l * coef(fit))^2 - qt(.975, 27)^2 * drop(l %*% V %*% l) }
grid <- seq(min(d$hp), max(d$hp), length.out = 4001); f <- sapply(grid, edge)
k <- which(diff(sign(f)) != 0)
show("Johnson-Neyman", sapply(k, function(i) uniroot(edge, grid[i + 0:1], tol = 1e-12)$root))
cat("signs", sign(f[1]), sign(f[4001]), "range", range(d$hp), "\n")
spline <- lm(mpg ~ am * ns(hp, 3) + qsec, d)
W <- vcovCR(spline, d$id, "CR2"); i <- grep("am:", names(coef(spline)))
wald <- drop(coef(spline)[i] %*% solve(W[i, i], coef(spline)[i])) / length(i)
show("spline any", wald, spline$df.residual, pf(wald, length(i), spline$df.residual, lower.tail = FALSE))
B <- predict(ns(d$hp, 3), quantile(d$hp, .5))
l <- rep(0, length(coef(spline))); l[2] <- 1; l[i] <- B
show("spline at median", unlist(linear_contrast(spline, vcov = W, contrasts = matrix(l, 1))[, c("Est", "SE", "df")]))

# CO2: clusters are plants; y = uptake, arm = Treatment, expectancy = conc
co <- as.data.frame(CO2); co$arm <- as.numeric(co$Treatment == "chilled")
fit <- lm(uptake ~ arm * conc, co)
V <- vcovCR(fit, co$Plant, "CR2")
show("CO2 slope", unlist(linear_contrast(fit, vcov = V, contrasts = matrix(c(0, 0, 0, 1), 1))[, c("Est", "SE", "df")]))

# Sequential g-estimation on mtcars: y = mpg, arm = am, guess = vs, x = hp (centred), l = wt
d$x <- d$hp - mean(d$hp)
one <- lm(mpg ~ vs + I(am * vs) + am + x + wt, d)
d$left <- d$mpg - coef(one)[["vs"]] * d$vs - coef(one)[["I(am * vs)"]] * d$am * d$vs
two <- lm(left ~ am + x, d)
b <- 0.4375
X1 <- model.matrix(one); X2 <- model.matrix(two)
psi <- function(theta) {
  r1 <- d$mpg - drop(X1 %*% theta[1:6]); gone <- theta[2] * d$vs + theta[3] * d$am * d$vs
  r2 <- d$mpg - gone - drop(X2 %*% theta[7:9])
  cbind(X1 * r1, X2 * r2)
}
theta <- c(coef(one), coef(two))
bread <- sapply(1:9, function(j) { h <- replace(rep(0, 9), j, 1e-4); colSums(psi(theta + h) - psi(theta - h)) / 2e-4 })
scaled <- cbind(X1 * (resid(one) / (1 - hatvalues(one))), X2 * (resid(two) / (1 - hatvalues(two))))
S <- solve(bread) %*% crossprod(scaled) %*% t(solve(bread))
a <- rep(0, 9); a[8] <- 1; a[3] <- b
show("g-estimation", sum(a * theta), sqrt(drop(a %*% S %*% a)))
G <- aggregate(scaled, list(d$cyl), sum)[, -1]  # and summed over 3 groups of cylinders
S <- solve(bread) %*% crossprod(as.matrix(G)) %*% t(solve(bread)) * 3 / 2
show("clustered by cylinders", sqrt(drop(a %*% S %*% a)))
write.table(mtcars[, c("mpg", "am", "hp", "qsec", "vs", "wt", "cyl")], row.names = FALSE, quote = FALSE, sep = ",")
