"""equipoise check: is the plan complete, consistent, computable?"""

from __future__ import annotations

import json
from pathlib import Path

import click

from equipoise.cli.options import json_option


@click.command()
@click.argument("protocol", type=click.Path(path_type=Path))
@click.option("--missing", is_flag=True, help="Only the topics that are missing.")
@click.option("--schema", is_flag=True, help="Print the JSON schema of protocol files instead.")
@json_option
def command(protocol: Path, missing: bool, schema: bool, as_json: bool) -> None:
    """Check a protocol file: errors with their lines, then SPIRIT 2025 topic by topic.

    \b
    Examples:
      equipoise check protocol.yaml
      equipoise check protocol.yaml --missing
      equipoise check protocol.yaml --schema > protocol.schema.json
    """
    from equipoise.protocol import (  # noqa: PLC0415  (--help must be instant)
        completeness,
        protocol_schema,
        read_protocol,
    )

    if schema:
        click.echo(json.dumps(protocol_schema(), indent=1))
        return
    plan = read_protocol(protocol)
    topics = completeness(plan)
    counts = {
        s: sum(t.status == s for t in topics) for s in dict.fromkeys(t.status for t in topics)
    }
    if as_json:
        rows = [
            {"item": t.item, "topic": t.name, "status": t.status, "where": t.where, "note": t.note}
            for t in topics
        ]
        click.echo(
            json.dumps(
                {"protocol": plan.identifier, "sha256": plan.sha256, "topics": rows},
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    click.echo(f"{plan.title}\n")
    width = max(len(t.name) for t in topics)
    for topic in topics:
        if missing and topic.status != "missing":
            continue
        mark = {"filled": "✓", "missing": "✗"}.get(topic.status, "–")
        told = topic.note or topic.where
        click.echo(f"  {mark} {topic.item.rjust(4)}  {topic.name.ljust(width)}  {told}".rstrip())
    click.echo(
        "\nSPIRIT 2025 topics: "
        + ", ".join(f"{count} {status}" for status, count in counts.items())
        + f". Protocol hash {plan.sha256[:16]}…"
    )
