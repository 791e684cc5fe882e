"""Time functions fairly: best of several rounds, each long enough to be measured."""

import time
from collections.abc import Callable

Clock = Callable[[], float]


def best(
    function: Callable[[], object],
    rounds: int = 5,
    least_seconds: float = 0.05,
    clock: Clock = time.perf_counter,
) -> float:
    """Return the seconds of one call: the best round of `rounds`, each of many calls."""
    function()  # imports and caches are not what is measured
    calls = 1
    while (spent := _spent(function, calls, clock)) < least_seconds:
        calls *= max(2, int(least_seconds / max(spent, 1e-9)))
    return min(_spent(function, calls, clock) / calls for _ in range(rounds))


def _spent(function: Callable[[], object], calls: int, clock: Clock) -> float:
    start = clock()
    for _ in range(calls):
        function()
    return clock() - start


def row(what: str, seconds: float, peer: str = "", peer_seconds: float | None = None) -> None:
    """Print one line: what, how long, and how many times the peer took."""
    ours = f"{seconds * 1e3:10.3f} ms"
    if peer_seconds is None:
        print(f"{what:<58}{ours}   {peer}")
    else:
        ratio = peer_seconds / seconds
        print(f"{what:<58}{ours}   {peer} {peer_seconds * 1e3:.1f} ms: {ratio:,.1f} times")
