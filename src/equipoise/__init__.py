"""Plan, run and analyse double-blind trials, and tell drug from belief."""

__version__ = "0.1.0"
