"""Drug or belief? Blinding assessment, treatment guesses, expectancy, effects given belief."""

from equipoise.belief.assess import assess

__all__ = ["assess"]
