"""Where every number comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.report.blocks import Facts, Part, Section

if TYPE_CHECKING:
    from equipoise.report.findings import Findings

PART: Part = "provenance"
ORDER = 10


def section(findings: Findings) -> Section:
    """List data, protocol, version, seed and date."""
    simulated = findings.simulated_truth is not None
    facts = (
        ("Data", f"{findings.source.name}{' (simulated)' if simulated else ''}"),
        ("SHA-256 of what was read", findings.source.sha256 or "not from a file"),
        ("SHA-256 of the records", findings.records_sha256),
        ("SHA-256 of the protocol", findings.protocol_sha256),
        ("equipoise", findings.version),
        ("Seed and draws", f"{findings.seed}, {findings.draws}"),
        ("Date", findings.generated),
    )
    return Section("provenance-list", "", (Facts(facts),))
