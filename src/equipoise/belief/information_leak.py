"""Information leak: how many bits about the arm a participant's guess gives away.

0 bits is a perfect blind; the entropy of the arm (1 bit for two equal arms) is no blind at all.
Any number of arms and of answers: "don't know" is an answer like another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtr, chndtrinc, ndtri, rel_entr, xlogy

from equipoise.belief.coded_answers import cluster_sums, clusters
from equipoise.errors import DataError, NotIdentifiedError
from equipoise.estimates import Estimate, Estimates, Refusal

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

METHOD = (
    "Mutual information of arm and guess (Shannon 1948), plug-in; interval from the noncentral "
    "chi-square law of the G statistic, scaled to the clustered variance; permutation p value"
)


@dataclass(frozen=True, slots=True)
class InformationLeak:
    """Bits about the arm in the guess.

    `bits` is the plug-in; `miller_madow` takes off its bias (0 at least); `arm_entropy` is the
    most there could be; `df` is (arms - 1)(answers - 1).
    """

    bits: float
    low: float
    high: float
    level: float
    p: float
    miller_madow: float
    arm_entropy: float
    df: int


def mutual_information(table: ArrayLike) -> FloatArray:
    """Return the plug-in mutual information in bits of tables, shape (..., arms, answers).

    2 n ln(2) times it is the likelihood-ratio statistic G of independence.

    Examples
    --------
    >>> float(mutual_information([[50, 0], [0, 50]]))
    1.0
    """
    counts = np.asarray(table, dtype=np.float64)
    joint = counts / counts.sum(axis=(-2, -1), keepdims=True)
    product = joint.sum(axis=-1, keepdims=True) * joint.sum(axis=-2, keepdims=True)
    bits: FloatArray = rel_entr(joint, product).sum(axis=(-2, -1)) / np.log(2)
    return np.maximum(bits, 0.0)


def information_leak(
    arm: ArrayLike,
    guess: ArrayLike,
    *,
    rng: np.random.Generator,
    cluster: ArrayLike | None = None,
    draws: int = 2000,
    level: float = 0.95,
) -> InformationLeak:
    """Estimate the mutual information between arm and guess.

    Parameters
    ----------
    arm, guess : shape (n,)
        Codes or names of any kind. Rows without a guess must have been left out.
    cluster : shape (n,), optional
        Person of each row. Arms are permuted within people where people change arms,
        otherwise whole people are permuted.
    draws
        Permutations; p is (1 + hits) / (1 + draws).

    References
    ----------
    Miller (1955), in Information Theory in Psychology, 95-100 (bias of the plug-in).
    Phipson & Smyth (2010), Stat Appl Genet Mol Biol 9:39 (a permutation p is never 0).
    """
    received, believed, person = _coded(arm, guess, cluster)
    table = _table(received, believed)
    rows, columns = table.shape
    if rows < 2:
        raise NotIdentifiedError("Information about the arm needs guesses from at least two arms.")
    bits = float(mutual_information(table))
    shuffled = _permuted_tables(received, believed, person, draws, rng)
    hits = int((mutual_information(shuffled) >= bits - 1e-12).sum())
    df = (rows - 1) * (columns - 1)
    low, high = _interval(table, _design_effect(table, received, believed, person), df, level)
    of_arm = table.sum(axis=1) / table.sum()
    entropy = float(-xlogy(of_arm, of_arm).sum() / np.log(2))
    excess = np.count_nonzero(table) - rows - columns + 1
    corrected = bits - excess / (2 * table.sum() * np.log(2))
    return InformationLeak(
        bits=bits,
        low=min(low, entropy),
        high=min(high, entropy),
        level=level,
        p=(1 + hits) / (1 + draws),
        miller_madow=float(np.clip(corrected, 0.0, entropy)),
        arm_entropy=entropy,
        df=df,
    )


def _coded(
    arm: ArrayLike, guess: ArrayLike, cluster: ArrayLike | None
) -> tuple[IntArray, IntArray, IntArray]:
    received, believed = np.asarray(arm), np.asarray(guess)
    if received.ndim != 1 or received.shape != believed.shape or not received.size:
        raise DataError(
            "`arm` and `guess` need one value a row each, at least one row; "
            f"got shapes {received.shape} and {believed.shape}."
        )
    missing = [v is None or v != v for v in believed.tolist()]  # noqa: PLR0124  (NaN is not itself)
    if any(missing):
        raise DataError(f"{sum(missing)} rows have no guess: leave them out, and count them.")
    codes = [np.unique(values, return_inverse=True)[1] for values in (received, believed)]
    return codes[0], codes[1], clusters(cluster, received.size)


def _table(received: IntArray, believed: IntArray) -> FloatArray:
    table = np.zeros((received.max() + 1, believed.max() + 1))
    np.add.at(table, (received, believed), 1)
    return table


def _permuted_tables(
    received: IntArray, believed: IntArray, person: IntArray, draws: int, rng: np.random.Generator
) -> FloatArray:
    """Tables under arms dealt anew, shape (draws, arms, answers)."""
    arms = received.max() + 1
    first = np.full(person.max() + 1, arms)
    np.minimum.at(first, person, received)
    if (first[person] == received).all():  # nobody changes arm: deal arms to people
        dealt = rng.permuted(np.tile(first, (draws, 1)), axis=1)[:, person]
    else:  # deal each person's own arms to that person's rows
        dealt = np.empty((draws, received.size), dtype=np.intp)
        home = np.argsort(person, kind="stable")
        order = np.argsort(person + rng.random((draws, received.size)), axis=1)
        dealt[:, home] = received[order]
    answers = np.eye(believed.max() + 1)[believed]
    return np.stack([(dealt == a) @ answers for a in range(arms)], axis=1)


def _surprise(table: FloatArray) -> tuple[FloatArray, float, float]:
    """Log ratio of joint to product in each cell, its mean (nats) and its variance."""
    joint = table / table.sum()
    product = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    ratio = np.log(np.divide(joint, product, out=np.ones_like(joint), where=joint > 0))
    mean = float((joint * ratio).sum())
    return ratio, mean, float((joint * (ratio - mean) ** 2).sum())


def _design_effect(
    table: FloatArray, received: IntArray, believed: IntArray, person: IntArray
) -> float:
    """Clustered over unclustered variance of the linearised mutual information."""
    ratio, mean, variance = _surprise(table)
    people = person.max() + 1
    if people == received.size or variance < 1e-12:
        return 1.0
    sums = cluster_sums(ratio[received, believed] - mean, person)
    return float(people / (people - 1) * (sums**2).sum() / (received.size * variance))


def _interval(table: FloatArray, design: float, df: int, level: float) -> tuple[float, float]:
    """Interval for the noncentrality of G, which is about c times noncentral chi-square.

    The lower end inverts that law. The upper end is (sqrt G + z)^2, since the root of G is the
    length of a normal vector: inversion would give an empty interval when G is very small.
    Near independence c is 1 (times the design effect). Far from it the variance of the estimate
    falls short of the chi-square's, and c is their ratio, at counts with one added to
    each cell so that a table with empty cells does not claim certainty.
    """
    if df == 0:  # everybody gave the same answer
        return 0.0, 0.0
    _, information, variance = _surprise(table + 1)
    scale = design * variance / (2 * information) if information > 1e-12 else design
    doubled_n = 2 * table.sum() * np.log(2)
    g = doubled_n * float(mutual_information(table)) / scale
    tail = (1 - level) / 2
    low = float(chndtrinc(g, df, 1 - tail)) if chdtr(df, g) > 1 - tail else 0.0
    high = (np.sqrt(g) + ndtri(1 - tail)) ** 2  # missed by at most `tail`, at any df
    return low * scale / doubled_n, float(high) * scale / doubled_n


def information_leak_estimates(
    arm: ArrayLike,
    guess: ArrayLike,
    *,
    rng: np.random.Generator,
    cluster: ArrayLike | None = None,
    draws: int = 2000,
    level: float = 0.95,
) -> Estimates:
    """Return rows `information-leak` in bits: the plug-in, and with its bias taken off."""
    try:
        found = information_leak(arm, guess, rng=rng, cluster=cluster, draws=draws, level=level)
    except NotIdentifiedError as error:
        return Estimates(refused=(Refusal("information-leak", str(error)),))
    unit = f"bits (0 blind, {found.arm_entropy:.3f} unblinded)"
    plug_in = Estimate(
        "information-leak",
        "plug-in",
        estimate=found.bits,
        low=found.low,
        high=found.high,
        level=level,
        df=found.df,
        p=found.p,
        unit=unit,
        estimand="Mutual information between arm and guess",
        method=METHOD,
        assumptions=("None: it describes",),
        warnings=(
            "The plug-in is biased upward by about df/(2 n ln 2) bits: read the Miller-Madow row "
            "beside it.",
        ),
    )
    corrected = Estimate(
        "information-leak",
        "miller-madow",
        estimate=found.miller_madow,
        unit=unit,
        estimand=plug_in.estimand,
        method="Plug-in less its first-order bias (Miller 1955), not below 0",
        assumptions=plug_in.assumptions,
    )
    return Estimates((plug_in, corrected))
