"""When an intercurrent event happened, among the visits: the first visit that comes after it.

An event with a day is followed by the visits planned on later days. An event with a visit alone was
found there: it happened before that visit's score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import NotIdentifiedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def first_visit_after(
    events: pd.DataFrame,
    visits: Sequence[str],
    days: Sequence[int | None],
    all_visits: Sequence[str],
) -> pd.Series[int]:
    """Return for each participant the place in `visits` of the first visit after the event.

    Parameters
    ----------
    events : columns participant, visit, day
        Rows of one event. Who has it twice counts from the first time.
    visits, days : length k
        The visits analysed, in order, and the days on which they are planned.
    all_visits
        Every visit of the protocol in order: an event may be found at one that is not analysed.

    Returns
    -------
    pandas.Series
        By participant: 0 before the first visit, k after the last one.

    Raises
    ------
    NotIdentifiedError
        When an event has neither day nor visit, or visits have no day to compare with.
    """
    timeless = events["day"].isna() & events["visit"].isna()
    if timeless.any():
        raise NotIdentifiedError(
            f"{int(timeless.sum())} of {len(events)} events {events['event'].iloc[0]!r} have "
            "neither a visit nor a day. Which scores came after them must be known: add one."
        )
    by_day = events["day"].notna()
    if by_day.any() and (undated := [v for v, d in zip(visits, days, strict=True) if d is None]):
        raise NotIdentifiedError(
            f"Events have days, and the protocol gives none for the visits {', '.join(undated)}. "
            "Give the visits a `day`, or the events a visit."
        )
    order = {name: place for place, name in enumerate(all_visits)}
    places = np.array([order[name] for name in visits])
    dated = np.array([np.nan if d is None else d for d in days], dtype=np.float64)
    found = np.where(
        by_day,
        np.searchsorted(dated, events["day"].to_numpy(dtype=np.float64), side="right"),
        np.searchsorted(places, events["visit"].map(order).fillna(0).to_numpy(), side="left"),
    )
    return events.assign(_place=found).groupby("participant")["_place"].min().astype(int)
