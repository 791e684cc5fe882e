"""Evidence for people: sentences that are made from estimates, and from nothing else."""

from equipoise.report.evidence.follows import changed, follows, require_follows, untraced
from equipoise.report.evidence.sentence import Opens, Read, Sentence, Shown
from equipoise.report.evidence.sentences import sentences

__all__ = [
    "Opens",
    "Read",
    "Sentence",
    "Shown",
    "changed",
    "follows",
    "require_follows",
    "sentences",
    "untraced",
]
