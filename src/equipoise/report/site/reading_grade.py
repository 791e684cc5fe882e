"""How many years of school a text asks for: Flesch-Kincaid and SMOG, without a word list.

The grade stands on the page, so it is worked out at every build, and its counter of syllables is
ours: rules for English endings and vowels, held beside a dictionary's counts in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from math import sqrt

from equipoise.errors import DataError

WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
SENTENCE = re.compile(r"[.!?:]+(?=\s|$)")
VOWELS = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?:[^aeiouylrs]|[^aeioul]l|[^aeiour]r|[aeiour]s|[aeiouwy][lr]|[lnr]s)e$")
SILENT_ED = re.compile(r"[^aeioutdy]ed$|[aeiouy]ed$")
SILENT_ES = re.compile(r"[^aeioucghsxz]es$")
SPOKEN = re.compile(r"[^aeiouy]les?$")
SPLIT = re.compile(
    r"i[ao](?!n\b|ns\b|us)|(?<![cstgx])ion|[^cst]ious|eo(?!us|ple)|(?<![qg])u[ao]|ying|[aeiou]ing"
    r"|iet|iu|ea(?=te|ti)|sm$|sms$"
)
ALWAYS = {
    "anyone": 3, "area": 3, "business": 2, "every": 2, "idea": 3, "lifetime": 2, "likely": 2,
    "safety": 2, "science": 2, "someone": 2, "something": 2, "sometimes": 2, "somewhere": 2,
    "therefore": 2,
}  # fmt: skip
"""Everyday words that the rules get wrong."""
POLYSYLLABLE = 3
LABEL = 2
"""Words of a block that is a label and no text: no grade of its own."""


def syllables(word: str) -> int:
    """Return how many syllables a word has, by rule.

    >>> [syllables(word) for word in ("cat", "table", "depression", "looked", "creating")]
    [1, 2, 3, 1, 3]
    """
    plain = re.sub(r"[^a-z]", "", word.casefold().replace("’s", "").replace("'s", ""))
    if plain in ALWAYS:
        return ALWAYS[plain]
    count = len(VOWELS.findall(plain)) + len(SPLIT.findall(plain))
    if not SPOKEN.search(plain) and (
        SILENT.search(plain) or SILENT_ED.search(plain) or SILENT_ES.search(plain)
    ):
        count -= 1
    return max(count, 1)


def words_of(text: str, exempt: Collection[str] = ()) -> list[str]:
    """Return the words that are scored: numbers and the glossary's words are not.

    >>> words_of("About 38 of 100 people take ketamine.", {"ketamine"})
    ['About', 'of', 'people', 'take']
    """
    return [word for word in WORD.findall(text) if word.casefold() not in exempt]


def sentences_in(text: str) -> int:
    """Return the number of sentences: at least one.

    >>> sentences_in("It helps. Or does it? 3.5 of 10.")
    3
    """
    parts = [part for part in SENTENCE.split(text) if re.search(r"\w", part)]
    return max(len(parts), 1)


def flesch_kincaid(texts: Iterable[str], exempt: Collection[str] = ()) -> float:
    """Return the US school grade of texts together.

    Parameters
    ----------
    texts
        Blocks of text; the end of a block ends a sentence.
    exempt
        Words left out, in lower case: names that no plainer word can stand for.

    Raises
    ------
    DataError
        When no word is left to score.

    References
    ----------
    Kincaid et al. (1975), Derivation of new readability formulas, Research Branch Report 8-75.

    Examples
    --------
    >>> round(flesch_kincaid(["The cat sat on the mat."]), 2)
    -1.45
    """
    words, sentences = _counted(texts, exempt)
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * spoken / len(words) - 15.59


def hardest(texts: Iterable[str], exempt: Collection[str] = ()) -> float:
    """Return the Flesch-Kincaid grade of the hardest block; labels are no blocks.

    >>> round(hardest(["The cat sat on the mat.", "Go.", "Nobody understood anything."]), 1)
    21.0
    """
    return max(
        flesch_kincaid([text], exempt) for text in texts if len(words_of(text, exempt)) > LABEL
    )


def smog(texts: Iterable[str], exempt: Collection[str] = ()) -> float:
    """Return the SMOG grade: 1.0430 sqrt(30 polysyllables / sentences) + 3.1291.

    Raises
    ------
    DataError
        When no word is left to score.

    References
    ----------
    McLaughlin (1969), Journal of Reading 12:639-646.

    Examples
    --------
    >>> round(smog(["The cat sat on the mat."]), 4)
    3.1291
    """
    words, sentences = _counted(texts, exempt)
    long = sum(syllables(word) >= POLYSYLLABLE for word in words)
    return 1.0430 * sqrt(30 * long / sentences) + 3.1291


def _counted(texts: Iterable[str], exempt: Collection[str]) -> tuple[list[str], int]:
    words: list[str] = []
    sentences = 0
    for text in texts:
        found = words_of(text, exempt)
        if found:
            words += found
            sentences += sentences_in(text)
    if not words:
        raise DataError("No word is left to score for the reading grade; give text with words.")
    return words, sentences
