# R mmrm fitted to its optimum, not to its optimiser's stopping rule. Sourced by mmrm_*.R.
#
# mmrm's default fit stops where nlminb is content, up to 1e-4 standard errors from the optimum. Here
# nlminb is followed by Newton steps on mmrm's own objective, score and Hessian (all exact, from TMB),
# handed to mmrm as one of its optimizers, so that every number it derives (df, Kenward-Roger, sandwich,
# emmeans) is of the refined fit. `decrement` = score' Hessian^-1 score: twice the log-likelihood still
# to be had; its square root is about the distance from the optimum in standard errors of theta.
suppressMessages({
  library(mmrm)
  library(emmeans)
})
refinement <- new.env()

newton <- function(par, fn, gr, hessian, ...) {
  limits <- list(eval.max = 2000, iter.max = 2000, rel.tol = 1e-14, abs.tol = 0)
  start <- try(nlminb(par, fn, gr, hessian = hessian, control = limits), silent = TRUE)
  if (inherits(start, "try-error")) start <- nlminb(par, fn, gr, control = limits)  # Hessian NaN on the way
  at <- start$par
  value <- fn(at)
  score <- as.vector(gr(at))
  refinement$limit <- value
  if (!all(is.finite(hessian(at)))) stop("the maximum is on the boundary")
  for (step in 1:50) {
    if (max(abs(score)) < 1e-11) break
    towards <- -solve(hessian(at), score)
    size <- 1
    repeat {
      next_at <- at + size * towards
      next_value <- fn(next_at)
      next_score <- as.vector(gr(next_at))
      better <- is.finite(next_value) && next_value <= value + 1e-11 * abs(value) &&
        all(is.finite(next_score)) && max(abs(next_score)) < max(abs(score))
      if (better || size < 1e-3) break
      size <- size / 2
    }
    if (!better) break
    at <- next_at
    value <- next_value
    score <- next_score
  }
  curvature <- hessian(at)
  refinement$score <- max(abs(score))
  refinement$decrement <- as.numeric(score %*% solve(curvature, score))
  refinement$definite <- all(eigen(curvature, symmetric = TRUE, only.values = TRUE)$values > 0)
  refinement$nlminb <- start$objective
  list(par = at, objective = value, convergence = 0L, message = "Newton")
}
attr(newton, "use_hessian") <- TRUE

is_refined <- function() refinement$definite && refinement$decrement < 1e-20

refined <- function(formula, data, method = "Satterthwaite", vcov = NULL, reml = TRUE, weights = NULL) {
  data$weights_of_fit <- if (is.null(weights)) rep(1, nrow(data)) else weights
  control <- mmrm_control(method = method, vcov = vcov, optimizers = list(newton = newton))
  # the call must hold values, for emmeans recovers it
  do.call(mmrm, list(formula, data, weights = data$weights_of_fit, reml = reml, control = control))
}

digits <- function(x) ifelse(is.na(x), "", sprintf("%.15g", x))
lines_of <- function(...) {
  text <- paste(..., sep = ",")
  cat(text, sep = "\n")
}
