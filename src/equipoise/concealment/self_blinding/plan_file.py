"""The file of sachet plans: what is common to all participants, and what is their own.

contents: {sort 1: 8, sort 2: 8}      # how many sachets of each are packed
dose_days: [2027-01-04, 2027-01-07]
final_day: 2027-02-01                 # the last questionnaire, on this day or later
zone: Europe/London
participants:
  P01: {}
  P02: {zone: America/New_York, helper: yes}
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from equipoise.concealment.self_blinding.plan import SachetPlan
from equipoise.errors import DataError

OF_A_PLAN = ("contents", "dose_days", "zone", "final_day", "helper")
YES, NO = ("yes", "true"), ("no", "false", "")


def read_plans(path: Path) -> dict[str, SachetPlan]:
    """Return participant to plan, in the file's order.

    Raises
    ------
    DataError
        If the file is missing, is no YAML, or a plan in it cannot be used; the participant is told.
    """
    content = _content(path)
    people = content.pop("participants", None)
    if not isinstance(people, dict) or not people:
        raise DataError(f"{path.name} names no participants (participants: P01: {{}}).")
    plans = {}
    for participant, own in people.items():
        given = content | (own if isinstance(own, dict) else {})
        try:
            plans[str(participant)] = _plan(given)
        except DataError as error:
            raise DataError(f"{path.name}, participant {participant}: {error}") from error
    return plans


def _plan(given: dict[str, Any]) -> SachetPlan:
    if odd := sorted(set(given) - set(OF_A_PLAN)):
        raise DataError(f"There is no {odd[0]!r} in a plan; there are {', '.join(OF_A_PLAN)}.")
    helper = str(given.get("helper", "no")).lower()
    if helper not in (*YES, *NO):
        raise DataError(f"helper is yes or no. Got {helper!r}.")
    return SachetPlan.from_dict(given | {"helper": helper in YES})


def _content(path: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415  (only this function reads YAML)

    if not path.is_file():
        raise DataError(f"There is no file {path}. It holds the plans of the sachets (YAML).")
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506  (texts, lists and dicts)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} is no YAML: {error}.") from error
    if not isinstance(content, dict):
        raise DataError(f"{path.name} must hold contents, dose_days, zone and participants.")
    return content
