"""The evidence as a static site: pages for people, and the same for machines beside each."""

from equipoise.report.site.build import Site, build_site, next_site
from equipoise.report.site.content import Content, Told, gather
from equipoise.report.site.evidence_folder import EvidenceFolder, read_evidence
from equipoise.report.site.out_folder import require_apart

__all__ = [
    "Content",
    "EvidenceFolder",
    "Site",
    "Told",
    "build_site",
    "gather",
    "next_site",
    "read_evidence",
    "require_apart",
]
