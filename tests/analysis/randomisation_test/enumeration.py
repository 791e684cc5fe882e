"""An oracle written apart from the package: list every allocation a procedure can give.

Each function yields (allocation as a tuple, probability as a Fraction), built person by person or
by permutation, without the package's blocks, tables or convolutions.
"""

from fractions import Fraction
from itertools import permutations, product


def blocks(sizes, in_each):
    """Yield consecutive blocks, whole, every distinct order of `in_each` equally likely."""
    orders = sorted(set(permutations(in_each)))
    for chosen in product(orders, repeat=len(sizes)):
        cut = [order[:size] for order, size in zip(chosen, sizes, strict=True)]
        yield tuple(arm for part in cut for arm in part), Fraction(1, len(orders) ** len(sizes))


def coin(people, chances):
    """Yield independent allocations."""
    for arms in product(range(len(chances)), repeat=people):
        probability = Fraction(1)
        for arm in arms:
            probability *= chances[arm]
        yield arms, probability


def shuffled(places, people):
    """Yield the first people of every distinct order of a list."""
    orders = sorted(set(permutations(places)))
    for order in orders:
        yield order[:people], Fraction(1, len(orders))


def sequential(people, chance_of_1):
    """Yield two-arm allocations by a rule: chance of arm 1 given the arms so far."""
    for arms in product((0, 1), repeat=people):
        probability = Fraction(1)
        for k, arm in enumerate(arms):
            one = chance_of_1(arms[:k])
            probability *= one if arm else 1 - one
        if probability:
            yield arms, probability


def difference(scores, arms, active=1, control=0):
    """Return the difference of means, as a fraction; 0 where an arm is empty."""
    one = [Fraction(s) for s, a in zip(scores, arms, strict=True) if a == active and s is not None]
    nil = [Fraction(s) for s, a in zip(scores, arms, strict=True) if a == control and s is not None]
    if not one or not nil:
        return Fraction(0)
    return sum(one) / len(one) - sum(nil) / len(nil)


def centred_sum(scores, arms):
    seen = [Fraction(s) for s in scores if s is not None]
    mean = sum(seen) / len(seen)
    return sum(
        Fraction(s) - mean for s, a in zip(scores, arms, strict=True) if a == 1 and s is not None
    )


def p_values(listed, statistic, observed):
    """Return (two-sided by distance from the mean, greater, less), as fractions."""
    values = [(statistic(arms), probability) for arms, probability in listed]
    assert sum(probability for _, probability in values) == 1
    mean = sum(value * probability for value, probability in values)
    own = statistic(observed)
    return (
        sum(q for value, q in values if abs(value - mean) >= abs(own - mean)),
        sum(q for value, q in values if value >= own),
        sum(q for value, q in values if value <= own),
    )
