"""GRADE: publication bias, by small-study effects, a selection model, and registers."""

from __future__ import annotations

from equipoise.errors import DataError
from equipoise.synthesis.judgement.grade.settings import GradeSettings
from equipoise.synthesis.judgement.record import Judgement


def publication_bias(
    about: str,
    studies: int,
    *,
    egger_p: float | None = None,
    selection_shift: float | None = None,
    registered: int | None = None,
    unpublished: int | None = None,
    settings: GradeSettings | None = None,
) -> Judgement:
    """Suggest 0 or -1 for publication bias.

    Parameters
    ----------
    studies
        How many are pooled. Fewer than ten say nothing about asymmetry (Sterne et al. 2011, BMJ
        343:d4002).
    egger_p
        Of Egger's test.
    selection_shift
        Pooled effect less that of a selection model, on the effect's scale.
    registered, unpublished
        Trials of the question in registers that are finished, and those of them without results.
    """
    limits = settings or GradeSettings()
    _check(about, registered, unpublished)
    said, unread = [], []
    if studies < limits.least_studies:
        unread.append(f"too few studies ({studies}) for a test of asymmetry")
    elif egger_p is None or selection_shift is None:
        unread.append("Egger's test and a selection model are read together; one is missing")
    elif egger_p < limits.egger_p and abs(selection_shift) > limits.selection_shift:
        said.append(
            f"Egger's test has p = {egger_p:.3g} and a selection model moves the effect by "
            f"{selection_shift:.3g}"
        )
    if not registered:
        unread.append("no count of registered trials was given")
    elif (unpublished or 0) / registered > limits.unpublished_share:
        said.append(f"{unpublished} of {registered} registered trials have no results")
    return Judgement(
        "publication-bias",
        about,
        {
            "studies": studies,
            "egger_p": egger_p,
            "selection_shift": selection_shift,
            "registered": registered,
            "unpublished": unpublished,
        },
        f"{limits.least_studies} studies or more with Egger p below {limits.egger_p:g} and a shift "
        f"above {limits.selection_shift:g}: -1; registered trials without results above "
        f"{limits.unpublished_share:.0%}: -1",
        -1 if said else 0,
        reason="; ".join(said or unread) or "no sign of it",
    )


def _check(about: str, registered: int | None, unpublished: int | None) -> None:
    if unpublished is not None and (registered is None or not 0 <= unpublished <= registered):
        raise DataError(
            f"{about}: {unpublished} unpublished of {registered} registered trials: count both, "
            "the first among the second."
        )
