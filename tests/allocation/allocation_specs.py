"""Every procedure once or more, small enough to list all its allocations."""

from equipoise.allocation import (
    BiasedCoinSpec,
    BigStickSpec,
    BlockUrnSpec,
    BrickTunnelSpec,
    ChenSpec,
    CompleteSpec,
    ConstrainedSpec,
    DOptimalSpec,
    HuHuSpec,
    MaximalSpec,
    MinimisationSpec,
    PairedCyclesSpec,
    PermutedBlocksSpec,
    RandomAllocationRuleSpec,
    RandomBlocksSpec,
    StratifiedSpec,
    TruncatedBinomialSpec,
    UrnSpec,
    WeeklySwitchingSpec,
    WilliamsSpec,
)

ABC = ("A", "B", "C")
FACTORS = {"sex": ("f", "m"), "site": ("north", "south")}


def list_specs(n):
    """Procedures whose lists of n people can be made beforehand; n is a multiple of 2."""
    return [
        CompleteSpec(),
        CompleteSpec(ratio=(3, 2)),
        CompleteSpec(arms=ABC),
        RandomAllocationRuleSpec(people=n),
        RandomAllocationRuleSpec(people=3 * n, ratio=(2, 1)),
        TruncatedBinomialSpec(people=n),
        TruncatedBinomialSpec(people=3 * n, arms=ABC),
        PermutedBlocksSpec(size=4),
        PermutedBlocksSpec(size=3, ratio=(2, 1)),
        PermutedBlocksSpec(size=4, arms=ABC, ratio=(2, 1, 1)),
        RandomBlocksSpec(sizes=(2, 4)),
        RandomBlocksSpec(sizes=(3, 6, 6), ratio=(1, 2)),
        BiasedCoinSpec(),
        BigStickSpec(limit=2),
        BigStickSpec(limit=5),
        ChenSpec(limit=2, probability="3/4"),
        UrnSpec(),
        UrnSpec(alpha=0, beta=1),
        UrnSpec(alpha=2, beta="1/2", arms=ABC),
        MaximalSpec(people=n, limit=2),
        MaximalSpec(people=n, limit=3, balanced_end=False),
        BlockUrnSpec(sets=2),
        BlockUrnSpec(sets=2, ratio=(2, 1)),
        BlockUrnSpec(sets=1, arms=ABC, ratio=(1, 2, 1)),
        BrickTunnelSpec(ratio=(2, 1)),
        BrickTunnelSpec(ratio=(3, 5)),
        WeeklySwitchingSpec(weeks=n, groups=((0, 1), (n // 2, 2), (n, 1))),
        PairedCyclesSpec(cycles=n),
        WilliamsSpec(treatments=ABC),
        ConstrainedSpec(
            covariates=tuple((k, k * k % 5) for k in range(n)), tolerance=(n / 4, 3)
        ),
    ]  # fmt: skip


def factor_specs():
    """Procedures that look at people."""
    return [
        StratifiedSpec(within=BigStickSpec(limit=2), factors=FACTORS),
        StratifiedSpec(within=RandomBlocksSpec(sizes=(2, 4)), factors=FACTORS),
        MinimisationSpec(factors=FACTORS),
        MinimisationSpec(factors=FACTORS, arms=ABC, measure="sd", probability=0.7),
        MinimisationSpec(factors=FACTORS, ratio=(2, 1), measure="variance"),
        MinimisationSpec(factors=FACTORS, ratio=(2, 1), unequal="biased-coin"),
        HuHuSpec(factors=FACTORS, overall=2, stratum="1/2"),
        DOptimalSpec(factors=FACTORS),
    ]


def name_of(spec):
    return f"{spec.name}-{':'.join(map(str, spec.ratio))}"
