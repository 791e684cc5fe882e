"""Totals from answers, by the instrument's own rule and its rule for missing items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from equipoise.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from equipoise.instruments.instrument import Instrument, Item, Scoring


def score_items(
    instrument: Instrument, answers: ArrayLike | Mapping[int, ArrayLike]
) -> NDArray[np.float64]:
    """Total the answers of one form, or of many at once.

    Parameters
    ----------
    instrument
        Whose items, answers allowed and missing-item rule are used.
    answers : shape (..., k), or a mapping from item number to values
        One answer for each of the k scored items in the order of the form; NaN or None where it
        is missing. A mapping may leave items out (they are missing) and may hold items that are
        not scored (they are checked, and do not count).

    Returns
    -------
    shape (...)
        Totals in the instrument's unit; NaN where the missing-item rule gives none.

    Examples
    --------
    >>> from equipoise.instruments import instrument
    >>> float(score_items(instrument("PHQ-9"), [1, 2, 0, 3, 0, 1, 1, 0, 0]))
    8.0
    """
    scoring, items = instrument.scoring, instrument.scored_items
    if not items or scoring is None:
        raise DataError(
            f"{instrument.id} cannot be scored from items: they are not in the library "
            "(because of their licence or for want of a source). Give the total instead."
        )
    if not isinstance(answers, Mapping):
        answers = _by_number(instrument, answers)
    given = {number: _checked(instrument, number, values) for number, values in answers.items()}
    columns = [given.get(item.number, np.asarray(np.nan)) for item in items]
    keyed = [_keyed(instrument, item, column) for item, column in zip(items, columns, strict=True)]
    table = np.stack(np.broadcast_arrays(*keyed), axis=-1)
    if scoring.groups:
        order = {item.number: position for position, item in enumerate(items)}
        groups = [[order[number] for number in group] for group in scoring.groups]
        return np.multiply(scoring.multiplier, _sum_of_highest(table, groups))
    return np.multiply(scoring.multiplier, _sum(table, scoring))


def _sum_of_highest(table: NDArray[np.float64], groups: list[list[int]]) -> NDArray[np.float64]:
    """Sum the highest answer of each group; NaN spreads, for the missing may have been highest."""
    highest = [table[..., group].max(axis=-1) for group in groups]
    return np.asarray(np.stack(highest, axis=-1).sum(axis=-1))


def _sum(table: NDArray[np.float64], scoring: Scoring) -> NDArray[np.float64]:
    """Sum, prorated where the instrument allows some answers to be missing."""
    count = table.shape[-1]
    answered = count - np.isnan(table).sum(axis=-1)
    total = np.nansum(table, axis=-1) * count / np.maximum(answered, 1)
    return np.where(answered >= max(count - scoring.missing_allowed, 1), total, np.nan)


def _keyed(instrument: Instrument, item: Item, given: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn the answers of a reversed item around."""
    values = [option.value for option in instrument.options_of(item)]
    return min(values) + max(values) - given if item.reversed else given


def _by_number(instrument: Instrument, answers: ArrayLike) -> dict[int, ArrayLike]:
    items = instrument.scored_items
    table = _numbers(instrument, answers)
    if table.ndim == 0 or table.shape[-1] != len(items):
        raise DataError(
            f"{instrument.id} has {len(items)} scored items; got answers of shape {table.shape}. "
            "Give one column an item, in the order of the form, and NaN for a missing answer."
        )
    return {item.number: table[..., position] for position, item in enumerate(items)}


def _checked(instrument: Instrument, number: int, values: ArrayLike) -> NDArray[np.float64]:
    item = next((item for item in instrument.items if item.number == number), None)
    if item is None:
        numbers = ", ".join(str(item.number) for item in instrument.items)
        raise DataError(f"{instrument.id} has no item {number!r}; its items are {numbers}.")
    given = _numbers(instrument, values)
    allowed = [option.value for option in instrument.options_of(item)]
    wrong = given[~np.isnan(given) & ~np.isin(given, allowed)]
    if wrong.size:
        raise DataError(
            f"{instrument.id} item {number}: found {wrong.flat[0]:g}; "
            f"allowed: {', '.join(f'{value:g}' for value in allowed)}, or NaN if missing."
        )
    return given


def _numbers(instrument: Instrument, values: ArrayLike) -> NDArray[np.float64]:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise DataError(f"The answers to {instrument.id} are not all numbers: {error}.") from None
