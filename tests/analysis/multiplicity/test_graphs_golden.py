"""Graphs of 3 to 8 hypotheses against the R package graphicalMCP: testing_graphs.R printed them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from equipoise.analysis.multiplicity import final_weights, graphical, weighted_graph

TABLE = pd.read_csv(Path(__file__).parents[2] / "golden" / "testing_graphs.csv")


@pytest.mark.parametrize("name", TABLE["graph"].unique())
def test_agrees_with_graphicalmcp(name):
    rows = TABLE[TABLE["graph"] == name]
    G = np.array([[float(cell) for cell in row.split()] for row in rows["row"]])
    graph = weighted_graph(rows["weight"], G)
    adjusted = graphical(rows["p"], graph)
    assert_allclose(adjusted, rows["adjusted"], rtol=1e-8)
    final = final_weights(rows["p"], graph, 0.05)
    assert (final[adjusted <= 0.05] == 0).all()
    assert final.sum() <= 1 + 1e-9
