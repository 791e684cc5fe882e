"""The order of the seven steps, tried by somebody who wants to get around it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from equipoise.concealment.self_blinding import ACTS, Cards, Event, SachetPlan, State, after, run
from equipoise.concealment.verify_ledger import SACHET_STEPS
from equipoise.errors import DataError


@pytest.fixture
def path(made, issued):
    return made.path_of(issued)


@pytest.fixture
def start(made, issued):
    return made.start_of(issued)


def upto(path, act, day=None):
    """Return the events before the first of that act (and day)."""
    for place, event in enumerate(path):
        if event.act == act and day in {None, event.details.get("day")}:
            return path[:place], event
    raise AssertionError(act)


def later(event, **details):
    return Event(event.act, event.at, {**event.details, **details})


def test_the_whole_path_ends_with_every_card_opened(start, path, issued):
    end = run(start, path)
    assert len(end.opened) == len(issued.public.outer)
    assert end.waiting == ()


def test_the_whole_path_with_a_helper(made, helped):
    assert len(run(made.start_of(helped), made.path_of(helped)).opened) == 3


def test_a_ledger_knows_the_same_steps():
    assert set(ACTS) == set(SACHET_STEPS)


@pytest.mark.parametrize("place", range(11))
def test_no_step_can_be_left_out(start, path, place):
    """Whichever event before the last questionnaire is dropped, no card is ever opened."""
    assert path[10].act == "finish"
    state = start
    for event in path[:place] + path[place + 1 :]:
        try:
            state = after(state, event)
        except DataError:
            continue
    assert not state.opened


@pytest.mark.parametrize("place", range(14))
def test_no_event_happens_twice(start, path, place):
    state = run(start, path[: place + 1])
    with pytest.raises(DataError):
        after(state, path[place])


def test_a_missed_day_gives_nothing_to_open(start, path):
    """None is no label: a missed day once let a card be opened with the label None."""
    before, dose = upto(path, "dose", 1)
    state = run(start, before)
    state = after(state, Event("miss", dose.at, {"day": 1, "why": "could not"}))
    rest = [e for e in path if e.details.get("day") in {2, 3} or e.act == "finish"]
    state = run(state, rest)
    inner = min(state.cards.inner)
    for outer in (None, "None", "", state.cards.outer[0]):
        with pytest.raises(DataError, match="No dose was taken"):
            after(state, Event("open", rest[-1].at, {"outer": outer, "inner": inner}))


@pytest.mark.parametrize("bad", [None, 9, ["x"], {"x": 1}, True, "", "x"])
@pytest.mark.parametrize("name", ["outer", "inner", "day", "answers", "counts", "labels"])
def test_strange_details_are_refused_and_never_crash(start, path, name, bad):
    state = start
    for event in path:
        if name in event.details and not (name == "answers" and bad == "x"):
            with pytest.raises(DataError):
                after(state, later(event, **{name: bad}))
        state = after(state, event)


def test_a_boolean_is_no_dose_day(start, path):
    before, ask = upto(path, "ask", 1)
    with pytest.raises(DataError, match="no dose day True"):
        after(run(start, before), later(ask, day=True))


def test_another_participants_codes_are_refused_without_a_word_about_them(made, start, path):
    other = made.cards_of("P09")
    before, dose = upto(path, "dose", 1)
    theirs = other.public.hashed.outer[0]
    with pytest.raises(DataError, match="not the one of today") as told:
        after(run(start, before), later(dose, outer=theirs))
    assert theirs not in str(told.value)
    before, opening = upto(path, "open")
    with pytest.raises(DataError, match="not one of your inner cards"):
        after(run(start, before), later(opening, inner=min(other.public.hashed.inner)))


def test_ones_own_label_of_another_day_is_refused(start, path):
    before, dose = upto(path, "dose", 1)
    state = run(start, before)
    for label in (*state.cards.outer[1:], *state.cards.inner):
        with pytest.raises(DataError, match="not the one of today, dose day 1"):
            after(state, later(dose, outer=label))


def test_the_same_code_has_another_hash_for_another_participant(made):
    mine, theirs = made.cards_of("P01").public, made.cards_of("P02").public
    assert mine.hash_of("outer-label", "K7QX-9MRT") != theirs.hash_of("outer-label", "K7QX-9MRT")
    assert mine.hash_of("outer-label", "K7QX-9MRT") != mine.hash_of("inner-card", "K7QX-9MRT")


def test_a_card_cannot_be_used_for_two_sachets(start, path):
    before, opening = upto(path, "open")
    state = after(run(start, before), opening)
    second = Event("open", opening.at, {**path[-1].details, "inner": opening.details["inner"]})
    with pytest.raises(DataError, match="scanned already, with another"):
        after(state, second)


@pytest.mark.parametrize(
    ("time", "zone", "right"),
    [
        (datetime(2027, 1, 4, 23, 59, tzinfo=UTC), "Europe/London", True),
        (datetime(2027, 1, 5, 0, 1, tzinfo=UTC), "Europe/London", False),
        (datetime(2027, 1, 5, 4, 30, tzinfo=UTC), "America/New_York", True),
        (datetime(2027, 1, 4, 4, 30, tzinfo=UTC), "America/New_York", False),
        (datetime(2027, 1, 3, 11, 0, tzinfo=UTC), "Pacific/Auckland", True),
    ],
)
def test_the_day_is_that_of_the_participants_own_calendar(made, time, zone, right):
    issued = made.cards_of(plan=made.plan_of(zone=zone))
    before, dose = upto(made.path_of(issued), "dose", 1)
    state = run(made.start_of(issued), [replace(e, at=time) for e in before])
    event = replace(dose, at=time)
    if right:
        assert after(state, event).taken
    else:
        with pytest.raises(DataError, match="no dose day"):
            after(state, event)


def test_a_time_written_in_another_zone_does_not_shift_the_day(start, path):
    """The zone that somebody's phone claims is not asked: the plan's is."""
    before, dose = upto(path, "dose", 1)
    state = run(start, before)
    far = timezone(timedelta(hours=14))
    claimed = datetime(2027, 1, 4, 9, tzinfo=far)  # 3 January in London
    with pytest.raises(DataError, match="no dose day"):
        after(state, replace(dose, at=claimed))
    with pytest.raises(DataError, match="needs its time zone"):
        after(state, replace(dose, at=datetime(2027, 1, 4, 9)))  # noqa: DTZ001


def test_a_clock_that_runs_back_is_refused(start, path):
    with pytest.raises(DataError, match="runs backwards"):
        after(run(start, path[:2]), replace(path[2], at=path[0].at - timedelta(seconds=1)))


def test_a_day_to_come_cannot_be_missed_so_as_to_open_early(start, path):
    before, dose = upto(path, "dose", 1)
    state = run(start, before)
    for day in (1, 2, 3):
        with pytest.raises(DataError, match="still to come"):
            after(state, Event("miss", before[-1].at, {"day": day, "why": "could not"}))
    with pytest.raises(DataError, match="no dose day 4"):
        after(state, Event("miss", dose.at, {"day": 4, "why": "could not"}))


def test_the_next_dose_waits_for_the_answers_of_the_last(start, path):
    before, dose = upto(path, "dose", 2)
    unanswered = [event for event in before if event.act != "ask"]
    with pytest.raises(DataError, match="First answer the questions of dose day 1"):
        after(run(start, unanswered), dose)


def test_the_last_questionnaire_waits_for_its_day(made):
    issued = made.cards_of(plan=made.plan_of(final_day=date(2027, 2, 1)))
    before, finish = upto(made.path_of(issued), "finish")
    with pytest.raises(DataError, match="2027-02-01 or later"):
        after(run(made.start_of(issued), before), replace(finish, at=before[-1].at))


def test_a_postponed_start_moves_every_day_and_stands_after_the_first(start, path):
    before, dose = upto(path, "dose", 1)
    state = after(run(start, before), Event("postpone", dose.at, {"days": 7}))
    assert state.date_of(1) == date(2027, 1, 11)
    with pytest.raises(DataError, match="no dose day"):
        after(state, dose)
    state = after(state, replace(dose, at=dose.at + timedelta(days=7)))
    with pytest.raises(DataError, match="calendar stands"):
        after(state, Event("postpone", state.last, {"days": 1}))


@pytest.mark.parametrize("days", [0, -1, 366, True, 1.0, "7", None])
def test_a_start_is_never_brought_forward(start, path, days):
    before, dose = upto(path, "dose", 1)
    with pytest.raises(DataError, match="1 to 365"):
        after(run(start, before), Event("postpone", dose.at, {"days": days}))


def test_a_start_cannot_be_put_off_into_the_past(start, path):
    before, dose = upto(path, "dose", 1)
    late = dose.at + timedelta(days=10)
    with pytest.raises(DataError, match="which is past"):
        after(run(start, before), Event("postpone", late, {"days": 9}))
    moved = after(run(start, before), Event("postpone", late, {"days": 10}))
    assert moved.date_of(1) == date(2027, 1, 14)


def test_who_stops_takes_nothing_more_and_opens_what_was_taken(start, path):
    before, dose = upto(path, "dose", 2)
    stop = Event("stop", dose.at, {"why": "unwanted effect"})
    state = after(run(start, before), stop)
    for event in (dose, Event("miss", dose.at, {"day": 2, "why": "forgot"}), stop):
        with pytest.raises(DataError, match="stopped"):
            after(state, event)
    opening = next(event for event in path if event.act == "open")
    with pytest.raises(DataError, match="stay sealed"):
        after(state, opening)
    finish = next(event for event in path if event.act == "finish")
    state = after(state, replace(finish, at=dose.at))
    assert len(after(state, opening).opened) == 1


def test_stopping_does_not_excuse_from_the_guess(start, path):
    before, ask = upto(path, "ask", 1)
    state = after(run(start, before), Event("stop", ask.at, {"why": "wish"}))
    finish = Event("finish", ask.at, {"answers": "ab" * 32})
    with pytest.raises(DataError, match="Dose days 1 are neither"):
        after(state, finish)
    assert after(after(state, ask), finish).done["finish"]


def test_a_lost_card_is_reported_once_and_may_still_be_found(start, path):
    before, opening = upto(path, "open")
    lost = Event("lost", opening.at, {"outer": opening.details["outer"]})
    state = after(run(start, before), lost)
    assert state.lost
    assert not state.opened
    with pytest.raises(DataError, match="reported as missing already"):
        after(state, lost)
    found = after(state, opening)
    assert not found.lost
    with pytest.raises(DataError, match="scanned already"):
        after(found, lost)


def test_a_lost_sachet_is_a_missed_day_with_its_reason(start, path):
    before, dose = upto(path, "dose", 1)
    state = run(start, before)
    with pytest.raises(DataError, match="Say why"):
        after(state, Event("miss", dose.at, {"day": 1, "why": "the blue one"}))
    gone = after(state, Event("miss", dose.at, {"day": 1, "why": "sachet lost"}))
    with pytest.raises(DataError, match="recorded already"):
        after(gone, dose)


def test_the_helpers_link_works_once_and_the_helper_tells_no_counts(made, helped):
    path, start = made.path_of(helped), made.start_of(helped)
    state = run(start, path[:2])
    with pytest.raises(DataError, match="used already"):
        after(state, path[1])
    with pytest.raises(DataError, match="plan packs 3"):
        after(state, later(path[2], counts=[2, 1]))
    with pytest.raises(DataError, match="must be destroyed"):
        after(
            run(start, path[:3]), Event("label", path[3].at, {"labels": path[3].details["labels"]})
        )
    with pytest.raises(DataError, match="not the link"):
        after(run(start, path[:1]), later(path[1], token="ab" * 32))


def test_nobody_helps_where_the_plan_says_alone(start, path):
    with pytest.raises(DataError, match="nobody helps"):
        after(run(start, path[:1]), Event("help", path[1].at, {"token": ""}))


def test_unknown_steps_and_fields_are_refused(start, path):
    with pytest.raises(DataError, match="no step 'reveal'"):
        after(start, Event("reveal", path[0].at))
    with pytest.raises(DataError, match="has no content"):
        after(start, Event("prepare", path[0].at, {"content": "sort 1"}))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"contents": {"sort 1": 8}}, "two contents or more"),
        ({"contents": {"sort 1": 8, "sort 2": 0}}, "one or more of each"),
        ({"contents": {"sort 1": 2, "sort 2": 1}}, "at least 4 must be packed"),
        ({"contents": {"sort 1": 200, "sort 2": 1}}, "200 is the most"),
        ({"dose_days": ()}, "ascending order"),
        ({"dose_days": (date(2027, 1, 5), date(2027, 1, 4))}, "ascending order"),
        ({"dose_days": (date(2027, 1, 5),) * 2}, "ascending order"),
        ({"final_day": date(2027, 1, 10)}, "cannot come before"),
        ({"zone": "London"}, "not known here"),
        ({"zone": "../etc/passwd"}, "not known here"),
    ],
)
def test_a_plan_that_cannot_blind_is_refused(made, changed, message):
    with pytest.raises(DataError, match=message):
        made.plan_of(**changed)


def test_a_plan_survives_being_written_down(made):
    plan = made.plan_of(final_day=date(2027, 2, 1), helper=True)
    assert SachetPlan.from_dict(plan.to_dict()) == plan


def test_cards_that_do_not_fit_the_plan_are_refused(made, issued):
    hashed = issued.public.hashed
    with pytest.raises(DataError, match="The plan needs 3 outer codes"):
        State(made.plan_of(), replace(hashed, outer=hashed.outer[:2]))
    twice = Cards((hashed.outer[0], *hashed.outer[:2]), hashed.inner)
    with pytest.raises(DataError, match="printed twice"):
        State(made.plan_of(), twice)
    with pytest.raises(DataError, match="no helper's token"):
        State(made.plan_of(), replace(hashed, token="ab" * 32))
