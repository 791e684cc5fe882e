"""Random cases with the results of Python, so that another implementation can be held to them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from equipoise.safety.answers import Answers
from equipoise.safety.crisis import crisis_block, crisis_lines
from equipoise.safety.names import Names, medicine_names
from equipoise.safety.rule import ANSWERS
from equipoise.safety.rule_book import RuleBook, rule_book
from equipoise.safety.screen import screen

if TYPE_CHECKING:
    import numpy as np

_LETTERS = "aeiouklmnprstxz éüñ'-+/,12"
_AROUND = (
    "{}",
    "{} 400 mg",
    "{} hydrochloride",
    "  {}",
    "{} and vitamin D",
    "{} + lithium",
    "I take {}",
)


def shared_vectors(
    cases: int,
    rng: np.random.Generator,
    rules: RuleBook | None = None,
    names: Names | None = None,
) -> dict[str, Any]:
    """Return `cases` inputs, each with what the screen in Python makes of it.

    Parameters
    ----------
    cases
        How many; about half of the medicines are in our list, the others misspelt or made up.
    rng
        The same generator state gives the same vectors.
    """
    book, known = rules or rule_book(), names or medicine_names()
    words = sorted(known.by_key) + sorted({name.name for name in known.by_key.values()})
    found = []
    for _ in range(cases):
        case = _case(book, words, rng)
        found.append({"input": case, "expected": _expected(case, book, known)})
    plain: dict[str, Any] = json.loads(json.dumps({"cases": found}))  # tuples to lists
    return plain


def _case(book: RuleBook, words: list[str], rng: np.random.Generator) -> dict[str, Any]:
    asked = [q for q in book.questions if rng.random() < 0.8]
    weights = (0.15, 0.7, 0.15)  # yes, no, not sure
    answers = {q: ANSWERS[rng.choice(3, p=weights)] for q in asked}
    medicines = [_medicine(words, rng) for _ in range(rng.integers(0, 4))]
    first = medicines[:1] if rng.random() < 0.3 else []
    substances = list(rng.permutation(list(book.substances))[: rng.integers(1, 3)])
    countries = [None, "ZZ", *crisis_lines()]
    return {
        "answers": answers,
        "medicines": medicines,
        "confirmed": {typed: words[rng.integers(len(words))] for typed in first},
        "substances": [str(s) for s in substances],
        "country": countries[rng.integers(len(countries))],
    }


def _medicine(words: list[str], rng: np.random.Generator) -> str:
    if rng.random() < 0.25:
        return "".join(_LETTERS[k] for k in rng.integers(len(_LETTERS), size=rng.integers(1, 12)))
    word = words[rng.integers(len(words))]
    if rng.random() < 0.4:
        k = rng.integers(len(word))
        word = word[:k] + _LETTERS[rng.integers(len(_LETTERS))] + word[k + rng.integers(2) :]
    word = word.upper() if rng.random() < 0.3 else word
    return _AROUND[rng.integers(len(_AROUND))].format(word)


def _expected(case: dict[str, Any], book: RuleBook, names: Names) -> dict[str, Any]:
    answers = Answers(case["answers"], tuple(case["medicines"]), case["confirmed"])
    found = screen(answers, case["substances"], book, names).to_dict()
    return {"result": found, "crisis_block": crisis_block(case["country"], rules=book).to_dict()}
