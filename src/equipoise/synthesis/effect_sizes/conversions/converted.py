"""What a conversion gives back: numbers, and in words what had to be assumed for them."""

from __future__ import annotations

from dataclasses import dataclass

from equipoise.synthesis.effect_sizes.checks import EffectSize, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """Effects made from other numbers.

    Parameters
    ----------
    value, se : shape (k,)
    assumptions
        Sentences that must hold for the numbers to be right.

    Examples
    --------
    >>> from equipoise.synthesis.effect_sizes.conversions import smd_from_t
    >>> print(smd_from_t(2.1, 20, 22))
    0.636556 (se 0.316668)
    Assumes: t is of Student's test of two independent groups with one standard deviation.
    """

    value: FloatArray
    se: FloatArray
    assumptions: tuple[str, ...] = ()

    @property
    def effect(self) -> EffectSize:
        """As effects and variances."""
        return EffectSize(self.value, self.se**2)

    def __str__(self) -> str:
        pairs = zip(self.value, self.se, strict=True)
        numbers = [f"{value:.6g} (se {se:.6g})" for value, se in pairs]
        return "\n".join([*numbers, *(f"Assumes: {text}" for text in self.assumptions)])


@dataclass(frozen=True, slots=True, eq=False)
class GroupSummary:
    """Means and standard deviations made from other numbers; `assumptions` as in `Converted`.

    Parameters
    ----------
    mean, sd, n : shape (k,)
        The mean is NaN where only a standard deviation was asked for.
    warnings
        What speaks against the assumptions in these very data; names rows or studies.
    """

    mean: FloatArray
    sd: FloatArray
    n: FloatArray
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = zip(self.mean, self.sd, self.n, strict=True)
        numbers = [f"mean {m:.6g}, SD {s:.6g}, n {n:g}" for m, s, n in rows]
        told = [f"Assumes: {text}" for text in self.assumptions]
        return "\n".join([*numbers, *told, *(f"Warning: {text}" for text in self.warnings)])
