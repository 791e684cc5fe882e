"""From the options of `equipoise seal` to the plan that is sealed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from equipoise.concealment.seal import SealPlan
    from equipoise.protocol import Protocol


def seal_plan(protocol: Protocol, options: dict[str, Any]) -> SealPlan:
    """Make the plan of a seal out of the protocol and the options of `equipoise seal`.

    Raises
    ------
    click.UsageError
        If options are missing or contradict each other.
    DataError
        If the procedure cannot be sealed, or not so.
    """
    from equipoise.allocation import spec_from_dict  # noqa: PLC0415  (--help is instant)
    from equipoise.concealment.seal import SealPlan, strata_of  # noqa: PLC0415

    ratio = dict(protocol.allocation.ratio) if protocol.allocation else {}
    arms = [arm for arm in protocol.arm_names if ratio.get(arm, 1)]
    given = {name: _value(text) for name, text in _pairs(options["parameters"], "--parameter")}
    named = {"arms": arms, "ratio": [ratio.get(arm, 1) for arm in arms]}
    procedure = {"procedure": _procedure(protocol, options["procedure"]), **named, **given}
    if options["slots"] and options["strata"]:
        raise click.UsageError("--slots is for one list; with --stratum each has its own length.")
    strata = {name: _count(n, "--stratum") for name, n in _pairs(options["strata"], "--stratum")}
    if options["slots"]:
        _refuse_one_list(protocol)
        strata = {"all": options["slots"]}
    kits = {arm: _count(n, "--arm-kits") for arm, n in _pairs(options["arm_kits"], "--arm-kits")}
    if not strata and not kits:
        raise click.UsageError("How long is the list? Give --slots, or --stratum for each stratum.")
    return SealPlan(
        trial=protocol.identifier,
        protocol=protocol.sha256,
        procedure=spec_from_dict(procedure).to_dict(),
        strata=strata_of(strata),
        kits=kits or None,
        beacon=options["announce"] or "",
    )


def _procedure(protocol: Protocol, asked: str | None) -> str:
    """Return the procedure asked for; of a protocol that names none, the big stick."""
    if asked:
        return asked
    if protocol.allocation is not None:
        raise click.UsageError(
            f"The protocol says {protocol.allocation.procedure!r}: which --procedure is that?"
        )
    click.echo("The protocol names no procedure: big stick with limit 5 (hard to guess).", err=True)
    return "big-stick"


def _refuse_one_list(protocol: Protocol) -> None:
    strata = protocol.allocation.strata if protocol.allocation else ()
    if strata:
        raise click.UsageError(
            f"The protocol stratifies by {', '.join(strata)}: give --stratum NAME=SLOTS for each "
            f"stratum, not --slots."
        )


def _pairs(texts: tuple[str, ...], option: str) -> list[tuple[str, str]]:
    pairs = [tuple(text.rpartition("=")[::2]) for text in texts]
    if option == "--parameter":
        pairs = [tuple(text.partition("=")[::2]) for text in texts]
    if odd := [text for text in texts if "=" not in text]:
        raise click.BadParameter(f"{option} is written NAME=VALUE. Got {odd[0]!r}.")
    if len({name for name, _ in pairs}) < len(pairs):
        raise click.BadParameter(f"{option} names something twice: {', '.join(texts)}.")
    return [(name, value) for name, value in pairs]


def _count(text: str, option: str) -> int:
    if not text.isdigit():
        raise click.BadParameter(f"{option} needs a whole number behind the =. Got {text!r}.")
    return int(text)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
