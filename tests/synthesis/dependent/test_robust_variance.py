"""Numbers of robumeta 2.0 (tests/golden/robust_variance.R prints them)."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.errors import DataError, NotIdentifiedError
from equipoise.synthesis import checked_effects
from equipoise.synthesis.dependent import robust_variance

MADE = {
    "study": np.repeat(list("abcdefgh"), [3, 4, 2, 5, 3, 4, 2, 3]),
    "g": [0.9, -0.4, 0.3, 0.1, 1.1, -0.5, 0.6, 0.8, -0.3, 0.2, 0.9, -0.7, 0.5, 1.2, -0.2, 0.4, 1.3,
          0.7, -0.6, 0.1, 1.0, 0.3, -0.1, 0.8, 0.2, 0.6],
    "g_se": [0.2, 0.25, 0.3, 0.2, 0.22, 0.21, 0.3, 0.28, 0.26, 0.19, 0.2, 0.21, 0.22, 0.23, 0.3,
             0.31, 0.29, 0.2, 0.24, 0.22, 0.21, 0.27, 0.3, 0.25, 0.24, 0.26],
    "days": [1, 2, 3, 1, 4, 2, 5, 1, 3, 2, 2, 3, 1, 5, 4, 1, 2, 3, 3, 1, 2, 5, 4, 2, 1, 3],
}  # fmt: skip


@pytest.fixture(scope="module")
def printed(golden):
    table = pd.read_csv(golden / "robust_variance.csv")
    return {(r.data, r.model, r.name): r.value for r in table.itertuples(index=False)}


@pytest.mark.parametrize("moderators", ["1", "days"])
@pytest.mark.parametrize("how", [("CORR", 0), ("CORR", 0.6), ("HIER", 0.8)], ids=str)
@pytest.mark.parametrize("data", ["time", "gad", "dep", "made"])
def test_weights_and_errors(rows, printed, data, how, moderators):
    weights, rho = how
    t = pd.DataFrame(MADE) if data == "made" else rows[data]
    effects = checked_effects(t.g, t.g_se**2, list(t.study))
    X = None if moderators == "1" else np.column_stack([np.ones(len(t)), t.days])
    kind = "correlated" if weights == "CORR" else "hierarchical"
    for small in (True, False):
        found = robust_variance(effects, kind, rho=rho, X=X, kind="CR2" if small else "CR1p")
        model = f"g ~ {moderators} {weights} {rho:g} {str(small).upper()}"
        got = {"tau2.1": found.tau2}
        got["omega2.1" if weights == "HIER" else "i2.1"] = (
            found.omega2 if weights == "HIER" else found.i2
        )
        for j, row in enumerate(np.eye(len(found.names)), start=1):
            got |= {f"b{j}": found.robust.coefficients[j - 1], f"se{j}": found.robust.se[j - 1]}
            if small:
                got[f"df{j}"] = found.robust.satterthwaite(row)
        for name, value in got.items():
            expected = printed[data, model, name]
            assert_allclose(value, expected, rtol=1e-9, atol=1e-12, err_msg=name)


def test_what_is_refused():
    effects = checked_effects([1.0, 2.0, 3.0], [0.1] * 3, ["a", "a", "b"])
    with pytest.raises(DataError, match="0 to 1"):
        robust_variance(effects, rho=1.2)
    with pytest.raises(NotIdentifiedError, match="more studies than 2"):
        robust_variance(effects, X=np.column_stack([np.ones(3), [1, 2, 4]]))
