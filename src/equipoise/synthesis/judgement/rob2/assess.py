"""RoB 2 of one result of one trial: five domains from their answers, and overall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from equipoise.errors import DataError
from equipoise.synthesis.judgement.rob2.adhering import ADHERING
from equipoise.synthesis.judgement.rob2.assignment import ASSIGNMENT
from equipoise.synthesis.judgement.rob2.levels import CONCERNS, HIGH, LEVELS, LOW
from equipoise.synthesis.judgement.rob2.measurement import MEASUREMENT
from equipoise.synthesis.judgement.rob2.missing_data import MISSING_DATA
from equipoise.synthesis.judgement.rob2.randomisation import RANDOMISATION
from equipoise.synthesis.judgement.rob2.reported_result import REPORTED_RESULT
from equipoise.synthesis.judgement.signalling import Domain, Reached, decide

Effect = Literal["assignment", "adhering"]
DOMAIN_KEYS = ("D1", "D2", "D3", "D4", "D5")


def domains(effect: Effect = "assignment") -> tuple[Domain, ...]:
    """Return the five domains; the second depends on which effect is wanted.

    >>> [domain.key for domain in domains()]
    ['D1', 'D2', 'D3', 'D4', 'D5']
    """
    if effect not in ("assignment", "adhering"):
        raise DataError(f"RoB 2 judges the effect of assignment or of adhering, not {effect!r}.")
    second = ASSIGNMENT if effect == "assignment" else ADHERING
    return (RANDOMISATION, second, MISSING_DATA, MEASUREMENT, REPORTED_RESULT)


@dataclass(frozen=True, slots=True)
class RiskOfBias:
    """The judgement of one result: domain by domain, and overall."""

    about: str
    effect: Effect
    domains: tuple[Reached, ...]
    overall: str
    because: str
    warnings: tuple[str, ...] = ()

    def level(self, key: str) -> str:
        """Return the level of a domain, or of ``overall``."""
        if key == "overall":
            return self.overall
        return next(reached.level for reached in self.domains if reached.domain == key)


def assess_rob2(
    answers: Mapping[str, object],
    *,
    effect: Effect = "assignment",
    about: str = "",
    several_are_high: int | None = None,
) -> RiskOfBias:
    """Judge one result by its answers to the signalling questions.

    Parameters
    ----------
    answers
        Question number ("1.1" ... "5.3") to answer: Y, PY, PN, N, NI, NA or the words.
    effect
        The effect of assignment to the intervention, or of adhering to it.
    about
        Study and outcome, for messages.
    several_are_high
        Call the whole high from so many domains with some concerns on. The tool leaves this to the
        assessor, so None: never by itself.

    Examples
    --------
    >>> good = {"1.1": "Y", "1.2": "Y", "1.3": "N", "2.1": "N", "2.2": "N", "2.6": "Y", "3.1": "Y",
    ...         "4.1": "N", "4.2": "N", "4.3": "N", "5.1": "Y", "5.2": "N", "5.3": "N"}
    >>> assess_rob2(good).overall
    'low'
    >>> assess_rob2(good | {"5.1": "NI"}).overall
    'some concerns'
    """
    known = {q.number: domain.key for domain in domains(effect) for q in domain.questions}
    if unknown := sorted({str(number) for number in answers} - known.keys()):
        raise DataError(
            f"{about or 'RoB 2'} has no question {', '.join(unknown)} for the effect of {effect}. "
            f"Its questions: {', '.join(known)}."
        )
    reached = []
    for domain in domains(effect):
        own = {n: text for n, text in answers.items() if known[str(n)] == domain.key}
        reached.append(decide(domain, own, about=about))
    overall, because = overall_rob2([r.level for r in reached], several_are_high=several_are_high)
    return RiskOfBias(about, effect, tuple(reached), overall, because, _warnings(reached))


def overall_rob2(levels: Sequence[str], *, several_are_high: int | None = None) -> tuple[str, str]:
    """Return the overall judgement of five domain levels, and why.

    >>> overall_rob2(["low", "low", "some concerns", "low", "low"])[0]
    'some concerns'
    """
    if odd := sorted(set(levels) - set(LEVELS)):
        raise DataError(f"RoB 2 has no level {odd[0]!r}. Its levels: {', '.join(LEVELS)}.")
    if len(levels) != len(DOMAIN_KEYS):
        raise DataError(f"RoB 2 has five domains; {len(levels)} were judged.")
    high, concerns = levels.count(HIGH), levels.count(CONCERNS)
    if high:
        return HIGH, f"{high} of 5 domains at high risk"
    if several_are_high is not None and concerns >= several_are_high:
        return (
            HIGH,
            f"some concerns in {concerns} domains, {several_are_high} or more count as high",
        )
    if concerns:
        return CONCERNS, f"some concerns in {concerns} of 5 domains, none at high risk"
    return LOW, "low risk in all domains"


def _warnings(reached: Sequence[Reached]) -> tuple[str, ...]:
    unused = [number for one in reached for number in one.unused]
    found = []
    if unused:
        found.append(
            f"answers to {', '.join(unused)} do not count: earlier answers do not lead to them"
        )
    concerns = sum(one.level == CONCERNS for one in reached)
    if concerns > 1 and not any(one.level == HIGH for one in reached):
        found.append(
            f"some concerns in {concerns} domains: the assessor may call the whole high where they "
            "add up"
        )
    return tuple(found)
