"""What a participant who packs their own sachets has to do: how many, of what, on which days.

After Szigeti et al. (2021), eLife 10:e62878, doi:10.7554/eLife.62878, where citizens hid their
microdoses from themselves with opaque capsules, sealed envelopes and printed codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from equipoise.errors import DataError

MORE_THAN_NEEDED = 1
"""Sachets to pack beyond those needed, at least: what is left over must not tell what was drawn."""


@dataclass(frozen=True, slots=True)
class SachetPlan:
    """The sachets of one participant.

    Parameters
    ----------
    contents
        How many sachets of each content are packed, by a neutral name ("sort 1", "sort 2").
    dose_days
        The days on which one is taken, each a date of the participant's own calendar, ascending.
    helper
        Whether a second person packs by a sealed sheet; else the participant packs and shuffles.

    Raises
    ------
    DataError
        When fewer than two contents are packed, when what is left over after the draw would tell
        what was drawn, or when the days do not ascend.
    """

    contents: Mapping[str, int]
    dose_days: tuple[date, ...]
    helper: bool = False

    def __post_init__(self) -> None:
        if len(self.contents) < 2 or min(self.contents.values(), default=0) < 1:
            raise DataError(
                f"Self-blinding needs sachets of two contents or more, one or more of each. Got "
                f"{dict(self.contents)}."
            )
        if not self.dose_days or list(self.dose_days) != sorted(set(self.dose_days)):
            raise DataError("Dose days are dates in ascending order, none twice, at least one.")
        packed, needed = sum(self.contents.values()), len(self.dose_days)
        if not self.helper and packed < needed + MORE_THAN_NEEDED:
            raise DataError(
                f"{packed} sachets are packed and {needed} are needed: at least "
                f"{needed + MORE_THAN_NEEDED} must be packed, since a draw that takes all of them "
                "leaves no chance in how many of each were drawn."
            )
        if self.helper and packed != needed:
            raise DataError(
                f"A helper packs just what is taken: {needed} sachets. The plan has {packed}."
            )
