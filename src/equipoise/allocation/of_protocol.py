"""The spec that a protocol's `allocation` part states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from equipoise.allocation.spec import Spec, spec_class, spec_from_dict
from equipoise.allocation.stratified import StratifiedSpec
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.protocol import Protocol


def spec_of(protocol: Protocol) -> Spec | None:
    """Return the procedure by which a protocol allocates, or None where it names no `method`.

    Arms with a share of 0 in `ratio` are not allocated. Procedures that make lists take `factors`
    as strata, covariate-adaptive ones as what they even out. A list's length is the planned
    number of participants, unless `parameters` says otherwise.

    Raises
    ------
    DataError
        Where arms, ratio or parameters do not fit the procedure; the message says which.
    """
    plan = protocol.allocation
    if plan is None or plan.method is None:
        return None
    if unknown := sorted(set(plan.ratio) - set(protocol.arm_names)):
        raise DataError(f"allocation.ratio names {', '.join(unknown)}, which are not arms.")
    ratio = {arm: plan.ratio.get(arm, 1) for arm in protocol.arm_names}
    data: dict[str, Any] = {"procedure": plan.method, **plan.parameters}
    found = spec_class(plan.method)
    known = set(found.__dataclass_fields__)
    arms = tuple(arm for arm, part in ratio.items() if part)
    if "treatments" in known:  # the arms of a Williams design are sequences of the protocol's
        data.setdefault("treatments", arms)
    else:
        data |= {"arms": arms, "ratio": tuple(part for part in ratio.values() if part)}
    if "people" in known and "people" not in data and protocol.sample_size is not None:
        data["people"] = protocol.sample_size.participants
    factors = tuple(
        {"name": name, "levels": factor.levels, "weight": factor.weight}
        for name, factor in plan.factors.items()
    )
    if "factors" in known:
        return spec_from_dict(data | {"factors": factors})
    spec = spec_from_dict(data)
    if factors and spec.kind != "list":
        raise DataError(f"{spec.title} does not look at factors. Leave out `allocation.factors`.")
    return StratifiedSpec(within=spec, factors=factors) if factors else spec
