"""Two chains: a kit that only one of them knows, or knows otherwise, is found."""

from datetime import timedelta

import pytest

from equipoise.concealment.cross_chain import cross_check
from equipoise.concealment.ledger import next_row

from .conftest import T0

KIT = {"stratum": "s1", "kit": "K7QX-9MRT"}


def chain(name, details):
    rows = [next_row(None, "began", actor="s", now=T0, details={"trial": "T", "chain": name})]
    for number, one in enumerate(details, start=1):
        now = T0 + timedelta(minutes=number)
        rows.append(next_row(rows[-1], "allocated", actor="a", now=now, details=one))
    return rows


@pytest.fixture
def allocator():
    return chain("allocator", [{"participant": f"P{k}", **KIT} for k in range(1, 5)])


def web_of(allocator, change=None, order=(1, 2, 3, 4)):
    rows = {k: {"participant": f"P{k}", **KIT, "allocator_head": allocator[k].hash} for k in order}
    return chain("web", [change(k, rows[k]) if change else rows[k] for k in order])


def test_chains_that_agree_have_no_fault(allocator):
    assert cross_check(web_of(allocator), allocator) == ()


def test_a_row_that_one_chain_lacks_is_found(allocator):
    assert cross_check(web_of(allocator, order=(1, 2, 4)), allocator) == (
        "allocator row 4: unknown to the web",
    )
    assert cross_check(web_of(allocator), allocator[:-1]) == (
        "web row 5: no row of the allocator has the hash it names",
    )


@pytest.mark.parametrize(
    ("field", "value"), [("participant", "P9"), ("stratum", "s2"), ("kit", "K7QX-9MRW")]
)
def test_a_row_that_the_chains_tell_otherwise_is_found(allocator, field, value):
    def change(k, details):
        return details | {field: value} if k == 3 else details

    assert cross_check(web_of(allocator, change), allocator) == (
        f"web row 4: {field} not as in allocator row 4",
    )


def test_another_order_and_a_missing_head_are_found(allocator):
    assert cross_check(web_of(allocator, order=(1, 3, 2, 4)), allocator) == (
        "web row 4: allocator row 3 came before that of its elder",
    )

    def change(k, details):
        return {n: v for n, v in details.items() if n != "allocator_head"}

    assert len(cross_check(web_of(allocator, change), allocator)) == 8


def test_a_head_that_is_used_twice_is_found(allocator):
    web = web_of(allocator, order=(1, 1, 2, 3, 4))
    assert "web row 3: no row of the allocator has the hash it names" in cross_check(web, allocator)
