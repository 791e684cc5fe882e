"""GRADE: from judgements to one of four words, with every reason kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal
from equipoise.synthesis.judgement.ledger import Ledger
from equipoise.synthesis.judgement.record import Judgement

if TYPE_CHECKING:
    import pandas as pd

WORDS = {1: "very low", 2: "low", 3: "moderate", 4: "high"}
UNIT = "1 very low, 2 low, 3 moderate, 4 high"
DOMAINS = {
    "risk-of-bias": "risk of bias",
    "inconsistency": "inconsistency",
    "indirectness": "indirectness",
    "unblinding": "indirectness",
    "imprecision": "imprecision",
    "publication-bias": "publication bias",
}
"""Rule to domain: a lost blind is one of two reasons for indirectness."""
REQUIRED = ("risk-of-bias", "inconsistency", "indirectness", "imprecision", "publication-bias")
UPGRADES = ("large-effect", "dose-gradient", "opposing-confounding")
METHOD = "GRADE (Guyatt et al. 2008, BMJ 336:924-926), rules of equipoise with audit trail"
Design = Literal["randomised", "observational-robins-i", "observational"]
START = {"randomised": 4, "observational-robins-i": 4, "observational": 2}
"""Bodies rated by ROBINS-I may start high: Schünemann et al. 2019, J Clin Epidemiol 111:105-114."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """The certainty of one outcome: 1 to 4, what it started from, and each reason."""

    outcome: str
    start: int
    level: int
    by_domain: dict[str, int]
    judgements: tuple[Judgement, ...]
    warnings: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """Very low, low, moderate or high."""
        return WORDS[self.level]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return a sentence for the start and one for each judgement that moved the certainty."""
        moved = [one for one in self.judgements if self.counted(one)]
        start = f"starts {WORDS[self.start]}"
        return (start, *(f"{_name(one)} {self.counted(one):+d}: {one.reason}" for one in moved))

    def counted(self, judgement: Judgement) -> int:
        """Return the levels by which a judgement moved the certainty."""
        decision = judgement.decision
        if not isinstance(decision, int):
            return 0
        lowered = any(change < 0 for change in self.by_domain.values())
        return 0 if judgement.rule in UPGRADES and lowered else decision


def certainty(
    outcome: str, judgements: Sequence[Judgement] | Ledger, *, design: Design = "randomised"
) -> Certainty:
    """Return the certainty of an outcome from its judgements.

    Parameters
    ----------
    judgements
        Of this and other outcomes; of one rule and outcome the last one holds.
    design
        Randomised bodies start high, those rated by ROBINS-I may, others start low.

    Raises
    ------
    NotIdentifiedError
        When one of the five domains has not been judged.
    DataError
        When unblinding would count twice, or a decision is no whole level.
    """
    if design not in START:
        raise DataError(f"A body of evidence is {', '.join(START)}; got {design!r}.")
    ledger = judgements if isinstance(judgements, Ledger) else Ledger().append(*judgements)
    rules = (*DOMAINS, *UPGRADES)
    own = tuple(one for one in ledger.current() if one.about == outcome and one.rule in rules)
    if missing := [rule for rule in REQUIRED if rule not in {one.rule for one in own}]:
        raise NotIdentifiedError(
            f"The certainty of {outcome} needs all five domains; {', '.join(missing)} "
            f"{'has' if len(missing) == 1 else 'have'} not been judged."
        )
    for one in own:
        _check_decision(one)
    by_domain = dict.fromkeys(DOMAINS.values(), 0)
    for one in own:
        if one.rule in DOMAINS:
            domain = DOMAINS[one.rule]
            by_domain[domain] = max(by_domain[domain] + int(one.decision or 0), -2)
    lowered = any(change < 0 for change in by_domain.values())
    raised = sum(int(one.decision or 0) for one in own if one.rule in UPGRADES)
    level = START[design] + sum(by_domain.values()) + (0 if lowered else raised)
    said = ("reasons to raise the certainty do not count: something lowers it",)
    warnings = said if lowered and raised else ()
    return Certainty(
        outcome, START[design], min(max(level, 1), 4), by_domain, own, warnings + _unconfirmed(own)
    )


def certainties(
    outcomes: Sequence[str], ledger: Ledger, *, design: Design = "randomised"
) -> Estimates:
    """Return rows named ``certainty``, an outcome each; refused where a domain is not judged."""
    rows: list[Estimate] = []
    refused: list[Refusal] = []
    for outcome in outcomes:
        try:
            found = certainty(outcome, ledger, design=design)
        except NotIdentifiedError as error:
            refused.append(Refusal("certainty", str(error), outcome, outcome))
            continue
        rows.append(certainty_row(found))
    return Estimates(tuple(rows), tuple(refused))


def certainty_row(found: Certainty) -> Estimate:
    """Return the certainty as a row: 1 to 4, the reasons as assumptions."""
    return Estimate(
        "certainty",
        label=found.outcome,
        outcome=found.outcome,
        estimate=found.level,
        unit=UNIT,
        estimand=f"certainty of the evidence: {found.word}",
        method=METHOD,
        assumptions=found.reasons,
        warnings=found.warnings,
    )


def matrix_frame(found: Sequence[Certainty]) -> pd.DataFrame:
    """Return a row an outcome: `outcome`, levels by domain, `upgrades` that count, `certainty`."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(
        [
            {
                "outcome": one.outcome,
                **one.by_domain,
                "upgrades": sum(one.counted(j) for j in one.judgements if j.rule in UPGRADES),
                "certainty": one.level,
            }
            for one in found
        ]
    )


def _check_decision(one: Judgement) -> None:
    allowed = range(3) if one.rule in UPGRADES else range(-2, 1)
    if isinstance(one.decision, bool) or one.decision not in allowed:
        raise DataError(
            f"{one.rule} of {one.about}: the decision {one.decision!r} is none of "
            f"{', '.join(map(str, allowed))}."
        )


def _unconfirmed(judgements: Sequence[Judgement]) -> tuple[str, ...]:
    open_ones = [_name(one) for one in judgements if not one.confirmed]
    if not open_ones:
        return ()
    return (f"suggested by rule, confirmed by nobody: {', '.join(open_ones)}",)


def _name(one: Judgement) -> str:
    return one.rule.replace("-", " ")
