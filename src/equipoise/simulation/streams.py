"""Random streams keyed by (scenario, seed, trial): the same trial, whoever simulates it.

Every trial owns its own stretch of one counter-based generator (Philox; Salmon et al. 2011,
Proc. SC11), so a trial's numbers depend neither on how many trials stand before it in a block
nor on how many workers share the blocks.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, is_dataclass
from math import prod
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WORDS = 4  # a Philox counter yields four 64-bit words, and a double takes one
_TRIAL = 1 << 64  # counters between one trial and the next; no trial uses 2**66 numbers
_LAST = 1 << 62  # trial indices stay below it


class Uniforms(Protocol):
    """What a simulation draws from: a NumPy ``Generator`` or `TrialStreams`."""

    def random(self, size: tuple[int, ...], /) -> NDArray[np.float64]:
        """Return numbers in [0, 1); the first axis runs over trials."""
        ...


def scenario_key(scenario: object, *, seed: int = 0) -> int:
    """Hash a scenario and a seed to the 128-bit key of its random streams.

    Parameters
    ----------
    scenario
        A dataclass, or anything that JSON can hold. Equal content gives an equal key; the order
        of fields or entries does not matter.
    """
    content: Any = scenario
    if is_dataclass(scenario) and not isinstance(scenario, type):
        content = {"class": type(scenario).__name__, **asdict(scenario)}
    canonical = json.dumps({"scenario": content, "seed": seed}, sort_keys=True, allow_nan=False)
    return int.from_bytes(hashlib.sha256(canonical.encode()).digest()[:16], "big")


def trial_stream(key: int, trial: int = 0) -> np.random.Generator:
    """Return the generator of one trial, for simulations that make one trial at a time.

    Examples
    --------
    >>> key = scenario_key({"kappa": 0.65}, seed=1)
    >>> bool(trial_stream(key, 7).random() == TrialStreams(key, 5, 9).random((4, 1))[2, 0])
    True
    """
    if not 0 <= trial < _LAST:
        raise ValueError(f"a trial index lies in 0 .. 2**62 - 1; got {trial}")
    return np.random.Generator(np.random.Philox(key=key, counter=trial * _TRIAL))


class TrialStreams:
    """The streams of trials `first` to `last` - 1, drawn together on arrays.

    Offers `random` as a NumPy generator does, except that the first axis must run over exactly
    these trials; row i always comes from the stream of trial ``first + i``. Successive calls go
    on where the last one stopped, each starting at a fresh counter.
    """

    def __init__(self, key: int, first: int, last: int) -> None:
        if not 0 <= first < last <= _LAST:
            raise ValueError(f"trials need 0 <= first < last <= 2**62; got {first}, {last}")
        self._key = key
        self._first = first
        self._trials = last - first
        self._used = 0  # counters that earlier calls have taken of every trial

    def random(self, size: tuple[int, ...], /) -> NDArray[np.float64]:
        """Return numbers in [0, 1) of shape `size`, whose first axis is the trials."""
        if size[0] != self._trials:
            raise ValueError(f"these streams hold {self._trials} trials; asked for {size[0]}")
        out = np.empty((self._trials, prod(size[1:])))
        counters = -(-out.shape[1] // _WORDS)
        bits = np.random.Philox(key=self._key, counter=self._first * _TRIAL + self._used)
        rng = np.random.Generator(bits)
        for row in out:
            rng.random(out=row)
            bits.advance(_TRIAL - counters)
        self._used += counters
        return out.reshape(size)


def standard_normal(rng: Uniforms, size: tuple[int, ...]) -> NDArray[np.float64]:
    """Draw standard normals by the inverse distribution function.

    One uniform a number, unlike a rejection method, so that a trial's draws stay in step.
    """
    uniform = rng.random(size)
    return np.asarray(ndtri(open_interval(uniform)), dtype=np.float64)


def open_interval(uniform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move numbers of [0, 1) into (0, 1), where quantile functions are finite."""
    return uniform * (1 - 2.0**-53) + 2.0**-54
