"""Imbalances and probabilities of minimisation by smallerize 0.5.0 (MPL 2.0, from the registry).

Run in an environment of its own that has smallerize:

    python minimisation_smallerize.py > minimisation_smallerize.json

Histories are drawn by a linear congruence, so that they need no NumPy. smallerize breaks ties at
random; where arms tie only the imbalances are comparable. At unequal ratios it adds 1, not 1/ratio,
to the weighted count of the arm that is tried, so that only its biased-coin probabilities, given
which arm is favoured, are taken from it there.
"""

import importlib
import json
import sys

# only where the script is run: the tests' environment has no smallerize
smallerize = importlib.import_module("smallerize") if __name__ == "__main__" else None

MEASURES = {"range": "range", "sd": "standard_deviation", "variance": "variance"}


def numbers(seed):
    while True:
        seed = (1103515245 * seed + 12345) % 2**31
        yield seed >> 16


def case(seed, arms, sizes, weights, *, measure, p):
    random = numbers(seed)
    factors = [
        smallerize.Factor(f"f{k}", [str(j) for j in range(size)], weight=weight)
        for k, (size, weight) in enumerate(zip(sizes, weights, strict=True))
    ]
    minimizer = smallerize.Minimizer(
        factors,
        [smallerize.Arm(name) for name in "ABCD"[:arms]],
        d_imbalance_method=MEASURES[measure],
        total_imbalance_method="weighted_sum",
        probability_method="best_only",
        preferred_p=p,
    )
    people, given = [], []
    for _ in range(25):
        person = [next(random) % size for size in sizes]
        arm = next(random) % arms
        people.append(person)
        given.append(arm)
        levels = {f"f{k}": str(level) for k, level in enumerate(person)}
        minimizer.add_existing_participant(levels, "ABCD"[arm])
    steps = []
    for _ in range(12):
        person = [next(random) % size for size in sizes]
        levels = {f"f{k}": str(level) for k, level in enumerate(person)}
        imbalance = minimizer.get_new_total_imbalances(levels)
        chance = minimizer.get_arm_probability(dict(imbalance))
        values = sorted(imbalance.values())
        tied = abs(values[0] - values[1]) < 1e-9
        steps.append(
            {
                "person": person,
                "imbalance": [imbalance[a] for a in "ABCD"[:arms]],
                "chance": None if tied else [chance[a] for a in "ABCD"[:arms]],
            }
        )
    return {
        "arms": arms,
        "sizes": sizes,
        "weights": weights,
        "measure": measure,
        "p": p,
        "people": people,
        "given": given,
        "steps": steps,
    }


def biased_coin(ratio, p):
    arms = [smallerize.Arm(name, part) for name, part in zip("ABCD", ratio, strict=False)]
    minimizer = smallerize.Minimizer(
        [smallerize.Factor("f", ["0", "1"])],
        arms,
        d_imbalance_method="range",
        probability_method="biased_coin",
        preferred_p=p,
    )
    names = "ABCD"[: len(ratio)]
    found = []
    for favoured in names:
        ranked = [favoured] + [a for a in names if a != favoured]
        chance = dict(zip(ranked, minimizer._get_arm_probability_biased_coin(ranked), strict=True))
        found.append([chance[a] for a in names])
    return {"ratio": ratio, "p": p, "favoured": found}


def main():
    cases = [
        case(1, 2, [2, 4, 2], [1, 1, 1], measure="range", p=0.8),
        case(2, 2, [2, 3], [2, 1], measure="variance", p=0.75),
        case(3, 2, [3, 3, 2], [1, 2, 3], measure="sd", p=0.9),
        case(4, 3, [2, 4, 2], [1, 1, 1], measure="range", p=0.8),
        case(5, 3, [2, 3], [3, 1], measure="variance", p=0.7),
        case(6, 3, [2, 2, 5], [1, 0.5, 2], measure="sd", p=0.85),
        case(7, 4, [2, 4], [1, 1], measure="range", p=0.6),
        case(8, 4, [3, 2, 2], [1, 4, 2], measure="variance", p=0.5),
        case(9, 4, [2, 2], [1, 1], measure="sd", p=1.0),
    ]
    coins = [
        biased_coin(r, p)
        for r, p in (
            ([1, 2], 0.8),
            ([2, 1, 1], 0.75),
            ([1, 2, 3], 0.7),
            ([3, 2], 0.9),
            ([4, 1, 2, 2], 0.65),
        )
    ]
    json.dump({"cases": cases, "biased_coin": coins}, sys.stdout, indent=None)
    print()


if __name__ == "__main__":
    main()
