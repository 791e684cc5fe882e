"""From a row an arm to a row a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def pair_arms(
    frame: pd.DataFrame,
    *,
    study: str,
    arm: str,
    active: str,
    control: str,
    columns: Sequence[str],
) -> pd.DataFrame:
    """Put the active and the control arm of each study side by side, as 1 and 2.

    Parameters
    ----------
    frame
        A row an arm of a study.
    study, arm
        Columns.
    active, control
        The arms compared, as in the file.
    columns
        What to take of each arm: ["mean", "sd", "n"] become mean1, sd1, n1, mean2, ...

    Raises
    ------
    DataError
        When a study lacks one of the arms or has it twice, or no study has them; names both.
    """
    lost = [name for name in (study, arm, *columns) if name not in frame.columns]
    if lost:
        raise DataError(f"The table has no column {', '.join(map(repr, lost))}.")
    sides = []
    for number, wanted in ((1, active), (2, control)):
        side = frame[frame[arm].astype(str).str.strip() == wanted]
        if side.empty:
            known = ", ".join(sorted(set(frame[arm].astype(str))))
            raise DataError(f"No row has the arm {wanted!r}. The arms are: {known}.")
        twice = side[study][side[study].duplicated()]
        if len(twice):
            raise DataError(
                f"{twice.iloc[0]} has the arm {wanted!r} more than once: combine its groups "
                "first (`combine_groups`), or give the arms names that differ."
            )
        sides.append(side.set_index(study)[list(columns)].add_suffix(str(number)))
    one, two = sides
    for here, there, missing in ((one, two, control), (two, one, active)):
        alone = [str(name) for name in here.index if name not in there.index]
        if alone:
            raise DataError(
                f"{'; '.join(alone)}: no arm {missing!r} to compare with. Leave the study out and "
                "say why, or look how its arms are spelt."
            )
    return one.join(two).reset_index()
