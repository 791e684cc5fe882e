"""A secret in shares, of which some together give it back and fewer tell nothing.

Each byte is the constant of a random polynomial over GF(256); a share is the polynomials' values
at its index. The field is that of AES: polynomials modulo x^8 + x^4 + x^3 + x + 1 (0x11b).

References
----------
Shamir (1979), How to share a secret, Commun ACM 22:612-613. doi:10.1145/359168.359176
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import reduce
from operator import xor

from equipoise.concealment.randomness import Entropy
from equipoise.errors import DataError

POLYNOMIAL = 0x11B
MOST = 255


def _tables() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return powers of 3, which generates the field, and logarithms to it."""
    power, log, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        power[exponent] = power[exponent + 255] = value
        log[value] = exponent
        value ^= value << 1  # times 3
        value ^= POLYNOMIAL if value & 0x100 else 0
    return tuple(power), tuple(log)


_POWER, _LOG = _tables()


def multiply(a: int, b: int) -> int:
    """Multiply two elements of GF(256)."""
    return _POWER[_LOG[a] + _LOG[b]] if a and b else 0


def divide(a: int, b: int) -> int:
    """Divide an element of GF(256) by another, which is not 0."""
    if not b:
        raise ZeroDivisionError("division by 0 in GF(256)")
    return _POWER[_LOG[a] + 255 - _LOG[b]] if a else 0


def split(
    secret: bytes, *, shares: int, threshold: int, entropy: Entropy = secrets.token_bytes
) -> dict[int, bytes]:
    """Split a secret.

    Parameters
    ----------
    secret
        At least one byte.
    shares, threshold
        How many there are, and how many of them give the secret back: 2 <= threshold <= shares.
    entropy
        Gives the random coefficients: those of x for every byte first, then those of x^2, ...

    Returns
    -------
    dict
        Index (1, 2, ...) to share, as long as the secret.
    """
    if not secret:
        raise DataError("There is no secret to split: it is empty.")
    if not 2 <= threshold <= shares <= MOST:
        raise DataError(
            f"A split needs 2 <= threshold <= shares <= {MOST}. Got {threshold} of {shares}."
        )
    rows = [secret, *(entropy(len(secret)) for _ in range(threshold - 1))]
    return {
        x: bytes(_value(column, x) for column in zip(*rows, strict=True))
        for x in range(1, shares + 1)
    }


def combine(shares: Mapping[int, bytes]) -> bytes:
    """Give the value of the polynomials at 0: the secret, if the shares are enough and right.

    Nothing here can tell that they are too few or wrong; `custody` can.
    """
    if len({len(share) for share in shares.values()}) != 1:
        raise DataError("Shares of one secret have one length; these have several, or are none.")
    if not all(1 <= x <= MOST for x in shares):
        raise DataError(f"Shares are numbered from 1 to {MOST}. Got {sorted(shares)}.")
    weights = [_weight(x, [o for o in shares if o != x]) for x in shares]
    columns = zip(*shares.values(), strict=True)
    return bytes(reduce(xor, map(multiply, weights, column)) for column in columns)


def _value(coefficients: tuple[int, ...], x: int) -> int:
    """Evaluate a polynomial by Horner's rule, constant first."""
    total = 0
    for coefficient in reversed(coefficients):
        total = multiply(total, x) ^ coefficient
    return total


def _weight(x: int, others: list[int]) -> int:
    """Return Lagrange's weight at 0 of the share of index x; minus is plus in this field."""
    weight = 1
    for other in others:
        weight = multiply(weight, divide(other, x ^ other))
    return weight
