"""The guess as a covariate: what most papers print, with the warning it needs.

Also the test whether drug and belief interact, and whether guess and arm go together at all.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from equipoise.analysis import arm_design, least_squares, random_intercept_fit
from equipoise.belief.answers.wording import COLLIDER, CONDITIONS_ON_BELIEF
from equipoise.belief.contrast_row import contrast_row
from equipoise.errors import NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from equipoise.analysis import Contrast
    from equipoise.belief.comparison import Comparison

    FloatArray = NDArray[np.float64]

NAMES = ("guess-adjusted-effect", "guess-effect", "arm-by-guess-interaction")


def answer(c: Comparison) -> Estimates:
    """Return the effect adjusted for the guess, the guess coefficient, their interaction."""
    try:
        c.require_identified()
        contrasts, method, lost = _fits(c)
    except NotIdentifiedError as error:
        return Estimates(refused=tuple(Refusal(name, str(error)) for name in NAMES))
    estimands = (
        f"{c.arms[0]} less {c.arms[1]}, the guess held fixed as a covariate",
        f"guess {c.arms[0]} less guess {c.arms[1]}, the arm held fixed",
        "Effect among those who guess one arm less that among those who guess the other",
    )
    rows = [
        _row(c, name, contrast, estimand, method)
        for name, contrast, estimand in zip(NAMES, contrasts, estimands, strict=True)
    ]
    if lost:
        told = f"{lost} rows lack a covariate or a guess of one of the two arms: left out."
        rows = [replace(row, warnings=(*row.warnings, told)) for row in rows]
    return Estimates(tuple(rows))


def _fits(c: Comparison) -> tuple[tuple[Contrast, Contrast, Contrast], str, int]:
    names = c.planned_covariates
    frame = c.frame.loc[c.compared]
    kept = c.two_beliefs & frame[list(names)].notna().all(axis=1).to_numpy(dtype=bool)
    frame = frame.loc[kept]
    design = arm_design(
        frame["arm"].to_numpy(dtype=object),
        (c.arms[1], c.arms[0]),
        {name: frame[name].to_numpy() for name in names},
    )
    guess = (c.guesses.guess[kept] == 1).astype(np.float64)
    main = np.column_stack([design.matrix, guess])
    crossed = np.column_stack([main, guess * design.matrix[:, 1]])
    columns = (*design.columns, "guess", "arm:guess")
    person = c.guesses.person[kept]
    place = main.shape[1] - 1
    using = f"; adjusted for {', '.join(names)}" if names else ""
    if c.guesses.repeated:
        fit = random_intercept_fit(c.y[kept], main, person, columns=columns[:-1])
        both = random_intercept_fit(c.y[kept], crossed, person, columns=columns)
        method = f"Mixed model, random intercept, REML, Satterthwaite df{using}"
        parts = (
            fit.contrast(_unit(main, 1)),
            fit.contrast(_unit(main, place)),
            both.contrast(_unit(crossed, place + 1)),
        )
    else:
        line = least_squares(c.y[kept], main, columns[:-1])
        cross = least_squares(c.y[kept], crossed, columns)
        method = f"Least squares on arm and guess{using}"
        parts = (
            line.contrast(_unit(main, 1)),
            line.contrast(_unit(main, place)),
            cross.contrast(_unit(crossed, place + 1)),
        )
    return parts, method, int((~kept).sum())


def _unit(matrix: FloatArray, place: int) -> FloatArray:
    unit = np.zeros(matrix.shape[1])
    unit[place] = 1
    return unit


def _row(c: Comparison, name: str, contrast: Contrast, estimand: str, method: str) -> Estimate:
    return contrast_row(
        name,
        contrast,
        c.level,
        unit=c.unit if name != "guess-effect" else c.records.protocol.instrument(c.outcome).unit,
        estimand=estimand,
        method=method,
        assumptions=CONDITIONS_ON_BELIEF,
        warnings=(COLLIDER, *c.guess_warnings),
    )
