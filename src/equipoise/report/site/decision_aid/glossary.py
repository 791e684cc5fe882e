"""Words that are left out of the reading grade: names that no plainer word can stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equipoise.protocol.part import Part, Text
from equipoise.report.site.evidence_folder import read_part

if TYPE_CHECKING:
    from equipoise.report.site.evidence_folder import EvidenceFolder

FILE = "glossary.yaml"


class Glossary(Part):
    """The file: words by what they name."""

    drugs: tuple[Text, ...] = ()
    diagnoses: tuple[Text, ...] = ()
    therapies: tuple[Text, ...] = ()


def glossary(folder: EvidenceFolder) -> frozenset[str]:
    """Return the words of an evidence folder's glossary, in lower case; none where it has none."""
    file = folder.path / FILE
    found = read_part(file, Glossary) if file.is_file() else Glossary()
    return frozenset(word.casefold() for word in (*found.drugs, *found.diagnoses, *found.therapies))
