"""Options that say how people were allocated, and the procedure that they name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from equipoise.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from equipoise.allocation import Procedure

Command = TypeVar("Command", bound=Callable[..., Any])


def procedure_options(command: Command) -> Command:
    """Add --procedure and the parameters of every procedure."""
    options = (
        click.option(
            "--procedure",
            type=click.Choice(list(PROCEDURES)),
            required=True,
            help="How people were allocated.",
        ),
        click.option(
            "--stratum", multiple=True, metavar="COLUMN", help="Stratum; may be repeated: crossed."
        ),
        click.option(
            "--block-size",
            multiple=True,
            type=click.IntRange(min=1),
            help="Of blocks; repeated for sizes drawn at random. 4 by default.",
        ),
        click.option(
            "--block", metavar="COLUMN", help="Which block of the list each person is in."
        ),
        click.option(
            "--ratio", multiple=True, metavar="ARM=PARTS", help="Allocation ratio; 1 an arm."
        ),
        click.option(
            "--total", multiple=True, metavar="ARM=PLACES", help="Places in the list; those used."
        ),
        click.option(
            "--factor",
            multiple=True,
            metavar="COLUMN[=WEIGHT]",
            help="Factor of the minimisation; may be repeated.",
        ),
        click.option(
            "--probability",
            type=click.FloatRange(0, 1),
            help="Of the favoured arm: minimisation 0.8, biased coin 2/3 by default.",
        ),
        click.option("--measure", type=click.Choice(["range", "variance"]), help="Of imbalance."),
        click.option("--alpha", type=click.FloatRange(min=0), help="Urn: balls of each arm; 0."),
        click.option("--beta", type=click.FloatRange(min=0), help="Urn: balls added; 1."),
        click.option("--tolerance", type=click.IntRange(min=1), help="Maximal: imbalance; 3."),
        click.option("--planned", type=click.IntRange(min=1), help="Maximal: length of the list."),
        click.option("--free-end", is_flag=True, help="Maximal: the list need not end balanced."),
    )
    for option in reversed(options):
        command = option(command)
    return command


class Allocated(NamedTuple):
    """The table in order of entry, its arms with control first, and the options."""

    table: pd.DataFrame
    arms: tuple[str, ...]
    given: Mapping[str, Any]

    @property
    def people(self) -> int:
        """How many."""
        return len(self.table)

    @property
    def stratum(self) -> list[str] | None:
        """Everyone's stratum."""
        names = self.given["stratum"]
        return self.labels(names) if names else None

    def labels(self, names: Sequence[str]) -> list[str]:
        """Return the crossed values of columns that everyone must have."""
        for name in names:
            if lost := int(self.table[name].isna().sum()):
                raise DataError(
                    f"Column {name!r} is empty for {lost} people, but the procedure used it to "
                    "allocate them. Give everyone's value."
                )
        rows = self.table[list(names)].itertuples(index=False)
        return [" | ".join(map(str, row)) for row in rows]

    def by_arm(self, option: str, default: int) -> tuple[int, ...]:
        """Return ARM=NUMBER of each arm."""
        parts = dict.fromkeys(self.arms, default)
        for text in self.given[option]:
            arm, _, number = text.rpartition("=")
            if arm not in parts or not number.isdigit():
                raise click.UsageError(f"{text!r} is not ARM=NUMBER, an arm of {list(self.arms)}.")
            parts[arm] = int(number)
        return tuple(parts.values())

    def some(self, *options: str) -> dict[str, Any]:
        """Return those of the options that were given."""
        return {name: self.given[name] for name in options if self.given[name] is not None}


def _blocks(what: Allocated) -> Procedure:
    from equipoise.allocation import (  # noqa: PLC0415  (--help must be instant)
        listed_blocks,
        permuted_blocks,
        random_blocks,
    )

    sizes, ratio = tuple(dict.fromkeys(what.given["block_size"])), what.by_arm("ratio", 1)
    if what.given["block"]:
        if len(sizes) > 1:
            raise click.UsageError("With --block give one --block-size, or none: filled blocks.")
        label = what.labels([*what.given["stratum"], what.given["block"]])
        return listed_blocks(label, size=[*sizes] * what.people if sizes else None, ratio=ratio)
    if len(sizes) > 1:
        return random_blocks(what.people, sizes=sizes, stratum=what.stratum, ratio=ratio)
    size = sizes[0] if sizes else 4
    return permuted_blocks(what.people, size=size, stratum=what.stratum, ratio=ratio)


def _complete(what: Allocated) -> Procedure:
    from equipoise.allocation import complete_randomisation  # noqa: PLC0415

    return complete_randomisation(what.people, ratio=what.by_arm("ratio", 1))


def _random_allocation_rule(what: Allocated) -> Procedure:
    from equipoise.allocation import random_allocation_rule  # noqa: PLC0415

    if len(what.given["total"]) != len(what.arms):
        raise click.UsageError(
            f"The random allocation rule needs --total ARM=PLACES for each of {list(what.arms)}: "
            "how many of each arm the list (of each stratum) held."
        )
    totals = what.by_arm("total", 0)
    return random_allocation_rule(what.people, totals=totals, stratum=what.stratum)


def _biased_coin(what: Allocated) -> Procedure:
    from equipoise.allocation import biased_coin  # noqa: PLC0415

    return biased_coin(what.people, stratum=what.stratum, **what.some("probability"))


def _urn(what: Allocated) -> Procedure:
    from equipoise.allocation import wei_urn  # noqa: PLC0415

    return wei_urn(what.people, stratum=what.stratum, **what.some("alpha", "beta"))


def _maximal(what: Allocated) -> Procedure:
    from equipoise.allocation import maximal_procedure  # noqa: PLC0415

    asked = what.some("tolerance", "planned")
    end = not what.given["free_end"]
    return maximal_procedure(what.people, stratum=what.stratum, balanced_end=end, **asked)


def _minimisation(what: Allocated) -> Procedure:
    from equipoise.allocation import minimisation  # noqa: PLC0415

    weights = {}
    for text in what.given["factor"]:
        name, _, weight = text.partition("=")
        try:
            weights[name] = float(weight or 1)
        except ValueError:
            raise click.UsageError(f"The weight in --factor {text!r} is no number.") from None
    factors = {name: what.labels([name]) for name in weights}
    asked = what.some("probability", "measure")
    return minimisation(factors, arms=len(what.arms), weights=weights, **asked)


# procedure: what makes it, and the options that it takes
PROCEDURES: dict[str, tuple[Callable[[Allocated], Procedure], set[str]]] = {
    "blocks": (_blocks, {"block_size", "block", "stratum", "ratio"}),
    "complete": (_complete, {"ratio"}),
    "random-allocation-rule": (_random_allocation_rule, {"total", "stratum"}),
    "biased-coin": (_biased_coin, {"probability", "stratum"}),
    "urn": (_urn, {"alpha", "beta", "stratum"}),
    "maximal": (_maximal, {"tolerance", "planned", "free_end", "stratum"}),
    "minimisation": (_minimisation, {"factor", "probability", "measure"}),
}
OPTIONS = set[str]().union(*(options for _, options in PROCEDURES.values()))


def columns_of(given: Mapping[str, Any]) -> list[str]:
    """Return the columns that the procedure's options name."""
    factors = [text.partition("=")[0] for text in given["factor"]]
    return [*given["stratum"], *factors, *([given["block"]] if given["block"] else [])]


def procedure_of(
    name: str, given: Mapping[str, Any]
) -> Callable[[pd.DataFrame, tuple[str, ...]], Procedure]:
    """Return what makes the named procedure from the table in order of entry."""
    make, takes = PROCEDURES[name]
    asked = {option for option, value in given.items() if value not in (None, (), False)}
    if unfit := sorted(asked - takes):
        words = ", ".join("--" + option.replace("_", "-") for option in unfit)
        raise click.UsageError(f"--procedure {name} does not take {words}.")
    if name == "minimisation" and not given["factor"]:
        raise click.UsageError("Minimisation needs --factor COLUMN, once for each factor.")
    return lambda table, arms: make(Allocated(table, arms, given))
