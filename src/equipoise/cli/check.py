"""equipoise check: is the plan complete, consistent, computable?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise.cli.options import json_option

if TYPE_CHECKING:
    from equipoise.protocol import Protocol, Topic

MARKS = {"filled": "✓", "missing": "✗"}


@click.command()
@click.argument("protocol", type=click.Path(path_type=Path), required=False)
@click.option("--missing", is_flag=True, help="Only the topics that are missing.")
@click.option("--schema", is_flag=True, help="Print the JSON schema of all protocol files.")
@json_option
def command(protocol: Path | None, missing: bool, schema: bool, as_json: bool) -> None:
    """Check a protocol file: errors with their lines, then SPIRIT 2025 topic by topic.

    \b
    Examples:
      equipoise check protocol.yaml
      equipoise check protocol.yaml --missing
      equipoise check --schema > protocol.schema.json
    """
    from equipoise.protocol import (  # noqa: PLC0415  (--help must be instant)
        completeness,
        protocol_schema,
        read_protocol,
    )

    if schema:
        click.echo(json.dumps(protocol_schema(), indent=1))
        return
    if protocol is None:
        raise click.UsageError("Which PROTOCOL file? (--schema needs none.)")
    plan = read_protocol(protocol)
    topics = completeness(plan)
    allocation = _allocation(plan)
    if as_json:
        click.echo(_json(plan, topics))
        return
    click.echo(f"{plan.title}\n")
    _table([topic for topic in topics if topic.status == "missing" or not missing])
    counts = Counter(topic.status for topic in topics)
    told = ", ".join(f"{count} {status}" for status, count in counts.items())
    if allocation:
        click.echo(f"\nAllocation: {allocation}")
    click.echo(f"\nSPIRIT 2025 topics: {told}. Protocol hash {plan.sha256[:16]}…")


def _allocation(plan: Protocol) -> str | None:
    """Return the procedure in words; one that cannot be is an error, as in all else."""
    from equipoise.allocation import spec_of  # noqa: PLC0415

    if plan.allocation is None or plan.allocation.method is None:
        return None
    spec = spec_of(plan)
    return None if spec is None else spec.describe()


def _json(plan: Protocol, topics: Sequence[Topic]) -> str:
    rows = [
        {"item": t.item, "topic": t.name, "status": t.status, "where": t.where, "note": t.note}
        for t in topics
    ]
    found = {"protocol": plan.identifier, "sha256": plan.sha256, "topics": rows}
    return json.dumps(found, ensure_ascii=False, indent=1)


def _table(topics: Sequence[Topic]) -> None:
    width = max((len(topic.name) for topic in topics), default=0)
    for topic in topics:
        mark = MARKS.get(topic.status, "–")
        told = topic.note or topic.where
        click.echo(f"  {mark} {topic.item.rjust(4)}  {topic.name.ljust(width)}  {told}".rstrip())
