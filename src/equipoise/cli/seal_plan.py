"""From protocol and options of `equipoise seal` to the plan that is sealed, and its judgement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.allocation import Spec
    from equipoise.concealment.seal import SealPlan
    from equipoise.protocol import Protocol

TRIALS = 500
"""Simulated trials, where a procedure's guess rate has no exact recursion."""


def seal_plan(protocol: Protocol, options: dict[str, Any]) -> SealPlan:
    """Make the plan of a seal out of the protocol and the options of `equipoise seal`.

    Raises
    ------
    click.UsageError
        If options are missing or contradict each other.
    DataError
        If the procedure cannot be sealed, or not so.
    """
    from equipoise.concealment.seal import SealPlan, strata_of  # noqa: PLC0415  (--help is instant)

    spec, names = _procedure(protocol, options)
    if odd := sorted(set(spec.arms) - set(protocol.arm_names)):
        raise DataError(
            f"{spec.title} allocates {', '.join(odd[:3])}, which are no arms of the protocol: a "
            f"kit holds one arm. Sequences of arms cannot be sealed yet."
        )
    live = spec.kind == "covariate-adaptive"
    strata = {} if live else _lengths(names, options)
    kits = {arm: _count(n, "--arm-kits") for arm, n in _pairs(options["arm_kits"], "--arm-kits")}
    if live and (options["slots"] or options["strata"]):
        raise click.UsageError(
            f"{spec.title} draws live and has no list: give --arm-kits ARM=KITS for each arm."
        )
    return SealPlan(
        trial=protocol.identifier,
        protocol=protocol.sha256,
        procedure=spec.to_dict(),
        strata=strata_of(strata),
        kits=kits or None,
        beacon=options["announce"] or "",
    )


def judged(plan: SealPlan) -> list[str]:
    """Say how guessable the procedure is, and what to beware of: lines for a person."""
    import numpy as np  # noqa: PLC0415  (--help is instant)

    from equipoise.allocation.judgement import judge  # noqa: PLC0415

    people = max(pool.kits for pool in plan.pools)
    try:
        found = judge(plan.spec, people, rng=np.random.default_rng(1), trials=TRIALS)
    except DataError as error:
        return [f"Not judged: {error}"]
    where = "the longest stratum" if len(plan.pools) > 1 else "the whole list"
    guess = found.properties.guess
    line = f"Guess rate of the next arm, past arms known: {guess:.3f} over {where} (n = {people})"
    return [line, *(f"warning: {warning}" for warning in found.warnings)]


def _procedure(protocol: Protocol, options: dict[str, Any]) -> tuple[Spec, tuple[str, ...]]:
    """Return the procedure, and the names of strata that the protocol gives."""
    from equipoise.allocation import StratifiedSpec, spec_from_dict, spec_of  # noqa: PLC0415

    planned = spec_of(protocol)
    if planned is None:
        ratio = dict(protocol.allocation.ratio) if protocol.allocation else {}
        arms = [arm for arm in protocol.arm_names if ratio.get(arm, 1)]
        about = {"arms": arms, "ratio": [ratio.get(arm, 1) for arm in arms]}
        given = {name: _value(text) for name, text in _pairs(options["parameters"], "--parameter")}
        return spec_from_dict({"procedure": _asked(protocol, options), **about, **given}), ()
    if options["procedure"] or options["parameters"]:
        raise click.UsageError(
            f"The protocol says how arms are allocated ({planned.describe()}): leave out "
            f"--procedure and --parameter."
        )
    if isinstance(planned, StratifiedSpec):
        within: Spec = planned.within
        return within, tuple(", ".join(levels.values()) for levels in planned.strata)
    return planned, ()


def _asked(protocol: Protocol, options: dict[str, Any]) -> str:
    """Return the procedure asked for; of a protocol that names none, the big stick."""
    if options["procedure"]:
        return str(options["procedure"])
    if protocol.allocation is not None:
        raise click.UsageError(
            f"The protocol says {protocol.allocation.procedure!r}: write its `method` there, or "
            f"say which --procedure that is."
        )
    click.echo("The protocol names no procedure: big stick with limit 5 (hard to guess).", err=True)
    return "big-stick"


def _lengths(names: tuple[str, ...], options: dict[str, Any]) -> dict[str, int]:
    """Return how long the list of each stratum is."""
    slots, given = options["slots"], _pairs(options["strata"], "--stratum")
    strata = {name: _count(n, "--stratum") for name, n in given}
    if slots and strata:
        raise click.UsageError("--slots is one length for all; --stratum one for each. Give one.")
    if not slots and not strata:
        raise click.UsageError("How long is the list? Give --slots, or --stratum for each stratum.")
    if names and strata and set(strata) != set(names):
        raise click.UsageError(
            f"The protocol's strata are {'; '.join(names)}. Got {'; '.join(strata)}."
        )
    return strata or dict.fromkeys(names or ("all",), slots)


def _pairs(texts: tuple[str, ...], option: str) -> list[tuple[str, str]]:
    """Part NAME=VALUE; a stratum or an arm may have an equals sign in its name."""
    if odd := [text for text in texts if "=" not in text]:
        raise click.BadParameter(f"{option} is written NAME=VALUE. Got {odd[0]!r}.")
    first = option == "--parameter"
    parts = [text.partition("=") if first else text.rpartition("=") for text in texts]
    if len({name for name, _, _ in parts}) < len(parts):
        raise click.BadParameter(f"{option} names something twice: {', '.join(texts)}.")
    return [(name, value) for name, _, value in parts]


def _count(text: str, option: str) -> int:
    if not text.isdigit():
        raise click.BadParameter(f"{option} needs a whole number behind the =. Got {text!r}.")
    return int(text)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
