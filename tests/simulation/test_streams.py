"""Streams: the same trial whoever simulates it, in whatever block."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.special import ndtri

from equipoise.simulation import WORLDS, TrialStreams, scenario_key, trial_stream
from equipoise.simulation.streams import open_interval, standard_normal

KEY = scenario_key({"kappa": 0.65}, seed=3)


@dataclass(frozen=True)
class Assumed:
    kappa: float
    weeks: tuple[int, ...] = (1, 2)


@given(
    cuts=st.lists(st.integers(1, 11), unique=True).map(sorted),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=4),
)
@settings(max_examples=50, deadline=None)
def test_any_split_into_blocks_gives_the_same_bytes(cuts, sizes):
    whole = TrialStreams(KEY, 0, 12)
    expected = [whole.random((12, size)) for size in sizes]
    edges = [0, *cuts, 12]
    blocks = [TrialStreams(KEY, a, b) for a, b in pairwise(edges)]
    for size, want in zip(sizes, expected, strict=True):
        parts = [
            block.random((b - a, size))
            for block, (a, b) in zip(blocks, pairwise(edges), strict=True)
        ]
        assert np.concatenate(parts).tobytes() == want.tobytes()


@given(first=st.integers(0, 40), cut=st.integers(1, 7), name=st.sampled_from(sorted(WORLDS)))
@settings(max_examples=40, deadline=None)
def test_a_world_does_not_depend_on_blocks(first, cut, name):
    world = WORLDS[name]
    last = first + 8
    whole = world.draw(10, 8, TrialStreams(KEY, first, last), missing=(0.1, 0.2))
    one = world.draw(10, cut, TrialStreams(KEY, first, first + cut), missing=(0.1, 0.2))
    two = world.draw(10, 8 - cut, TrialStreams(KEY, first + cut, last), missing=(0.1, 0.2))
    for field in ("arm", "guess", "outcome", "cause"):
        parts = [getattr(one, field), getattr(two, field)]
        if parts[0] is not None:
            assert np.concatenate(parts).tobytes() == getattr(whole, field).tobytes()


def test_single_streams_are_the_rows_of_the_block():
    block = TrialStreams(KEY, 5, 9).random((4, 6))
    rows = [trial_stream(KEY, trial).random(6) for trial in range(5, 9)]
    assert_array_equal(block, rows)


def test_philox_counters_agree_with_numpy_jumps():
    # trial 1 starts 2**64 counters after trial 0, by NumPy's own arithmetic
    bits = np.random.Philox(key=KEY).advance(2**64)
    assert_array_equal(np.random.Generator(bits).random(5), trial_stream(KEY, 1).random(5))


def test_keys_know_content_and_seed_only():
    assert scenario_key({"a": 1, "b": 2}) == scenario_key({"b": 2, "a": 1})
    keys = {
        scenario_key(Assumed(0.65)),
        scenario_key(Assumed(0.66)),
        scenario_key(Assumed(0.65), seed=1),
        scenario_key(Assumed(0.65, weeks=(1, 3))),
    }
    assert len(keys) == 4
    assert scenario_key(Assumed(0.65)) == scenario_key(Assumed(0.65))


def test_streams_of_trials_are_uncorrelated():
    draws = TrialStreams(KEY, 0, 300).random((300, 400)) - 0.5
    corr = np.corrcoef(draws)[np.triu_indices(300, 1)]
    assert abs(corr.mean()) < 4 / np.sqrt(corr.size * 400)
    assert np.isclose(corr.std(), 1 / np.sqrt(400), rtol=0.03)


def test_normals_are_finite_at_both_ends_and_use_one_uniform_each():
    ends = ndtri(open_interval(np.array([0.0, 1 - 2.0**-53])))
    assert np.isfinite(ends).all()
    rng = trial_stream(KEY)
    uniform = trial_stream(KEY).random((3, 2))
    assert_array_equal(standard_normal(rng, (3, 2)), ndtri(open_interval(uniform)))


@pytest.mark.parametrize(("first", "last"), [(-1, 2), (3, 3), (0, 2**62 + 1)])
def test_impossible_trials_are_refused(first, last):
    with pytest.raises(ValueError, match="first < last"):
        TrialStreams(KEY, first, last)
    with pytest.raises(ValueError, match="trial index"):
        trial_stream(KEY, -1)


def test_the_first_axis_must_be_the_trials():
    with pytest.raises(ValueError, match="3 trials; asked for 4"):
        TrialStreams(KEY, 0, 3).random((4, 2))
