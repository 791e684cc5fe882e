"""A protocol's allocation part as a spec."""

from typing import get_args

import pytest

from equipoise.allocation import (
    BigStickSpec,
    MinimisationSpec,
    RandomAllocationRuleSpec,
    StratifiedSpec,
    WilliamsSpec,
    spec_names,
    spec_of,
)
from equipoise.errors import DataError, ProtocolError
from equipoise.protocol import protocol_from_text
from equipoise.protocol.arms import AllocationMethod

PLAN = """\
identifier: small
title: A small trial
design: {{kind: parallel}}
arms:
  - {{name: drug, role: active}}
  - {{name: pill, role: placebo}}
  - {{name: never, role: no-treatment}}
contrast: [drug, pill]
instruments:
  sadness: {{instrument: PHQ-9, role: primary}}
visits:
  - {{name: end, day: 28, instruments: [sadness]}}
sample_size: {{participants: 60, ground: see above}}
allocation:
  procedure: in words
  ratio: {{drug: 1, pill: 1, never: 0}}
{lines}
"""


def plan(*lines):
    return protocol_from_text(PLAN.format(lines="\n".join(f"  {line}" for line in lines)))


ARMS = ("drug", "pill")


def test_each_procedure_can_be_named():
    assert set(get_args(AllocationMethod)) == set(spec_names()) - {"stratified"}


def test_a_protocol_without_method_has_no_spec():
    assert spec_of(plan()) is None


def test_parameters_and_factors():
    got = spec_of(plan("method: big-stick", "parameters: {limit: 4}"))
    assert got == BigStickSpec(arms=ARMS, limit=4)
    got = spec_of(plan("method: random-allocation-rule"))
    assert got == RandomAllocationRuleSpec(arms=ARMS, people=60)
    sites = "factors: {site: {levels: [north, south], weight: 2}}"
    got = spec_of(plan("method: big-stick", sites))
    assert isinstance(got, StratifiedSpec)
    assert got.within == BigStickSpec(arms=ARMS)
    got = spec_of(plan("method: minimisation", 'parameters: {probability: "3/4"}', sites))
    factor = {"name": "site", "levels": ("north", "south"), "weight": 2}
    assert got == MinimisationSpec(arms=ARMS, factors=(factor,), probability="3/4")
    got = spec_of(plan("method: random-blocks", "parameters: {sizes: [4, 6]}"))
    assert got.sizes == (4, 6)
    got = spec_of(
        plan(
            "method: constrained", "parameters: {covariates: [[1], [2], [3], [4]], tolerance: [1]}"
        )
    )
    assert (got.acceptable, got.arms) == (4, ARMS)
    assert spec_of(plan("method: williams")) == WilliamsSpec(treatments=ARMS)


def test_what_does_not_fit_is_told():
    with pytest.raises(ProtocolError, match="big-stick"):
        plan("method: big-stik")
    with pytest.raises(DataError, match="Got size"):
        spec_of(plan("method: big-stick", "parameters: {size: 4}"))
    with pytest.raises(DataError, match="one or more factors"):
        spec_of(plan("method: minimisation"))
    with pytest.raises(DataError, match="does not look at factors"):
        spec_of(plan("method: thompson", "factors: {site: {levels: [a, b]}}"))


def test_a_ratio_that_the_method_cannot_hold_names_those_that_can():
    text = PLAN.format(lines="  method: big-stick").replace("drug: 1", "drug: 2")
    with pytest.raises(DataError, match="These can: block-urn"):
        spec_of(protocol_from_text(text))
