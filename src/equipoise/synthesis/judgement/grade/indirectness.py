"""GRADE: indirectness, of the question (PICO) and, as a record of its own, of a lost blind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from equipoise.errors import DataError
from equipoise.synthesis.judgement.grade.settings import GradeSettings
from equipoise.synthesis.judgement.record import Judgement

PICO = ("population", "intervention", "comparator", "outcome")
MATCHES = ("direct", "indirect")


def indirectness(
    about: str,
    matches: Sequence[Mapping[str, str]],
    weights: ArrayLike,
    *,
    settings: GradeSettings | None = None,
) -> Judgement:
    """Suggest 0, -1 or -2 by how much of the weight answers another question.

    Parameters
    ----------
    matches : length k
        For each study, population, intervention, comparator and outcome: direct or indirect.
    weights : shape (k,)
    """
    limits = settings or GradeSettings()
    weight = np.asarray(weights, dtype=np.float64)
    if weight.shape != (len(matches),) or not weight.sum() > 0 or not (weight >= 0).all():
        raise DataError(f"{about}: {len(matches)} match tables came with weights {weight}.")
    odd = np.array([[_is_indirect(about, row, part) for part in PICO] for row in matches])
    whole = weight.sum()
    share = float(weight[odd.any(axis=1)].sum() / whole)
    by_part = {part: float(weight[odd[:, k]].sum() / whole) for k, part in enumerate(PICO)}
    suggestion = -1 if share > limits.indirect_share else 0
    suggestion = -2 if share > limits.indirect_share_serious else suggestion
    named = ", ".join(f"{part} {100 * s:.0f}%" for part, s in by_part.items() if s)
    why = f"{100 * share:.0f}% of the weight is indirect" + (f" ({named})" if named else "")
    return Judgement(
        "indirectness",
        about,
        {"indirect_share": share, **{f"indirect_{part}": s for part, s in by_part.items()}},
        f"indirect weight above {limits.indirect_share:.0%}: -1, above "
        f"{limits.indirect_share_serious:.0%}: -2",
        suggestion,
        reason=why,
    )


def lost_blind(
    about: str,
    *,
    bang_active: float | None = None,
    bang_control: float | None = None,
    inert_control: bool | None = None,
    perceptible_drug: bool | None = None,
    settings: GradeSettings | None = None,
) -> Judgement:
    """Suggest -1 where people could tell their arm: the effect is then of drug and belief together.

    Parameters
    ----------
    bang_active, bang_control
        Bang's index of each arm, averaged over studies; M is their mean.
    inert_control, perceptible_drug
        Whether the control feels like nothing, and the drug at this dose does not. Read only
        where no guesses were recorded.
    """
    limits = settings or GradeSettings()
    measured = bang_active is not None and bang_control is not None
    mean = ((bang_active or 0.0) + (bang_control or 0.0)) / 2 if measured else None
    if mean is not None and not -1 <= mean <= 1:
        raise DataError(f"{about}: Bang's index lies from -1 to 1; the mean is {mean:g}.")
    if mean is not None:
        lost = mean > limits.bang_limit
        why = f"mean blinding index {mean:.2f} of the two arms"
    else:
        lost = bool(inert_control and perceptible_drug)
        why = "no guesses were recorded"
        why += "; an inert control beside a drug that can be felt" if lost else ""
    return Judgement(
        "unblinding",
        about,
        {
            "bang_active": bang_active,
            "bang_control": bang_control,
            "mean_bang": mean,
            "inert_control": inert_control,
            "perceptible_drug": perceptible_drug,
        },
        f"mean Bang index above {limits.bang_limit:g}; where no guesses were recorded, an inert "
        "control beside a drug that can be felt: -1",
        -1 if lost else 0,
        reason=why,
        counts_unblinding=lost,
    )


def _is_indirect(about: str, row: Mapping[str, str], part: str) -> bool:
    found = str(row.get(part, "")).strip().casefold()
    if found not in MATCHES:
        raise DataError(
            f"{about}: the {part} of a study is {row.get(part)!r}. Say direct or indirect for each "
            f"of {', '.join(PICO)}."
        )
    return found == "indirect"
