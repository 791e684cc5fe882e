"""Facts that are no study: harms, connectivity, how common, standard care, what words mean.

One YAML list a kind in `facts/`. Each fact says where it was read and who compared it; what
nobody has compared is kept in the file and given only when asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import ValidationError

from equipoise.errors import DataError, ProtocolError
from equipoise.protocol.consistency import dotted, mismatch
from equipoise.protocol.explaining import explained
from equipoise.protocol.marked_yaml import MarkedYaml, parse, read_text
from equipoise.protocol.part import Text
from equipoise.synthesis.review.facts import Doi, Fact, Slug

Kind = Literal["harms", "connectivity", "prevalence", "guidelines", "definitions"]
DoseOfFact = Literal["micro", "micro/low", "low", "full", "any", "na"]
WHAT = "a file of facts"
FOLDER = Path(__file__).parent / "facts"


class EvidenceFact(Fact):
    """One fact in our words, with the figure as printed and where it was read."""

    id: Slug
    topic: Text
    text: Text
    figure: Text | None = None
    substance: Text | None = None
    population: Text | None = None
    citation: Text | None = None
    year: Text | None = None
    doi: Doi | None = None
    read: date | None = None


class Harm(EvidenceFact):
    """One harm: how often, in whom, beside what."""

    dose_class: DoseOfFact | None = None
    people: Text | None = None
    design: Text | None = None
    comparator_figure: Text | None = None
    severity: Text | None = None


class Connectivity(EvidenceFact):
    """One change in the brain, and whether it was tied to how people felt in the long run."""

    association_with_clinical_change: Literal["yes", "no", "not tested"]
    dose: Text | None = None
    dose_class: DoseOfFact | None = None
    people: Text | None = None
    design: Text | None = None
    modality: Text | None = None


class Prevalence(EvidenceFact):
    """How common a condition is, somewhere, at some time."""

    unit: Text


class Guideline(EvidenceFact):
    """What a body says of standard care, in our words."""

    body: Text


class Definition(EvidenceFact):
    """What a word means, by one source."""


MODELS: dict[str, type[EvidenceFact]] = {
    "harms": Harm,
    "connectivity": Connectivity,
    "prevalence": Prevalence,
    "guidelines": Guideline,
    "definitions": Definition,
}


def facts(
    kind: Kind,
    *,
    substance: str | None = None,
    topic: str | None = None,
    unverified: bool = False,
    folder: Path = FOLDER,
) -> tuple[EvidenceFact, ...]:
    """Return the verified facts of a kind, in the order of the file.

    Parameters
    ----------
    kind
        harms, connectivity, prevalence, guidelines or definitions.
    substance
        Only facts that name this substance as a whole word: "ketamine" is not "esketamine".
    topic
        Only facts whose topic or text holds these words, whatever their case.
    unverified
        Also facts that nobody has compared with their source; each still says so.
    folder
        Where the files are, `KIND.yaml` each; a kind without a file has no facts.

    Raises
    ------
    DataError
        When there is no such kind.

    Examples
    --------
    >>> any(fact.topic == "treatment-resistant depression" for fact in facts("definitions"))
    True
    """
    if kind not in get_args(Kind):
        raise DataError(f"There are no facts of that kind: {mismatch(kind, get_args(Kind))}.")
    file = folder / f"{kind}.yaml"
    found = read_facts(file, MODELS[kind]) if folder == FOLDER or file.exists() else ()
    return tuple(
        fact
        for fact in found
        if (fact.verified or unverified) and _names(fact, substance) and _is_about(fact, topic)
    )


def _names(fact: EvidenceFact, substance: str | None) -> bool:
    if substance is None:
        return True
    word = rf"\b{re.escape(substance)}\b"
    return re.search(word, fact.substance or "", re.IGNORECASE) is not None


def _is_about(fact: EvidenceFact, topic: str | None) -> bool:
    return topic is None or topic.casefold() in f"{fact.topic} {fact.text}".casefold()


def read_facts(path: Path, model: type[EvidenceFact]) -> tuple[EvidenceFact, ...]:
    """Read and check a file of facts.

    Raises
    ------
    DataError
        When the file is missing or no list, a fact is wrong (verified without a source, a field
        that does not exist), or two facts share an id; with the line.
    """
    if not path.exists():
        raise DataError(f"There is no file of facts {path}.")
    try:
        text = read_text(path, WHAT)
    except ProtocolError as error:
        raise DataError(str(error)) from None
    return _checked(text, str(path), model)


@cache  # by its text, so that a file that changes is read again
def _checked(text: str, name: str, model: type[EvidenceFact]) -> tuple[EvidenceFact, ...]:
    try:
        source = parse(text, name, WHAT, "`- id: ...`", listed=True)
    except ProtocolError as error:
        raise DataError(str(error)) from None
    if source.problems:
        one = source.problems[0]
        raise DataError(f"{name}:{source.line(one.path)}: {dotted(one.path)}: {one.message}.")
    found = tuple(_fact(source, i, row, model) for i, row in enumerate(source.data))
    twice = [one for one, times in Counter(fact.id for fact in found).items() if times > 1]
    if twice:
        raise DataError(f"{name}: two facts share the id {', '.join(twice)}; give each its own.")
    return found


def _fact(source: MarkedYaml, i: int, row: object, model: type[EvidenceFact]) -> EvidenceFact:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        name = row.get("id", row) if isinstance(row, dict) else row
        own = {path[1:]: word for path, word in source.written.items() if path[:1] == (i,)}
        fields = MarkedYaml(source.name, row, {}, own)
        found = [explained(one, fields, model) for one in error.errors()]
        told = "; ".join(": ".join([*map(str, one.path), one.message]) for one in found)
        where = source.line((i, *error.errors()[0]["loc"]))
        raise DataError(f"{source.name}:{where}: the fact {name} is wrong: {told}") from None


def check_facts(folder: Path) -> None:
    """Refuse a folder of facts with a wrong file, or one that holds no kind of facts.

    Raises
    ------
    DataError
        As `read_facts`; when a file's name is none of the kinds.
    """
    for file in sorted(folder.glob("*.yaml")):
        if file.stem not in MODELS:
            raise DataError(
                f"{file}: no kind of facts has that name: {mismatch(file.stem, list(MODELS))}."
            )
        read_facts(file, MODELS[file.stem])
