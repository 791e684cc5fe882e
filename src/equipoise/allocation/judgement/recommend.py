"""What we would use where nothing speaks for anything else, and why."""

from __future__ import annotations

from typing import Any, NamedTuple

from equipoise.allocation.big_stick import BigStickSpec
from equipoise.allocation.block_urn import BlockUrnSpec
from equipoise.allocation.factors import Factor
from equipoise.allocation.spec import Spec
from equipoise.allocation.stratified import StratifiedSpec

LIMIT = 5
SETS = 3


class Recommendation(NamedTuple):
    """A procedure and the reason for it."""

    spec: Spec
    reason: str


def recommended(
    arms: tuple[str, ...], ratio: tuple[int, ...] = (), sites: tuple[str, ...] = ()
) -> Recommendation:
    """Return the default procedure of a small blinded trial.

    Two arms at 1:1: the big stick with limit 5, in each site. Any other arms and ratio: the block
    urn of three balanced sets, in each site.

    Examples
    --------
    >>> recommended(("active", "placebo"), sites=("north", "south")).spec.describe()
    'big stick with limit 5, 1:1, within 2 strata (site)'
    """
    spec: Spec
    if len(arms) == 2 and len(set(ratio)) <= 1:
        spec = BigStickSpec(arms=arms, limit=LIMIT)
        reason = (
            f"Big stick with limit {LIMIT}: a guess is right at most .55 of the time, against .71 "
            "with blocks of four. The arms never differ by "
            f"more than {LIMIT} people in a site, which wastes less than one person of a small "
            "trial. In a trial of something that people can feel, past allocations are partly "
            "known in spite of the blind, so that predictability matters more than the last bit "
            "of balance. Random block sizes do not help: they are guessed more often than fixed "
            "ones of their largest size."
        )
    else:
        spec = BlockUrnSpec(arms=arms, ratio=ratio, sets=SETS)
        reason = (
            f"Block urn of {SETS} balanced sets: it keeps the arms as even as permuted blocks of "
            "that size at all times and forces far fewer allocations. At an unequal ratio the "
            "chance of an arm stays near the ratio at each place in the order, not exactly at it; "
            "where that matters more than guessing, take permuted blocks."
        )
    if sites:
        spec = StratifiedSpec(within=spec, factors=(Factor(name="site", levels=sites),))
    return Recommendation(spec, reason)


def usual_specs(arms: tuple[str, ...], ratio: tuple[int, ...], people: int) -> list[Spec]:
    """Return the procedures worth comparing at this ratio, with usual parameters.

    Lists of a planned length are left out where the ratio does not divide `people`.

    Examples
    --------
    >>> [spec.name for spec in usual_specs(("A", "B"), (2, 1), 80)]
    ['complete', 'permuted-blocks', 'random-blocks', 'block-urn', 'brick-tunnel']
    """
    from equipoise.allocation import (  # noqa: PLC0415  (the whole catalogue)
        BiasedCoinSpec,
        BrickTunnelSpec,
        ChenSpec,
        CompleteSpec,
        MaximalSpec,
        PermutedBlocksSpec,
        RandomAllocationRuleSpec,
        RandomBlocksSpec,
        TruncatedBinomialSpec,
        UrnSpec,
    )

    parts = ratio or (1,) * len(arms)
    about: dict[str, Any] = {"arms": arms, "ratio": parts}
    total = sum(parts)
    equal, two, whole = len(set(parts)) == 1, len(arms) == 2, people % total == 0
    found: list[Spec] = [CompleteSpec(**about)]
    found += [UrnSpec(**about)] if equal else []
    found += [TruncatedBinomialSpec(**about, people=people)] if equal and whole else []
    found += [RandomAllocationRuleSpec(**about, people=people)] if whole else []
    if equal and two:
        found += [BigStickSpec(**about, limit=LIMIT), BigStickSpec(**about, limit=3)]
        found += [BiasedCoinSpec(**about), ChenSpec(**about)]
        found += [MaximalSpec(**about, people=people)] if whole else []
    found += [PermutedBlocksSpec(**about, size=2 * total)]
    found += [RandomBlocksSpec(**about, sizes=(total, 2 * total)), BlockUrnSpec(**about, sets=SETS)]
    found += [BrickTunnelSpec(**about)] if two and not equal else []
    return found
