"""Constrained randomisation of clusters: one of the acceptable allocations, all equally likely."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from math import comb, lcm
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from equipoise.allocation.exact import Chances, as_fraction
from equipoise.allocation.random_allocation_rule import exhausted
from equipoise.allocation.spec import Holds, Person, Spec
from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST = 1_000_000
"""Allocations that are listed: 22 clusters at 1:1."""


@dataclass(frozen=True, kw_only=True)
class ConstrainedSpec(Spec):
    """Allocate clusters, known beforehand, so that no covariate's means differ beyond tolerance.

    `covariates` holds a row of numbers for each cluster, in the order of allocation; `tolerance`
    the largest difference of the arms' means, one for each covariate. The arms' sizes are in the
    ratio. All comparisons are of whole numbers. Keep `acceptable` and `possible`: a test by the
    design draws from the acceptable set, and a set that is small, or in which two clusters always
    or never share an arm (`tied_pairs`), makes inference fragile.

    References
    ----------
    Moulton (2004), Clin Trials 1:297-305.

    Examples
    --------
    >>> spec = ConstrainedSpec(covariates=((1,), (2,), (3,), (4,)), tolerance=(1,))
    >>> spec.acceptable, spec.possible  # 1, 2 against 3, 4 differ by 2
    (4, 6)
    """

    name: ClassVar[str] = "constrained"
    title: ClassVar[str] = "constrained randomisation"
    source: ClassVar[str] = "Moulton 2004"
    holds: ClassVar[Holds] = "two"

    covariates: tuple[tuple[Any, ...], ...]
    tolerance: tuple[Any, ...]

    def check(self) -> None:
        """Check the table, and that something is acceptable."""
        rows = tuple(
            tuple(as_fraction(x, "covariate of a cluster") for x in row) for row in self.covariates
        )
        allowed = tuple(as_fraction(x, "tolerance") for x in self.tolerance)
        self._set(covariates=rows, tolerance=allowed)
        if not rows or {len(row) for row in rows} != {len(allowed)} or not allowed:
            raise DataError(
                "Give each cluster one number for each covariate, and a tolerance each."
            )
        if len(rows) % sum(self.ratio):
            raise DataError(f"{len(rows)} clusters cannot be shared out in {self.ratio}.")
        if self.possible > MOST:
            raise DataError(
                f"{len(rows)} clusters have {self.possible:,} allocations, more than {MOST:,}. "
                "Form strata of clusters and constrain within them."
            )
        if not self.acceptable:
            raise DataError(
                f"None of {self.possible:,} allocations keeps all means within the tolerance. "
                "Widen it."
            )

    @property
    def length(self) -> int:
        """The clusters."""
        return len(self.covariates)

    @property
    def in_arm_1(self) -> int:
        """Clusters of arm 1."""
        return len(self.covariates) * self.ratio[1] // sum(self.ratio)

    @property
    def possible(self) -> int:
        """Allocations of that size, acceptable or not."""
        return comb(len(self.covariates), self.in_arm_1)

    @property
    def acceptable(self) -> int:
        """Allocations within the tolerance."""
        return len(self.allocations)

    @cached_property
    def allocations(self) -> NDArray[np.int8]:
        """Every acceptable allocation, shape (acceptable, clusters)."""
        clusters, ones = len(self.covariates), self.in_arm_1
        zeros = clusters - ones
        chosen = np.array(list(combinations(range(clusters), ones)), dtype=np.intp)
        arm = np.zeros((len(chosen), clusters), dtype=np.int8)
        np.put_along_axis(arm, chosen, 1, axis=1)
        fits = np.ones(len(arm), dtype=np.bool_)
        for column, allowed in zip(zip(*self.covariates, strict=True), self.tolerance, strict=True):
            scale = lcm(*(x.denominator for x in column))
            whole = [int(x * scale) for x in column]
            if sum(map(abs, whole)) * clusters >= 1 << 62:
                raise DataError("A covariate has too many digits. Round it.")
            inside = arm @ np.array(whole, dtype=np.int64)
            apart = np.abs(inside * clusters - sum(whole) * ones)  # x ones x zeros: the means apart
            fits &= apart <= int(allowed * scale * ones * zeros)
        return arm[fits]

    @property
    def tied_pairs(self) -> tuple[tuple[int, int], ...]:
        """Pairs of clusters that always, or never, share an arm."""
        arm = self.allocations.astype(np.int64)
        together = arm.T @ arm + (1 - arm).T @ (1 - arm)
        pairs = combinations(range(arm.shape[1]), 2)
        return tuple((i, j) for i, j in pairs if together[i, j] in (0, len(arm)))

    def start(self) -> tuple[int, ...]:
        """No cluster allocated."""
        return ()

    def after(self, state: Any, share: int, person: Person = ()) -> tuple[int, ...]:  # noqa: ARG002
        """One more cluster."""
        return (*state, share)

    def chances(self, state: Any, person: Person = ()) -> Chances:  # noqa: ARG002
        """Return the share of acceptable allocations that go on with each arm."""
        if len(state) >= self.length:
            raise exhausted(self.length)
        so_far = np.array(state, dtype=np.int8)
        left = self.allocations[(self.allocations[:, : len(state)] == so_far).all(axis=1)]
        if not len(left):
            raise DataError("These clusters were not allocated by this procedure.")
        one = Fraction(int(left[:, len(state)].sum()), len(left))
        return 1 - one, one

    def describe(self) -> str:
        """Return the procedure with the size of its set."""
        return (
            f"constrained randomisation of {self.length} clusters, {self.acceptable:,} acceptable "
            f"of {self.possible:,} allocations"
        )
