"""A spec is a value: it goes through JSON, refuses what it cannot hold, and shows no arm."""

import json
import logging
from fractions import Fraction

import numpy as np
import pytest
from allocation_specs import FACTORS, factor_specs, list_specs, name_of

from equipoise.allocation import (
    BiasedCoinSpec,
    BigStickSpec,
    BlockUrnSpec,
    BrickTunnelSpec,
    ConstrainedSpec,
    DoublyAdaptiveSpec,
    GeneratorDraws,
    HuHuSpec,
    MaximalSpec,
    MinimisationSpec,
    PermutedBlocksSpec,
    RandomAllocationRuleSpec,
    RandomBlocksSpec,
    StratifiedSpec,
    ThompsonSpec,
    TruncatedBinomialSpec,
    UrnSpec,
    WeeklySwitchingSpec,
    allocate_sequence,
    apply_spec,
    drawn,
    next_step,
    spec_from_dict,
    spec_names,
    specs_for,
)
from equipoise.errors import DataError

EVERY = [*list_specs(8), *factor_specs(), DoublyAdaptiveSpec(gamma=1), ThompsonSpec(people=40)]


@pytest.mark.parametrize("spec", EVERY, ids=name_of)
def test_json_brings_back_the_same_spec(spec):
    again = spec_from_dict(json.loads(spec.canonical))
    assert again == spec
    assert again.canonical == spec.canonical
    assert hash(again) == hash(spec)


def test_every_procedure_is_tried_here():
    assert {spec.name for spec in EVERY} == set(spec_names())


def test_the_bytes_of_a_spec():
    assert BigStickSpec(arms=("active", "placebo"), limit=3).canonical == (
        '{"arms":["active","placebo"],"limit":3,"procedure":"big-stick","ratio":[1,1]}'
    )
    assert BiasedCoinSpec(probability=0.7).to_dict()["probability"] == "7/10"


UNFIT = [
    (BigStickSpec, {"ratio": (2, 1)}, "block-urn"),
    (BigStickSpec, {"arms": ("A", "B", "C")}, "block-urn"),
    (BiasedCoinSpec, {"ratio": (2, 1)}, "brick-tunnel"),
    (MaximalSpec, {"people": 9, "ratio": (2, 1)}, "permuted-blocks"),
    (UrnSpec, {"ratio": (2, 1)}, "random-allocation-rule"),
    (TruncatedBinomialSpec, {"people": 9, "ratio": (2, 1)}, "complete"),
    (BrickTunnelSpec, {"arms": ("A", "B", "C"), "ratio": (2, 1, 1)}, "block-urn"),
    (HuHuSpec, {"factors": FACTORS, "ratio": (2, 1)}, "minimisation"),
]


@pytest.mark.parametrize(("spec", "settings", "able"), UNFIT)
def test_a_ratio_that_it_cannot_hold_names_those_that_can(spec, settings, able):
    with pytest.raises(DataError, match="cannot hold the ratio") as told:
        spec(**settings)
    ratio = settings.get("ratio", (1,) * len(settings.get("arms", "AB")))
    assert able in specs_for(ratio)
    assert able in str(told.value).split("These can:")[1]
    assert spec.name not in str(told.value).split("These can:")[1].split(", ")


BAD = [
    (lambda: BigStickSpec(limit=0), "whole number from 1"),
    (lambda: BigStickSpec(arms=("A",)), "two or more arms"),
    (lambda: BigStickSpec(arms=("A", "A")), "two or more arms"),
    (lambda: PermutedBlocksSpec(ratio=(1, 1, 1)), "3 parts"),
    (lambda: PermutedBlocksSpec(size=3), "multiple of 2"),
    (lambda: RandomBlocksSpec(sizes=()), "sizes"),
    (lambda: RandomAllocationRuleSpec(people=7), "multiple of 2"),
    (lambda: BiasedCoinSpec(probability="two thirds"), "fraction such as 2/3"),
    (lambda: BiasedCoinSpec(probability=0.3), "between 1/2 and 1"),
    (lambda: BiasedCoinSpec(probability=float("nan")), "Got nan"),
    (lambda: UrnSpec(alpha=-1), "alpha, beta >= 0"),
    (lambda: BlockUrnSpec(sets=0), "sets"),
    (lambda: MinimisationSpec(factors={}), "one or more factors"),
    (lambda: MinimisationSpec(factors=FACTORS, probability="1/2"), "above 1/2"),
    (lambda: MinimisationSpec(factors=FACTORS, measure="iqr"), "range, sd or variance"),
    (lambda: HuHuSpec(factors=FACTORS, overall=-1), "Weights are >= 0"),
    (lambda: StratifiedSpec(within=MinimisationSpec(factors=FACTORS), factors=FACTORS), "lists"),
    (lambda: WeeklySwitchingSpec(groups=((1, 1), (4, 1))), "ratio says 1/2"),
    (lambda: ConstrainedSpec(covariates=((1,), (9,)), tolerance=(1,)), "Widen it"),
    (lambda: ConstrainedSpec(covariates=((0,),) * 30, tolerance=(1,)), "Form strata"),
    (lambda: ThompsonSpec(floor=0.6), "floor"),
    (lambda: spec_from_dict({"procedure": "big-stik"}), "There is no procedure"),
    (lambda: spec_from_dict({"procedure": "big-stick", "size": 4}), "Got size"),
    (lambda: MinimisationSpec(factors=FACTORS).person({"sex": "f"}), "site"),
    (lambda: MinimisationSpec(factors=FACTORS).person({"sex": "f", "site": "west"}), "'west'"),
    (lambda: apply_spec(ThompsonSpec(), 4), "follows outcomes"),
    (lambda: apply_spec(MinimisationSpec(factors=FACTORS), 4), "levels"),
]


@pytest.mark.parametrize(("make", "says"), BAD)
def test_bad_input_is_told(make, says):
    with pytest.raises(DataError, match=says):
        make()


@pytest.mark.parametrize("name", ["random-allocation-rule", "truncated-binomial", "maximal"])
def test_a_used_up_list_stops(name):
    spec = spec_from_dict({"procedure": name, "people": 4})
    with pytest.raises(DataError, match="used up"):
        spec.probabilities([0, 1, 0, 1])
    with pytest.raises(DataError, match="planned for 4 people"):
        allocate_sequence(spec, 5, GeneratorDraws(np.random.default_rng(1)))


class Numbers:
    """A source that gives these numbers, and keeps the bounds it was asked for."""

    def __init__(self, *numbers):
        self.numbers, self.bounds = list(numbers), []

    def below(self, n):
        self.bounds.append(n)
        return self.numbers.pop(0)


def test_thresholds_are_whole_numbers():
    chances = (Fraction(1, 2), Fraction(1, 3), Fraction(0), Fraction(1, 6))
    got = [drawn(chances, Numbers(k)) for k in range(6)]
    assert got == [0, 0, 0, 1, 1, 3]
    asked = Numbers(0)
    drawn((Fraction(0), Fraction(1)), asked)
    assert asked.bounds == [1]
    with pytest.raises(DataError, match="add up to 1"):
        drawn((Fraction(1, 2), Fraction(1, 3)), Numbers(0))


def test_each_place_may_have_a_source_of_its_own():
    spec = PermutedBlocksSpec(size=2)
    got = allocate_sequence(spec, 4, lambda place: Numbers(place % 2 if place % 2 == 0 else 0))
    assert got.arms == (0, 1, 0, 1)
    half, sure = (Fraction(1, 2),) * 2, (Fraction(0), Fraction(1))
    assert got.probabilities == (half, sure, half, sure)


def test_generator_draws_are_uniform_beyond_64_bits():
    draws = GeneratorDraws(np.random.default_rng(5))
    n = 3 * 2**80
    third = np.bincount([draws.below(n) * 3 // n for _ in range(3000)], minlength=3)
    assert ((third - 1000) ** 2 / 1000).sum() < 18.4  # chi-square, 2 df, alpha 1e-4
    assert {draws.below(1) for _ in range(10)} == {0}


def test_nothing_printed_or_logged_tells_an_arm(caplog, capsys):
    """Two lists that differ in every arm look the same wherever they might leak."""
    caplog.set_level(logging.DEBUG)
    spec = BigStickSpec(arms=("active-drug", "placebo-pill"), limit=5)
    shown = []
    for number in (0, 1):
        got = allocate_sequence(spec, 4, lambda _, k=number: Numbers(k))
        step = next_step(spec, spec.start(), Numbers(number))
        assert set(got.arms) == {number}
        shown.append((repr(got), str(got), f"{got}", repr(step), str(step)))
    assert shown[0] == shown[1]
    assert caplog.text == ""
    assert capsys.readouterr() == ("", "")


ODD = ["x", "", -1, 0, 2.5, True, None, (), ("x",), (0,), ((1,),), {"a": 1}, 10**30, float("inf")]


@pytest.mark.parametrize("spec", EVERY, ids=name_of)
def test_an_odd_parameter_is_a_data_error_or_right(spec):
    """A protocol is written by hand: whatever stands there, nobody sees a traceback."""
    data = spec.to_dict()
    for name in sorted(set(data) - {"procedure"}):
        for value in ODD:
            try:
                made = spec_from_dict(data | {name: value})
            except DataError:
                continue
            person = (0,) * len(getattr(made, "factors", ()))
            assert sum(made.probabilities([], person)) == 1, (name, value)
            assert spec_from_dict(json.loads(made.canonical)) == made
