"""What the allocator gave out live is what anybody derives afterwards from key and levels."""

import json

import pytest

from equipoise.concealment.allocator_home import Home
from equipoise.concealment.live_draws import live_kits
from equipoise.concealment.seal import Opening

from .conftest import ARMS, T0, plan_of, repeating, write_zones

FACTORS = {"sex": ["f", "m"], "age": ["young", "old"]}
PROCEDURES = ("minimisation", "hu-hu", "d-optimal")
PEOPLE = [{"sex": "fm"[k % 3 > 0], "age": ("young", "old")[k % 5 > 2]} for k in range(14)]


@pytest.fixture(params=PROCEDURES)
def opening(request):
    procedure = {"procedure": request.param, "factors": FACTORS, "arms": list(ARMS)}
    kits = dict.fromkeys(ARMS, 12)
    plan = plan_of(ARMS, procedure=procedure, strata=(), kits=kits)
    return Opening.fresh(plan, repeating("live"))


def give(allocator, number):
    asked = {"verb": "allocate", "stratum": "pool", "participant": f"P{number}",
             "request": f"k{number}", "levels": PEOPLE[number]}  # fmt: skip
    return allocator.answer(json.dumps(asked).encode())


def test_kits_are_those_derived_afterwards_also_over_a_restart_and_by_two(opening, tmp_path):
    home = Home(write_zones(opening, tmp_path / "sealed"))
    first, second = (home.allocator(lambda: T0) for _ in range(2))
    given = []
    for number in range(len(PEOPLE)):
        if number == 9:
            first.close()
            first = home.allocator(lambda: T0)
        given.append(give(first if number % 3 else second, number)["kit"])
    first.close()
    second.close()
    assert given == list(live_kits(opening, PEOPLE))


def test_an_unknown_level_allocates_nobody(opening, tmp_path):
    allocator = Home(write_zones(opening, tmp_path / "sealed")).allocator(lambda: T0)
    asked = {"verb": "allocate", "stratum": "pool", "participant": "P1", "request": "k",
             "levels": {"sex": "x", "age": "old"}}  # fmt: skip
    answer = allocator.answer(json.dumps(asked).encode())
    status = allocator.answer(b'{"verb": "status"}')
    allocator.close()
    assert "has no level 'x'" in answer["message"]
    assert status["strata"][0]["given"] == 0
