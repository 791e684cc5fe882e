"""Options that describe an allocation procedure before anybody is enrolled, and its spec."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from equipoise.errors import DataError

if TYPE_CHECKING:
    from equipoise.allocation import Spec

Command = TypeVar("Command", bound=Callable[..., Any])

PROCEDURES = (
    "complete", "random-allocation-rule", "truncated-binomial", "permuted-blocks",
    "random-blocks", "biased-coin", "big-stick", "chen", "urn", "maximal", "block-urn",
    "brick-tunnel", "minimisation", "hu-hu", "d-optimal",
)  # fmt: skip


def allocation_options(command: Command) -> Command:
    """Add --procedure, --arms, --ratio and the parameters of every procedure."""
    options = (
        click.option("--procedure", type=click.Choice(PROCEDURES), help="How arms are allocated."),
        click.option(
            "--protocol", type=click.Path(path_type=Path), help="Take it from a protocol instead."
        ),
        click.option("--arms", metavar="ARM,ARM", help="Names of the arms; A,B by default."),
        click.option("--ratio", metavar="1:1", help="Allocation ratio, in the order of the arms."),
        click.option("--n", type=click.IntRange(min=2), help="How many people are planned."),
        click.option("--limit", type=click.IntRange(min=1), help="Of the imbalance."),
        click.option(
            "--block-size",
            multiple=True,
            type=click.IntRange(min=1),
            help="Of blocks; repeated for random-blocks.",
        ),
        click.option("--sets", type=click.IntRange(min=1), help="Balanced sets of the block urn."),
        click.option("--probability", metavar="P", help="Of the favoured arm, such as 0.8 or 2/3."),
        click.option("--alpha", metavar="BALLS", help="Urn: balls of each arm at the start; 1."),
        click.option("--beta", metavar="BALLS", help="Urn: balls added after each person; 1."),
        click.option("--free-end", is_flag=True, help="Maximal: the list need not end balanced."),
        click.option(
            "--factor",
            multiple=True,
            metavar="NAME=LEVEL,LEVEL[*WEIGHT]",
            help="Factor of the procedure; may be repeated.",
        ),
        click.option(
            "--stratum",
            multiple=True,
            metavar="NAME=LEVEL,LEVEL",
            help="A list in each stratum; may be repeated: crossed.",
        ),
        click.option(
            "--measure",
            type=click.Choice(["range", "sd", "variance"]),
            help="Minimisation: of imbalance.",
        ),
        click.option(
            "--unequal",
            type=click.Choice(["shares", "biased-coin"]),
            help="Minimisation at an unequal ratio.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


def spec_from_options(given: Mapping[str, Any]) -> Spec:
    """Return the spec that the options, or the protocol they name, describe.

    Raises
    ------
    click.UsageError
        Without a procedure, or with an option that it does not take.
    """
    from equipoise.allocation import StratifiedSpec, spec_class, spec_from_dict  # noqa: PLC0415

    if given["protocol"] is not None:
        return _of_protocol(given)
    if given["procedure"] is None:
        raise click.UsageError("Name a --procedure, or a --protocol that states one.")
    data = {"procedure": given["procedure"], **_asked(given)}
    known = set(spec_class(given["procedure"]).__dataclass_fields__)
    if unfit := sorted(set(data) - known - {"procedure"}):
        words = ", ".join(_OPTION.get(name, f"--{name}") for name in unfit)
        raise click.UsageError(f"--procedure {given['procedure']} does not take {words}.")
    if "people" in known:
        if given["n"] is None:
            raise click.UsageError(
                f"--procedure {given['procedure']} needs --n, the list's length."
            )
        data["people"] = given["n"]
    spec = spec_from_dict(data)
    if given["stratum"]:
        spec = StratifiedSpec(within=spec, factors=_factors(given["stratum"], "--stratum"))
    return spec


_OPTION = {
    "size": "--block-size", "sizes": "--block-size", "balanced_end": "--free-end",
    "factors": "--factor",
}  # fmt: skip


def _asked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that were given, by their names in a spec."""
    plain = ("limit", "sets", "probability", "alpha", "beta", "measure", "unequal")
    asked = {name: given[name] for name in plain if given[name] is not None}
    asked |= about_arms(given)
    sizes = given["block_size"]
    if sizes:
        several = given["procedure"] == "random-blocks"
        if len(sizes) > 1 and not several:
            raise click.UsageError("Several --block-size belong to --procedure random-blocks.")
        asked |= {"sizes": sizes} if several else {"size": sizes[0]}
    if given["free_end"]:
        asked["balanced_end"] = False
    if given["factor"]:
        asked["factors"] = _factors(given["factor"], "--factor")
    return asked


def about_arms(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return arms and ratio, where they were given."""
    about: dict[str, Any] = {}
    if given["arms"]:
        about["arms"] = tuple(name.strip() for name in given["arms"].split(","))
    if given["ratio"]:
        parts = given["ratio"].split(":")
        if not all(part.strip().isdigit() for part in parts):
            raise click.UsageError(f"--ratio is written 2:1 or 1:1:1. Got {given['ratio']!r}.")
        about["ratio"] = tuple(int(part) for part in parts)
        about.setdefault("arms", tuple("ABCDEFGHIJ"[: len(parts)]))
    return about


def _factors(texts: tuple[str, ...], option: str) -> tuple[dict[str, Any], ...]:
    """Read NAME=LEVEL,LEVEL*WEIGHT."""
    found = []
    for text in texts:
        name, equals, rest = text.partition("=")
        levels, _, weight = rest.partition("*")
        if not equals or not levels:
            raise click.UsageError(f"{option} is written site=north,south. Got {text!r}.")
        factor: dict[str, Any] = {"name": name, "levels": tuple(levels.split(","))}
        found.append(factor | ({"weight": weight} if weight else {}))
    return tuple(found)


def _of_protocol(given: Mapping[str, Any]) -> Spec:
    from equipoise.allocation import spec_of  # noqa: PLC0415
    from equipoise.protocol import read_protocol  # noqa: PLC0415

    names = ("procedure", "arms", "ratio", "factor", "stratum", "block_size", *_asked_names())
    if twice := [name for name in names if given[name]]:
        words = ", ".join("--" + name.replace("_", "-") for name in twice)
        raise click.UsageError(f"The protocol says how arms are allocated; leave out {words}.")
    spec = spec_of(read_protocol(given["protocol"]))
    if spec is None:
        raise DataError(
            f"{given['protocol']} does not say by which procedure arms are allocated. Add "
            "`method` (and its `parameters`) under `allocation`, such as `method: big-stick`."
        )
    return spec


def _asked_names() -> tuple[str, ...]:
    return ("limit", "sets", "probability", "alpha", "beta", "measure", "unequal", "free_end")
