"""Drug or belief? Blinding assessment, treatment guesses, expectancy, effects given belief."""

from equipoise.belief.assess import assess, assess_each

__all__ = ["assess", "assess_each"]
