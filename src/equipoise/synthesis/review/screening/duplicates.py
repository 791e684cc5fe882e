"""Records that may be one publication: suggested with reasons, decided by a person.

Identifiers first (DOI, PMID, a registration of two registry entries), then the title: alike by
`token_set_ratio`, and as a whole by `token_sort_ratio` or as the other without its subtitle; of
nearly the same year and, where both are known, by the same first author. Never taken for one:
titles whose numbers differ (part 1, part 2), a report and its protocol, correction or comment,
and titles that each have a long word that the other lacks (two drugs in one series of trials).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from equipoise.synthesis.review.screening.record import Record, plain_text

ALIKE = 90.0  # token_set_ratio, of 100
ALIKE_SORTED = 78.0  # token_sort_ratio: a short title inside a long one has a set ratio of 100
LONG = 6  # letters of a word that names something
NEAR = 75.0  # ratio of two words that differ by a slip, of 100
RAREST = 8  # words of a title by which it is looked up
APART = re.compile(
    r"\b(protocol|erratum|corrigendum|correction|retraction|comment|commentary|reply|response to"
    r"|letter|editorial|follow up|secondary analysis|statistical analysis plan"
    r"|rationale and design)\b"
)
NUMBER = re.compile(r"\b(\d+|i{1,3}|iv|v|vi{1,3})\b")


@dataclass(frozen=True, slots=True)
class Group:
    """Records that look like one publication: `kept` is the first found.

    `certain` groups hang together by identifiers alone.
    """

    kept: Record
    others: tuple[Record, ...]
    reasons: tuple[str, ...]
    certain: bool

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of its records, the kept one first."""
        return (self.kept.id, *(one.id for one in self.others))


def suggested_duplicates(records: Sequence[Record]) -> list[Group]:
    """Return groups of records that look like one publication, in order of their first record."""
    links = list(_links(records))
    parent = {record.id: record.id for record in records}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one, other, _, _ in links:
        parent[root(other)] = root(one)
    members: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        members[root(record.id)].append(record)
    groups = []
    for same in members.values():
        if len(same) == 1:
            continue
        inside = {record.id for record in same}
        own = [link for link in links if link[0] in inside]
        reasons = tuple(dict.fromkeys(f"{a}, {b}: {why}" for a, b, why, _ in own))
        certain = _joined_by_identifiers(inside, own)
        groups.append(Group(same[0], tuple(same[1:]), reasons, certain))
    return groups


def _joined_by_identifiers(ids: set[str], links: list[tuple[str, str, str, bool]]) -> bool:
    reached, waiting = set(), [min(ids)]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        sure = [(a, b) for a, b, _, certain in links if certain and name in (a, b)]
        waiting += [other for pair in sure for other in pair if other not in reached]
    return reached == ids


def _links(records: Sequence[Record]) -> Iterator[tuple[str, str, str, bool]]:
    yield from _by_identifier(records)
    yield from _by_title(records)


def _by_identifier(records: Sequence[Record]) -> Iterator[tuple[str, str, str, bool]]:
    first: dict[tuple[str, str], Record] = {}
    for record in records:
        keys = [("DOI", record.doi), ("PMID", record.pmid)]
        if record.kind == "register" and not record.doi:
            keys.append(("registration", record.registration))
        for kind, value in keys:
            if not value:
                continue
            other = first.setdefault((kind, value), record)
            if other is not record:
                yield other.id, record.id, f"the same {kind} {value}", True


def _by_title(records: Sequence[Record]) -> Iterator[tuple[str, str, str, bool]]:
    from rapidfuzz import fuzz  # noqa: PLC0415  (only screening needs it)

    texts = [plain_text(record.title) for record in records]
    for i, j in _candidates(records, texts):
        alike = fuzz.token_set_ratio(texts[i], texts[j], score_cutoff=ALIKE)
        if not alike or not _may_be_one(records[i], records[j], texts[i], texts[j]):
            continue
        whole = fuzz.token_sort_ratio(texts[i], texts[j]) >= ALIKE_SORTED
        if whole or _without_subtitle(texts[i], texts[j]):
            why = f"titles alike ({alike:.0f} of 100), {records[i].year or 'no year'}"
            yield records[i].id, records[j].id, why, False


def _candidates(records: Sequence[Record], texts: Sequence[str]) -> list[tuple[int, int]]:
    """Return pairs that share one of their rarest words, at most a year apart.

    Ten thousand records have fifty million pairs; alike titles share their rare words.
    """
    often = Counter(word for text in texts for word in set(text.split()))
    holding: dict[str, list[int]] = defaultdict(list)
    for i, text in enumerate(texts):
        for word in sorted(set(text.split()), key=lambda word: (often[word], word))[:RAREST]:
            holding[word].append(i)
    pairs = {pair for rows in holding.values() for pair in combinations(rows, 2)}
    return sorted(p for p in pairs if _near_in_time(records[p[0]], records[p[1]]))


def _near_in_time(one: Record, other: Record) -> bool:
    """Whether the years allow it: a preprint may be a year before its paper."""
    return one.year is None or other.year is None or abs(one.year - other.year) <= 1


def _may_be_one(one: Record, other: Record, title: str, other_title: str) -> bool:
    if _identified_apart(one, other):
        return False
    authors = (one.first_author, other.first_author)
    if all(authors) and not _same_author(*authors):
        return False
    if sorted(NUMBER.findall(title)) != sorted(NUMBER.findall(other_title)):
        return False
    if set(APART.findall(title)) != set(APART.findall(other_title)):
        return False
    return not _own_words(title, other_title)


def _without_subtitle(title: str, other: str) -> bool:
    """Whether the shorter title, of four words at least, is how the longer one begins."""
    short, long = sorted((title, other), key=len)
    return len(short.split()) >= 4 and long.startswith(f"{short} ")


def _own_words(title: str, other: str) -> bool:
    """Whether each title has a long word that the other has not, not even with a slip."""
    return _lacking(title, other) and _lacking(other, title)


def _lacking(title: str, other: str) -> bool:
    from rapidfuzz import fuzz  # noqa: PLC0415

    words = other.split()
    return any(
        len(word) >= LONG and all(fuzz.ratio(word, one) < NEAR for one in words)
        for word in set(title.split()) - set(words)
    )


def _identified_apart(one: Record, other: Record) -> bool:
    """Whether identifiers that both have say that they are two."""
    pairs = ((one.pmid, other.pmid), (one.registration, other.registration))
    if any(a and b and a != b for a, b in pairs):
        return True
    both = bool(one.doi and other.doi)
    return both and one.doi != other.doi and not _is_preprint(one, other)


def _same_author(one: str, other: str) -> bool:
    from rapidfuzz.distance import Levenshtein  # noqa: PLC0415

    if set(one.split()) & set(other.split()):  # double names are cut in some databases
        return True
    return Levenshtein.distance(one, other) <= 1


def _is_preprint(one: Record, other: Record) -> bool:
    """Whether one of two DOIs is of a preprint server (bioRxiv and medRxiv, OSF, SSRN, ...)."""
    servers = ("10.1101/", "10.31234/", "10.31219/", "10.2139/", "10.20944/", "10.21203/")
    return one.doi.startswith(servers) != other.doi.startswith(servers)
