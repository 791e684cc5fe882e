"""One judgement as a record: which rule, from what, what it suggests, what was decided, by whom.

A decision that departs from the suggestion needs an author and a reason; without them it is an
error. Whether the inputs are still those judged is told by their hash.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from equipoise.errors import DataError

BY_RULE = "rule"
"""The author of a decision that nobody has confirmed."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement. Made by a rule of `grade`, by hand, or read from a ledger.

    Parameters
    ----------
    rule
        Its slug, for example ``imprecision``.
    about
        What is judged: an outcome, a comparison, or a study and its outcome.
    inputs
        The numbers and words that the rule read, by name.
    threshold
        The limits that it held them against, in words.
    suggestion, decision
        What the rule says, and what holds: levels up or down, or a level in words.
    author, when
        Who decided, and the day (2026-11-25); `rule` and "" while nobody has.
    reason
        Why: of the rule, or of the person who decided otherwise.
    counts_unblinding
        Whether the decision lowers certainty because people knew their arm: once is enough.
    """

    rule: str
    about: str
    inputs: Mapping[str, Any]
    threshold: str
    suggestion: int | str
    decision: int | str | None = None
    author: str = BY_RULE
    when: str = ""
    reason: str = ""
    counts_unblinding: bool = False
    inputs_sha256: str = field(default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", plain(self.inputs))
        if self.decision is None:
            object.__setattr__(self, "decision", self.suggestion)
        if not self.inputs_sha256:
            object.__setattr__(self, "inputs_sha256", hash_of(self.inputs))
        if self.decision != self.suggestion:
            self._needs_a_person()
        if self.when:
            _checked_day(self.when, self.rule)

    def _needs_a_person(self) -> None:
        lacking = [
            name
            for name, given in (
                ("author", self.author.strip() not in ("", BY_RULE)),
                ("reason", bool(self.reason.strip())),
            )
            if not given
        ]
        if lacking:
            raise DataError(
                f"{self.rule} of {self.about}: the rule suggests {self.suggestion!r} and "
                f"{self.decision!r} was decided without {' and '.join(lacking)}. Say who decided, "
                "and why."
            )

    @property
    def overridden(self) -> bool:
        """Whether a person decided otherwise than the rule suggests."""
        return self.decision != self.suggestion

    @property
    def confirmed(self) -> bool:
        """Whether a person stands behind it."""
        return self.author != BY_RULE

    def is_stale(self, inputs_now: Mapping[str, Any]) -> bool:
        """Whether the inputs are no longer those judged."""
        return hash_of(plain(inputs_now)) != self.inputs_sha256


def decided(
    judgement: Judgement,
    decision: int | str,
    *,
    author: str,
    reason: str,
    when: str,
    counts_unblinding: bool | None = None,
) -> Judgement:
    """Return the judgement as a person decided it, whether or not the rule agrees.

    Parameters
    ----------
    author, reason, when
        Who, why, and the day (2026-11-25): none may be empty.
    counts_unblinding
        Whether the decision is about people knowing their arm; None: as the rule has it.

    Raises
    ------
    DataError
        When author, reason or day is missing.

    Examples
    --------
    >>> rule = Judgement("imprecision", "PHQ-9", {"n": 80}, "n >= 400", -1)
    >>> decided(rule, -2, author="A. Reader", reason="very few events", when="2026-11-25").decision
    -2
    """
    if not author.strip() or author.strip() == BY_RULE:
        raise DataError(f"{judgement.rule} of {judgement.about}: say who decides (author).")
    if not reason.strip():
        raise DataError(f"{judgement.rule} of {judgement.about}: say why (reason).")
    _checked_day(when, judgement.rule)
    about_blind = judgement.counts_unblinding if counts_unblinding is None else counts_unblinding
    return replace(
        judgement,
        decision=decision,
        author=author,
        reason=reason,
        when=when,
        counts_unblinding=about_blind,
    )


def hash_of(inputs: Mapping[str, Any]) -> str:
    """Return the sha256 of inputs as JSON with sorted keys.

    >>> hash_of({"n": 80})[:8] == hash_of({"n": 80.0})[:8]
    True
    """
    text = json.dumps(plain(inputs), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> Any:
    """Make NumPy numbers plain, whole floats integers, tuples lists: what YAML gives back."""
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset) or hasattr(value, "tolist"):
        many = value.tolist() if hasattr(value, "tolist") else list(value)
        return [plain(one) for one in many] if isinstance(many, list) else plain(many)
    if isinstance(value, float):
        if not math.isfinite(value):
            return None if math.isnan(value) else str(value)
        return int(value) if value.is_integer() and abs(value) < 2**53 else value
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)


def _checked_day(when: str, rule: str) -> None:
    try:
        good = bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", when)) and bool(date.fromisoformat(when))
    except ValueError:
        good = False
    if not good:
        raise DataError(f"{rule}: {when!r} is no day. Write it as 2026-11-25.")
