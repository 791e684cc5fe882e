"""CINeMA on a network analysed here: contributions by study, and laws of the levels."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from equipoise.errors import DataError
from equipoise.synthesis.judgement.cinema import network_confidence
from equipoise.synthesis.judgement.cinema.of_network import _by_study
from equipoise.synthesis.network import (
    arms_of_table,
    contributions,
    fit_network,
    network_meta_analysis,
    network_of_arms,
)


@pytest.fixture(scope="module")
def depression(evidence):
    network = network_of_arms(arms_of_table(evidence("linde2015"), {}), "OR")
    fit = fit_network(network).random
    return network, fit, network_meta_analysis(network, reference="Placebo")


def rated(depression, bias="low", margin=0.2, **changes):
    network, fit, found = depression
    names = [block.name for block in network.blocks]
    told = dict.fromkeys(names, bias) | changes.pop("some", {})
    direct = dict.fromkeys(names, "direct")
    rows = network_confidence(
        network, fit, found, bias=told, indirect=direct, margin=margin, **changes
    )
    return {row.label: row for row in rows}


def test_what_a_comparison_contributes_is_divided_among_its_studies(depression):
    network, fit, _ = depression
    shared = contributions(network, fit)
    _, share = _by_study(network, fit, shared.edges, shared.share)
    assert share.shape == (len(shared.pairs), len(network.blocks))
    assert_allclose(share.sum(axis=1), 1, rtol=1e-9)
    assert (share >= -1e-12).all()


def test_every_pair_has_one_row_with_the_reference_last(depression):
    rows = rated(depression)
    treatments = depression[0].treatments
    assert len(rows) == len(treatments) * (len(treatments) - 1) // 2
    for one in treatments:
        assert one == "Placebo" or f"{one} vs Placebo" in rows


def test_high_risk_everywhere_costs_two_levels(depression):
    low, high = rated(depression), rated(depression, "high")
    for name, row in low.items():
        assert high[name].estimate == max(1, row.estimate - 2)
        assert "within study bias: major concerns" in high[name].assumptions


def test_one_study_changes_only_what_it_can(depression):
    """A study at high risk can lower a comparison, never raise it."""
    name = depression[0].blocks[0].name
    before, after = rated(depression), rated(depression, some={name: "high"})
    assert all(after[k].estimate <= row.estimate for k, row in before.items())


def test_reporting_bias_counts_as_some_concerns_until_judged(depression):
    row = rated(depression)["SSRI vs Placebo"]
    assert "reporting bias: some concerns" in row.assumptions
    assert any("nobody has judged it" in warning for warning in row.warnings)
    told = rated(depression, reporting={"SSRI vs Placebo": "no concerns"})["SSRI vs Placebo"]
    assert told.estimate == row.estimate + 1


def test_a_study_without_a_level_is_named(depression):
    network, fit, found = depression
    with pytest.raises(DataError, match=r"risk of bias of .* is nothing"):
        network_confidence(network, fit, found, bias={}, indirect={}, margin=0.2)
    with pytest.raises(DataError, match="is 'dubious'"):
        rated(depression, "dubious")


def test_levels_are_whole_numbers_of_four(depression):
    assert {row.estimate for row in rated(depression).values()} <= set(np.arange(1.0, 5.0))
