"""The answer in three plain sentences, chosen and filled by the result and by nothing else.

An interval that includes zero is never called "no effect": absence of evidence is not evidence of
absence (Altman & Bland 1995, BMJ 311:485).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from equipoise.report import numbers
from equipoise.report.wording import excludes_zero, favours

if TYPE_CHECKING:
    from equipoise.estimates import Estimate
    from equipoise.report.findings import Findings, OutcomeFindings

SMALL = 0.2
"""Standard deviations; Cohen's small effect. Only an interval wholly within it is called tight."""

EARLY = {
    "after-outcomes": (
        "Guesses were asked after the outcome, so feeling better may itself have made people guess "
        "{active}, and making belief equal would then take away part of a real effect."
    ),
    "before-outcomes": (
        "Guesses were asked before the outcome, yet early benefit, or something unmeasured such as "
        "optimism, may still have moved both guess and outcome."
    ),
}


def difference(row: Estimate, outcome: OutcomeFindings) -> str:
    """Write an effect in words: "1.20 points lower (95% interval 0.06 to 2.34 lower)"."""
    unit = outcome.unit.removeprefix(f"{outcome.name} ")
    places = numbers.places_of(row)
    value = row.estimate or 0.0
    side = _side(value)
    text = f"{numbers.number(abs(value), places)} {unit} {side}"
    if row.low is None or row.high is None:
        return text
    low, high = sorted((row.low, row.high), key=abs)
    if excludes_zero(row):
        limits = (
            f"{numbers.number(abs(low), places)} to {numbers.number(abs(high), places)} "
            f"{_side(high)}"
        )
    else:
        limits = (
            f"{numbers.number(abs(row.low), places)} lower to "
            f"{numbers.number(abs(row.high), places)} higher"
        )
    return f"{text} ({numbers.level(row)} interval {limits})"


def _side(value: float) -> str:
    return "lower" if value < 0 else "higher"


def what_was_seen(findings: Findings) -> str:
    """Say what the total effect on the main outcome is."""
    outcome = findings.main_outcome
    row = findings.total(outcome)
    if row is None:
        refusal = outcome.refusal("total-effect")
        why = refusal.reason if refusal else "it was not computed"
        return f"The total effect on {outcome.name} is not known: {why}."
    seen = (
        f"With {findings.active}, {outcome.name} scores were on average "
        f"{difference(row, outcome)} than with {findings.control}"
    )
    if row.low is None or row.high is None:
        return f"{seen}, with no interval to say how sure that is."
    if excludes_zero(row):
        arm = favours(outcome, findings, row.estimate or 0.0)
        kind = f"a difference in favour of {arm}" if arm else "a difference"
        return f"{seen}: {kind} that chance alone would rarely produce."
    if outcome.sd and max(-row.low, row.high) <= SMALL * outcome.sd:
        return (
            f"{seen}: the interval includes zero and stays within {SMALL} standard deviations, so "
            "a larger average difference is unlikely, and a smaller one is neither shown nor "
            "ruled out."
        )
    return (
        f"{seen}: the interval includes zero, so the trial neither shows a difference nor rules "
        "one out."
    )


def what_is_left(findings: Findings) -> str:
    """Say what is left of the effect when both arms believe alike."""
    outcome = findings.main_outcome
    row = outcome.standardised()
    if row is None:
        return _cannot_be_told(outcome)
    return (
        f"Weighted so that both arms believe alike, {outcome.name} scores are "
        f"{difference(row, outcome)} with {findings.active}: {_reading(findings, outcome, row)}"
    )


def _reading(findings: Findings, outcome: OutcomeFindings, row: Estimate) -> str:
    total = findings.total(outcome)
    seen = total is not None and excludes_zero(total)
    went = _went_with_belief(outcome, total) if seen and total else ""
    if not excludes_zero(row):
        if seen:
            return (
                "the interval now includes zero, so belief may explain part or all of what was "
                f"seen{went}; this does not show that {findings.active} adds nothing."
            )
        return (
            "this interval includes zero too, so what "
            f"{findings.active} adds beyond belief is not known."
        )
    if not seen:
        return (
            "this interval leaves out zero although the total effect's includes it, which happens "
            "when belief and treatment pull apart or when benefit shaped the guesses."
        )
    if total is not None and (total.estimate or 0.0) * (row.estimate or 0.0) < 0:
        return f"the direction turns round, so what was seen went with belief{went}."
    return (
        f"the interval still leaves out zero, so belief alone does not explain what was seen{went}."
    )


def _went_with_belief(outcome: OutcomeFindings, total: Estimate) -> str:
    """Say how much of the difference went with belief, where that is more than nothing."""
    part = outcome.first("belief-part")
    if part is None or not excludes_zero(part) or part.estimate is None:
        return ""
    way = 1 if (total.estimate or 0.0) > 0 else -1
    limits = sorted(way * value for value in (part.low or 0.0, part.high or 0.0))
    said = numbers.with_interval(
        replace(part, estimate=way * part.estimate, low=limits[0], high=limits[1])
    )
    return f", and {said} of it went with belief"


def _cannot_be_told(outcome: OutcomeFindings) -> str:
    refusal = outcome.refusal("belief-standardised-effect")
    why = _first_clause(refusal.reason) if refusal else "no guesses were recorded"
    text = f"What would be left if both arms believed alike cannot be estimated: {why}"
    bounds = next(iter(outcome.rows("principal-strata-bounds")), None)
    if bounds is None or bounds.low is None:
        return f"{text}."
    return (
        f"{text}; without that assumption the effect in people of the stratum "
        f"'{bounds.label}' lies anywhere from {numbers.interval(bounds)} {outcome.unit}."
    )


def _first_clause(reason: str) -> str:
    """Return a refusal's first sentence, to be read on within a sentence."""
    first = reason.split(". ", maxsplit=1)[0].rstrip(".")
    return first if first[1:2].isupper() else first[:1].lower() + first[1:]


def how_blinding_looked(findings: Findings) -> str:
    """Say what people guessed, and how far the second sentence may be trusted."""
    outcome = findings.main_outcome
    rate = outcome.blinding("correct-guess-rate")
    if rate is None:
        return (
            "Whether people could tell what they got is not known, because the trial has no usable "
            "treatment guesses: the total effect may hold any share of belief."
        )
    said = f"{numbers.percent(rate.estimate)} of guesses were right"
    if rate.low is not None and rate.high is not None:
        said += (
            f" ({numbers.level(rate)} interval {numbers.number(100 * rate.low, 0)} to "
            f"{numbers.percent(rate.high)})"
        )
    text = f"{said}{_leak(findings, outcome)}{_missing(outcome)}."
    trust = EARLY.get(findings.guess_timing or "", "").format(active=findings.active)
    tipping = outcome.first("tipping-point")
    if tipping is not None and (tipping.estimate or 0.0) > 0:
        trust += (
            f" Had benefit caused {numbers.percent(tipping.estimate)} or more of the difference in "
            "guesses, the interval with belief made equal would leave out zero."
        )
    return f"{text} {trust}".strip()


def _leak(findings: Findings, outcome: OutcomeFindings) -> str:
    row = outcome.blinding("belief-difference-index")
    if row is None or row.low is None or row.high is None:
        return ""
    way = -1 if (row.estimate or 0.0) < 0 else 1
    ends = sorted(100 * way * value for value in (row.low, row.high))
    share = f"{numbers.number(100 * abs(row.estimate or 0.0), 0)} percentage points"
    limits = f"{numbers.number(ends[0], 0)} to {numbers.number(ends[1], 0)}"
    text = (
        f"; the guess {findings.active} was {share} ({limits}) {'more' if way > 0 else 'less'} "
        f"common with {findings.active} than with {findings.control}, so "
    )
    if row.low > 0:
        return f"{text}blinding was incomplete"
    if row.high < 0:
        return f"{text}people tended to guess the opposite of what they got"
    return f"{text}the guesses neither show that people could tell nor rule it out"


def _missing(outcome: OutcomeFindings) -> str:
    asked = sum(outcome.guesses.values())
    lost = sum(n for (_, answer), n in outcome.guesses.items() if answer == "missing")
    return f"; {lost} of {asked} guesses are missing" if lost else ""
