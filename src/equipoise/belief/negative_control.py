"""Negative controls: does belief seem to move what belief cannot move?

An objective performance test should not depend on what a person thinks they took. If it differs
between those who guessed active and those who guessed control within the same arm, then guess
and outcome share a cause, and the same cause may sit in every effect given belief.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from equipoise.belief.coded_answers import FloatArray, clusters, coded, missing_guess_warning
from equipoise.belief.standardised_effect import Observed, clustered_plug_in, plug_in
from equipoise.belief.stratum_means import stratum_means
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

METHOD = (
    "Guess contrast within arm, arms weighted by their pooled shares, unpooled SE "
    "(negative control: Lipsitch et al. 2010, Epidemiology 21:383)"
)
ASSUMPTIONS = (
    "Belief does not act on the control outcome",
    "What confounds belief with the main outcome also touches the control outcome",
)


@dataclass(frozen=True, slots=True)
class BeliefEffect:
    """Guessed active less guessed control, arms held at common shares.

    `p_holm` equals `p` until `adjusted` has seen the whole set of control outcomes.
    """

    estimate: float
    se: float
    df: float
    low: float
    high: float
    level: float
    p: float
    p_holm: float
    sd: float
    warnings: tuple[str, ...] = ()


def belief_effect(
    y: ArrayLike,
    arm: ArrayLike,
    guess: ArrayLike,
    cluster: ArrayLike | None = None,
    *,
    level: float = 0.95,
) -> BeliefEffect:
    """Estimate sum over a of r(a) [mu(a, 1) - mu(a, 0)], r the pooled shares of the arms.

    It is the belief-standardised effect with arm and guess in each other's place.

    Parameters
    ----------
    y, arm, guess : shape (n,)
        Score; 1 active, 0 control; 1 guessed active, 0 guessed control, NaN missing.
    cluster : shape (n,), optional
        Person of each row; the SE then sums over people.

    Raises
    ------
    NotIdentifiedError
        When an arm-by-guess stratum holds fewer than two rows.
    """
    score, received, answer = coded(y, arm, guess)
    kept = ~np.isnan(answer)
    score = score[kept]
    treated, believed = received[kept].astype(np.intp), answer[kept].astype(np.intp)
    swapped = stratum_means(score, believed, treated)  # first axis: guess, second: arm
    _require_two(swapped.n)
    person = clusters(cluster, kept.size)[kept]
    rows = Observed(
        score, believed, treated, np.empty((score.size, 0)), clusters(person, score.size)
    )
    share = swapped.pooled_share
    contrast = clustered_plug_in(rows, share) if rows.repeated else plug_in(swapped)
    low, high = contrast.interval(level)
    return BeliefEffect(
        estimate=float(contrast.estimate),
        se=float(contrast.se),
        df=float(contrast.df),
        low=float(low),
        high=float(high),
        level=level,
        p=float(contrast.p),
        p_holm=float(contrast.p),
        sd=float(score.std(ddof=1)),
        warnings=missing_guess_warning(answer),
    )


def _require_two(n: FloatArray) -> None:
    if (n >= 2).all():
        return
    counts = {
        f"{arm} arm, guess {guess}": int(n[g, a])
        for a, arm in ((1, "active"), (0, "control"))
        for g, guess in ((1, "active"), (0, "control"))
    }
    raise NotIdentifiedError(
        "not identified: the belief effect within arms needs two people in every arm-by-guess "
        f"stratum; there are {counts}."
    )


def holm(p: ArrayLike) -> FloatArray:
    """Adjust p values so that the chance of any false rejection stays below the level.

    Parameters
    ----------
    p : shape (k,)

    References
    ----------
    Holm (1979), Scand J Stat 6:65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p, dtype=np.float64)
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise DataError(f"p values lie between 0 and 1, one an outcome; got {values.tolist()}.")
    order = np.argsort(values)
    steps = (values.size - np.arange(values.size)) * values[order]
    out = np.empty_like(values)
    out[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return out


def adjusted(effects: Mapping[str, BeliefEffect]) -> dict[str, BeliefEffect]:
    """Fill `p_holm` over the whole set of control outcomes."""
    p_holm = holm([effect.p for effect in effects.values()])
    return {
        outcome: replace(effect, p_holm=float(p))
        for (outcome, effect), p in zip(effects.items(), p_holm, strict=True)
    }


def verdict(effects: Mapping[str, BeliefEffect], *, alpha: float = 0.05) -> str:
    """Say in a sentence what the adjusted control outcomes show, and what they do not."""
    moved = [outcome for outcome, effect in effects.items() if effect.p_holm < alpha]
    if moved:
        return (
            f"Belief goes with {', '.join(moved)}, which belief should not move (Holm p < {alpha:g}"
            "): guess and outcome share a cause, and effects given belief are likely biased."
        )
    least = min(effect.p_holm for effect in effects.values())
    reach = max(
        max(abs(effect.low), abs(effect.high)) / effect.sd if effect.sd > 0 else 0.0
        for effect in effects.values()
    )
    return (
        f"No belief effect is seen on {len(effects)} control outcome(s) (smallest Holm p "
        f"{least:.2f}), but ones of up to {reach:.2f} sd are not ruled out: this does not prove "
        "the guess unconfounded."
    )


def negative_control_estimates(
    effects: Mapping[str, BeliefEffect],
    refused: Mapping[str, str] | None = None,
    *,
    units: Mapping[str, str] | None = None,
    alpha: float = 0.05,
) -> Estimates:
    """Return a row `negative-control` an outcome; each carries the verdict over the whole set.

    Parameters
    ----------
    effects
        `belief_effect` of each control outcome; Holm's adjustment is done here, over all.
    refused
        Reasons for control outcomes that could not be estimated.
    """
    name = "negative-control"
    refusals = tuple(
        Refusal(name, reason, label="within-arm belief effect", outcome=outcome)
        for outcome, reason in (refused or {}).items()
    )
    if not effects:
        reason = "No control outcome is declared or estimable: name objective scores as such."
        return Estimates(refused=refusals or (Refusal(name, reason),))
    whole = adjusted(effects)
    sentence = verdict(whole, alpha=alpha)
    rows = tuple(
        Estimate(
            name,
            "within-arm belief effect",
            outcome=outcome,
            estimate=effect.estimate,
            se=effect.se,
            low=effect.low,
            high=effect.high,
            level=effect.level,
            df=effect.df,
            p=effect.p_holm,
            unit=(units or {}).get(outcome),
            estimand="Guessed active less guessed control, within arm; should be 0",
            method=f"{METHOD}; p Holm-adjusted over {len(whole)} outcome(s), interval unadjusted",
            assumptions=ASSUMPTIONS,
            warnings=(sentence, *effect.warnings),
        )
        for outcome, effect in whole.items()
    )
    return Estimates(rows, refusals)
