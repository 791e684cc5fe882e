"""The one result type: what was concluded, how, under which assumptions, and from what.

Everything that plots, pools or prints consumes `Estimates`.
"""

from equipoise.estimates.estimates import Estimate, Estimates, Refusal, Source, Status

__all__ = ["Estimate", "Estimates", "Refusal", "Source", "Status"]
