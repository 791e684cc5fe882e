"""equipoise self-blind step: record a participant's step in the web's ledger, or refuse it."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.cli.options import json_option
from equipoise.cli.vault_options import (
    by_option,
    ledger_of,
    ledger_option,
    now_option,
    trial_argument,
    zones_of,
)
from equipoise.concealment.verify_ledger import SACHET_STEPS, WHY_MISSED, WHY_STOPPED
from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.concealment.seal.zones import Zones
    from equipoise.concealment.self_blinding import State
    from equipoise.concealment.self_blinding.cards import PublicCards


@click.command()
@trial_argument
@click.argument("participant")
@click.argument("name", type=click.Choice(["begin", *SACHET_STEPS]), metavar="STEP")
@click.option("--count", "counts", type=int, multiple=True, help="pack: sachets of each content.")
@click.option("--drawn", type=int, help="shuffle: how many were drawn.")
@click.option("--discarded", is_flag=True, help="shuffle: the rest was thrown away unopened.")
@click.option("--label", "labels", multiple=True, help="label: each outer code, in order.")
@click.option("--destroyed", is_flag=True, help="label: the helper's sheet is destroyed.")
@click.option("--token", help="help: what the helper's sheet carries.")
@click.option("--days", type=int, help="postpone: by how many days.")
@click.option("--day", type=int, help="miss, ask: which dose day, from 1.")
@click.option("--outer", help="dose, open, lost: the code of the outer label.")
@click.option("--inner", help="open: the code of the inner card.")
@click.option("--why", type=click.Choice([*WHY_MISSED, *WHY_STOPPED]), help="miss, stop: why.")
@click.option(
    "--answers",
    type=click.Path(path_type=Path),
    help="ask, finish: the answers as JSON; only their hash is written.",
)
@click.option("--salt", metavar="HEX", help="Of the answers' hash; random by default.")
@by_option
@ledger_option
@now_option
@json_option
def step(trial: Path, participant: str, name: str, as_json: bool, **given: Any) -> None:
    """Record a STEP of PARTICIPANT in the web's ledger, if it can be now.

    STEP is begin (enter the cards that were issued), prepare, help, pack, shuffle, label, postpone,
    dose, miss, ask, stop, finish, open or lost. A step that cannot be is refused, says what comes
    next, and leaves a row "step refused"; it changes nothing else. Codes stand in the ledger as
    hashes, answers as a salted hash: keep the salt with the answers.

    \b
    Examples:
      equipoise self-blind step sealed/ P01 begin --by web
      equipoise self-blind step sealed/ P01 pack --count 8 --count 8 --by web
      equipoise self-blind step sealed/ P01 shuffle --drawn 8 --discarded --by web
      equipoise self-blind step sealed/ P01 dose --outer W4AM-AP9G --by web
      equipoise self-blind step sealed/ P01 ask --day 1 --answers day-1.json --by web
      equipoise self-blind step sealed/ P01 miss --day 2 --why "could not" --by web
      equipoise self-blind step sealed/ P01 open --outer W4AM-AP9G --inner 3KER-3GG7 --by web
    """
    from equipoise.concealment.self_blinding.files import cards_file, read_cards  # noqa: PLC0415

    zones = zones_of(trial)
    cards = read_cards(cards_file(zones, participant))
    told = _begin(zones, cards, given) if name == "begin" else _done(zones, cards, name, given)
    if as_json:
        click.echo(json.dumps(told, indent=1))
    elif not told["refused"]:
        click.echo(f"{name}: row {told['row']}. {told['next']}")
        if told["salt"]:
            click.echo(f"Keep the salt with the answers: {told['salt']}")
    if told["refused"]:
        raise DataError(told["refused"])


def _begin(zones: Zones, cards: PublicCards, given: dict[str, Any]) -> dict[str, Any]:
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415
    from equipoise.concealment.self_blinding.ledgered import issue, state_of  # noqa: PLC0415

    with opened_ledger(ledger_of(zones, given["ledger"])) as ledger:
        row = issue(ledger, cards, actor=given["by"], now=given["now"])
        state = state_of(ledger.store.rows(), cards.participant)
    return _told(row.seq, "", state, "")


def _done(zones: Zones, cards: PublicCards, name: str, given: dict[str, Any]) -> dict[str, Any]:
    from equipoise.concealment.opened_ledger import opened_ledger  # noqa: PLC0415
    from equipoise.concealment.self_blinding import Event  # noqa: PLC0415
    from equipoise.concealment.self_blinding.ledgered import record  # noqa: PLC0415

    details, salt = _details(cards, name, given)
    event = Event(name, given["now"], details)
    with opened_ledger(ledger_of(zones, given["ledger"])) as ledger:
        recorded = record(ledger, cards.participant, event, actor=given["by"])
    shown = "" if recorded.refused else salt
    return _told(recorded.row.seq, recorded.refused, recorded.state, shown)


def _details(cards: PublicCards, name: str, given: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Turn options into a step's details; what was not given is left out. Also return the salt."""
    from equipoise.concealment.kit_codes import read_kit_code  # noqa: PLC0415
    from equipoise.concealment.self_blinding.cards import INNER, OUTER, TOKEN  # noqa: PLC0415
    from equipoise.concealment.self_blinding.ledgered import answers_hash  # noqa: PLC0415
    from equipoise.concealment.self_blinding.steps import DESTROYED, DISCARDED  # noqa: PLC0415

    details: dict[str, Any] = {
        "counts": list(given["counts"]),
        "drawn": given["drawn"],
        "rest": DISCARDED if given["discarded"] else None,
        "labels": [cards.hash_of(OUTER, read_kit_code(code)) for code in given["labels"]],
        "sheet": DESTROYED if given["destroyed"] else None,
        "days": given["days"],
        "day": given["day"],
        "why": given["why"],
    }
    for kind, option in ((OUTER, "outer"), (INNER, "inner")):
        if given[option]:
            details[option] = cards.hash_of(kind, read_kit_code(given[option]))
    if given["token"]:
        token = "".join(given["token"].split()).lower()
        details["token"] = cards.hash_of(TOKEN, token)
    salt = ""
    if given["answers"]:
        raw = _salt(given["salt"])
        salt = raw.hex()
        details["answers"] = answers_hash(_answers(given["answers"]), raw, guess=name == "ask")
    return {k: v for k, v in details.items() if v is not None and v != []}, salt


def _salt(given: str | None) -> bytes:
    from equipoise.concealment.self_blinding.ledgered import SALT_BYTES  # noqa: PLC0415

    try:
        return bytes.fromhex(given) if given else secrets.token_bytes(SALT_BYTES)
    except ValueError as error:
        raise click.BadParameter("--salt is written as hexadecimal digits.") from error


def _answers(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is no JSON: {error}.") from error
    if not isinstance(found, dict):
        raise DataError(f"{path} must hold one JSON object of answers, a guess among them.")
    return found


def _told(row: int, refused: str, state: State, salt: str) -> dict[str, Any]:
    return {"row": row, "refused": refused, "next": _next(state), "salt": salt}


def _next(state: State) -> str:
    """Say what comes next, in words."""
    if "finish" in state.done:
        left = len(state.taken) - len(state.opened) - len(state.lost)
        return f"Next: open; inner cards left to scan: {left}." if left else "All is done."
    for day in state.unanswered:
        return f"Next: ask, of dose day {day}."
    path = ("prepare", "help", "pack", "label") if state.plan.helper else (
        "prepare", "pack", "shuffle", "label"
    )  # fmt: skip
    for name in path:
        if name not in state.done and "stop" not in state.done:
            return f"Next: {name}."
    if state.waiting:
        day = state.waiting[0]
        return f"Next: dose day {day} on {state.date_of(day).isoformat()}."
    return f"Next: finish, on {state.final_day.isoformat()} or later."
