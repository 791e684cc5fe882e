"""What is sealed: the trial, its procedure, and how many kits each stratum or arm has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from equipoise.allocation import Spec, StratifiedSpec, spec_from_dict
from equipoise.concealment.framing import canonical_json
from equipoise.errors import DataError

FORMAT = "equipoise/seal/v1"
POOL = "pool"
"""Where kits of a covariate-adaptive procedure lie: in one heap, not in an order of use."""
_TRIAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MOST_KITS = 1_000_000


@dataclass(frozen=True, slots=True)
class Stratum:
    """A stratum: the code that ledgers use, its name, how many kits it has."""

    code: str
    name: str
    kits: int


@dataclass(frozen=True)
class SealPlan:
    """What `seal` commits to, beside the key.

    Parameters
    ----------
    trial
        The protocol's identifier: letters, digits, dots, dashes; at most 64.
    protocol
        SHA-256 of the protocol.
    procedure
        An allocation procedure as plain data: `Spec.to_dict`.
    strata
        Each with its own list, of that many slots; of a covariate-adaptive procedure none.
    kits
        Arm to number of kits, for a covariate-adaptive procedure; else empty.
    beacon
        Which public random value will be mixed in later, in words; empty if none.
    """

    trial: str
    protocol: str
    procedure: Mapping[str, Any]
    strata: tuple[Stratum, ...] = ()
    kits: Mapping[str, int] | None = None
    beacon: str = ""

    def __post_init__(self) -> None:
        if not _TRIAL.fullmatch(self.trial):
            raise DataError(
                f"A trial's identifier has letters, digits, dots and dashes, at most 64. "
                f"Got {self.trial!r}."
            )
        if isinstance(self.spec, StratifiedSpec):
            raise DataError(
                "A seal has strata of its own, each with its list: give the procedure within the "
                "strata, and the strata with their slots."
            )
        if self.spec.kind == "outcome-adaptive":
            raise DataError(
                f"{self.spec.title} looks at outcomes: whoever sees how the shares drift learns "
                f"which arm does better. It is for simulation; seal a procedure that does not."
            )
        check = _check_kits if self.spec.kind == "covariate-adaptive" else _check_strata
        check(self)

    @cached_property
    def spec(self) -> Spec:
        """The procedure."""
        return spec_from_dict(self.procedure)

    @property
    def by_slot(self) -> bool:
        """Whether the list exists beforehand, so that each slot is sealed."""
        return self.kits is None

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms, in the procedure's order."""
        return self.spec.arms

    @property
    def pools(self) -> tuple[Stratum, ...]:
        """Where kits lie: strata in their order, or the one heap."""
        if self.kits is None:
            return self.strata
        return (Stratum(POOL, POOL, sum(self.kits.values())),)

    @property
    def total(self) -> int:
        """How many kits there are."""
        return sum(pool.kits for pool in self.pools)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "format": FORMAT,
            "trial": self.trial,
            "protocol": self.protocol,
            "procedure": dict(self.procedure),
            "strata": [[s.code, s.name, s.kits] for s in self.strata],
            "kits": None if self.kits is None else [[a, self.kits[a]] for a in self.arms],
            "beacon": self.beacon,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SealPlan:
        """Read what `to_dict` wrote."""
        if data.get("format") != FORMAT:
            raise DataError(f"This seal has the format {data.get('format')!r}; known: {FORMAT!r}.")
        return cls(
            trial=data["trial"],
            protocol=data["protocol"],
            procedure=data["procedure"],
            strata=tuple(Stratum(*one) for one in data["strata"]),
            kits=None if data["kits"] is None else dict(data["kits"]),
            beacon=data["beacon"],
        )

    @property
    def canonical(self) -> bytes:
        """The plan as canonical JSON."""
        return canonical_json(self.to_dict())


def strata_of(kits: Mapping[str, int]) -> tuple[Stratum, ...]:
    """Give strata their codes, s1, s2, ..., in order."""
    return tuple(Stratum(f"s{k}", name, n) for k, (name, n) in enumerate(kits.items(), start=1))


def _check_strata(plan: SealPlan) -> None:
    if not plan.strata or plan.kits is not None:
        raise DataError("A list needs its strata with the slots of each; one stratum is enough.")
    for what in ("name", "code"):
        names = [getattr(stratum, what) for stratum in plan.strata]
        if len(set(names)) < len(names) or not all(names):
            raise DataError(f"Strata have different {what}s. Got: {', '.join(names)}.")
    for stratum in plan.strata:
        longest = plan.spec.length
        if not 1 <= stratum.kits <= (MOST_KITS if longest is None else longest):
            most = f"at most {longest}, for which the procedure was planned" if longest else "1 up"
            raise DataError(f"Stratum {stratum.name!r} asks for {stratum.kits} slots: {most}.")


def _check_kits(plan: SealPlan) -> None:
    if plan.kits is None or plan.strata:
        raise DataError(
            f"{plan.spec.title} has no list beforehand: it seals kits. Say how many each arm has, "
            f"and no strata; its factors are part of the procedure."
        )
    if set(plan.kits) != set(plan.arms) or min(plan.kits.values()) < 1:
        raise DataError(
            f"Each arm needs kits: {', '.join(plan.arms)}. Got {', '.join(plan.kits) or 'none'}."
        )
