"""Bayesian pooling, networks and bias models by quadrature over tau: exact, no sampling."""

from equipoise.synthesis.bayes.bias import ElicitedBias, bias_posterior
from equipoise.synthesis.bayes.linear_model import LinearModel, linear_model
from equipoise.synthesis.bayes.mixture import Mixture
from equipoise.synthesis.bayes.network import Network, network, surfaces
from equipoise.synthesis.bayes.pool import bayes_bias, bayes_network, bayes_pool
from equipoise.synthesis.bayes.posterior import Posterior, posterior
from equipoise.synthesis.bayes.study_effects import study_effects
from equipoise.synthesis.bayes.tau_prior import TauPrior

__all__ = [
    "ElicitedBias",
    "LinearModel",
    "Mixture",
    "Network",
    "Posterior",
    "TauPrior",
    "bayes_bias",
    "bayes_network",
    "bayes_pool",
    "bias_posterior",
    "linear_model",
    "network",
    "posterior",
    "study_effects",
    "surfaces",
]
