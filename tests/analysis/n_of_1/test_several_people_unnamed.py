"""Several people in a table without a participant column named: told, not pooled in silence."""

import numpy as np
import pandas as pd

from equipoise.analysis import n_of_1

CALL = {"outcome": "y", "cycle": "cycle", "treatment": "given", "control": "placebo"}


def table(people: int) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    rows = [
        (i, cycle, given, rng.normal())
        for i in range(people)
        for cycle in range(1, 5)
        for given in ("drug", "placebo")
    ]
    return pd.DataFrame(rows, columns=["who", "cycle", "given", "y"])


def test_cycles_that_come_again_are_told():
    told = n_of_1(table(3), **CALL)
    assert any("name the column" in text for text in told.warnings)


def test_one_person_and_named_people_are_not_warned_of():
    one = n_of_1(table(1), **CALL)
    several = n_of_1(table(3), participant="who", **CALL)
    assert not any("name the column" in text for text in (*one.warnings, *several.warnings))
