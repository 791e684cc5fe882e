"""Complete (simple) randomisation: a coin or a die for each person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from equipoise.allocation.independent_blocks import Blocks, IndependentBlocks
from equipoise.allocation.procedure import checked_ratio, ratio_words, strata_members
from equipoise.allocation.spec import CountSpec, Person

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.allocation.exact import Chances


def complete_randomisation(people: int, *, ratio: tuple[int, ...] = (1, 1)) -> IndependentBlocks:
    """Allocate everyone independently, with probabilities in the ratio of the arms.

    Parameters
    ----------
    people
        How many.
    ratio
        Weights of arm 0, arm 1, ...: a draw of one place from a list with so many of each arm.

    References
    ----------
    Rosenberger & Lachin (2016), Randomization in Clinical Trials, 2nd ed., Wiley.

    Examples
    --------
    >>> import numpy as np
    >>> procedure = complete_randomisation(3, ratio=(2, 1))
    >>> arm = procedure.redraw(np.random.default_rng(1), 40_000)
    >>> bool(abs(arm.mean() - 1 / 3) < 0.01)
    True
    """
    (everyone,) = strata_members(people, None)
    parts = checked_ratio(ratio)
    text = f"complete randomisation, {ratio_words(parts)}"
    return IndependentBlocks(people, len(parts), text, (Blocks(everyone[:, None], parts),))


@dataclass(frozen=True, kw_only=True)
class CompleteSpec(CountSpec):
    """Allocate everyone independently, in the ratio of the arms.

    References
    ----------
    Rosenberger & Lachin (2016), Randomization in Clinical Trials, 2nd ed., Wiley.
    """

    name: ClassVar[str] = "complete"
    title: ClassVar[str] = "complete randomisation"
    source: ClassVar[str] = "Rosenberger & Lachin 2016"

    def chances(self, state: Any, person: Person = ()) -> Chances:  # noqa: ARG002
        """Return the ratio, whatever came before."""
        return self.target

    def table(self, n: int) -> NDArray[np.float64]:
        """Return the chance of arm 1 by step and number in arm 1, shape (n, n + 1)."""
        return np.full((n, n + 1), float(self.target[1]))
