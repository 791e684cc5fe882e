"""Codes and boxes: nothing of a code tells what it means, and only the final key does."""

from collections import Counter

import pytest

from equipoise.concealment.boxes import BoxKey
from equipoise.concealment.framing import canonical_json
from equipoise.concealment.kit_codes import read_kit_code
from equipoise.concealment.randomness import Key
from equipoise.concealment.self_blinding import cards as module
from equipoise.concealment.self_blinding.cards import (
    CardBox,
    PublicCards,
    issue_cards,
    open_card,
    root_of_boxes,
)
from equipoise.concealment.self_blinding.ledgered import issued_details
from equipoise.errors import DataError


def test_every_code_is_another_and_can_be_typed(made, issued):
    public = issued.public
    every = [*public.outer, *public.inner]
    assert len(set(every)) == len(every) == 3 + 8
    assert [read_kit_code(code.lower()) for code in every] == every
    assert list(public.inner) == sorted(public.inner)


def test_the_final_key_opens_what_was_drawn(made, issued):
    opened = open_card(made.FINAL, made.TRIAL, "P01", issued.boxes)
    drawn = {card.code: card.content for card in issued.drawn}
    assert opened == [drawn[box.code] for box in issued.boxes]
    assert Counter(opened) == {"sort 1": 4, "sort 2": 4}


def test_another_key_or_a_moved_box_opens_nothing(made, issued):
    with pytest.raises(DataError, match="does not open"):
        open_card(BoxKey(b"x" * 32), made.TRIAL, "P01", issued.boxes)
    swapped = (
        CardBox(issued.boxes[0].code, issued.boxes[1].box),
        CardBox(issued.boxes[1].code, issued.boxes[0].box),
        *issued.boxes[2:],
    )
    with pytest.raises(DataError, match="another kit or place"):
        open_card(made.FINAL, made.TRIAL, "P01", swapped)
    with pytest.raises(DataError, match="another kit or place"):
        open_card(made.FINAL, made.TRIAL, "P02", issued.boxes)
    assert root_of_boxes("P01", swapped) != issued.public.root


def test_boxes_have_one_length_whatever_contents_are_called(made):
    sizes = set()
    for contents in ({"a": 4, "b" * 62: 4}, {"µ" * 31: 4, "placebo": 4}):
        issued = made.cards_of(plan=made.plan_of(contents=contents))
        sizes |= {len(box.box) for box in issued.boxes}
    assert len(sizes) == 1
    with pytest.raises(DataError, match="longer than 62 bytes"):
        made.cards_of(plan=made.plan_of(contents={"a": 4, "b" * 63: 4}))


def test_the_same_key_gives_the_same_codes_and_no_other_does(made, issued):
    again = made.cards_of()
    assert again.public.to_dict() | {"root": ""} == issued.public.to_dict() | {"root": ""}
    assert again.drawn == issued.drawn
    other = issue_cards(
        Key(b"j" * 32), made.TRIAL, "P01", made.plan_of(), final_key=made.FINAL.public
    )
    assert not set(other.public.inner) & set(issued.public.inner)


def test_two_worlds_in_which_every_meaning_is_swapped_look_the_same(made, issued, monkeypatch):
    """All that the web zone and the ledger get is equal, but for the root over the boxes."""
    real = module._contents
    swap = {"sort 1": "sort 2", "sort 2": "sort 1"}
    monkeypatch.setattr(module, "_contents", lambda *given: [swap[one] for one in real(*given)])
    other = made.cards_of()
    assert {c.code: swap[c.content] for c in other.drawn} == {
        c.code: c.content for c in issued.drawn
    }
    for told in (lambda one: one.public.to_dict(), lambda one: issued_details(one.public)):
        ours, theirs = told(issued) | {"root": ""}, told(other) | {"root": ""}
        assert canonical_json(ours) == canonical_json(theirs)
    assert [len(box.box) for box in issued.boxes] == [len(box.box) for box in other.boxes]
    assert [box.code for box in issued.boxes] == [box.code for box in other.boxes]


def test_the_web_zone_knows_no_meaning_and_no_token(made, helped):
    text = canonical_json(helped.public.to_dict()).decode()
    assert helped.token not in text
    assert "content" not in text.replace('"contents":{"sort 1":4,"sort 2":4}', "")
    assert PublicCards.from_dict(helped.public.to_dict()) == helped.public


def test_nothing_shows_itself(issued):
    assert "sort" not in repr(issued)
    assert "sort" not in repr(issued.drawn[0])


def test_codes_of_others_are_never_given_again(made, issued):
    taken = frozenset((*issued.public.outer, *issued.public.inner))
    again = made.cards_of(taken=taken)
    assert not taken & {*again.public.outer, *again.public.inner}


def test_a_helpers_draw_is_hypergeometric(made):
    """Over 400 keys: 3 of 4 + 4 drawn; chances 4 24 24 4 of 56 for 0 to 3 of the first sort."""
    counts = Counter()
    plan = made.plan_of(helper=True)
    for number in range(400):
        key = Key(number.to_bytes(32, "big"))
        drawn = module._contents(key, made.TRIAL, "P02", plan)
        counts[drawn.count("sort 1")] += 1
    expected = [400 * ways / 56 for ways in (4, 24, 24, 4)]
    chi2 = sum((counts[k] - e) ** 2 / e for k, e in enumerate(expected))
    assert chi2 < 16.27  # 0.999 of chi-square with 3 degrees of freedom


def test_cards_that_cannot_be_read_say_so(made, issued):
    data = issued.public.to_dict()
    with pytest.raises(DataError, match="cannot be read"):
        PublicCards.from_dict({k: v for k, v in data.items() if k != "outer"})
    with pytest.raises(DataError, match="the format 'x'"):
        PublicCards.from_dict(data | {"format": "x"})
    with pytest.raises(DataError, match="participant's code"):
        made.cards_of("P 01")
