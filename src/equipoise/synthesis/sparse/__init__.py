"""Sparse events: pooled effects that stay defined and fair where arms have few or no events."""
