"""The risk of bias of a review's studies, as far as it is of the study files as they are now.

A judgement is of a result: an entry that names an `outcome` of the plan holds for that one alone.
An entry of `judgements/rob2.yaml` (or `robins-i.yaml`) may say `study_sha256`, the hash of the
study file that was read. Where the file has changed since, nobody has judged what it says now.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from equipoise.errors import DataError
from equipoise.synthesis.judgement import from_mapping, judge_studies

if TYPE_CHECKING:
    from equipoise.synthesis.judgement import Assessed
    from equipoise.synthesis.judgement.risk_of_bias_table import Tool
    from equipoise.synthesis.review.folder import ReviewFolder

TOOLS: dict[str, Tool] = {"rob2.yaml": "rob2", "robins-i.yaml": "robins-i"}
NOT_JUDGED = "not judged"
FEW = 10


def assessed(folder: ReviewFolder) -> tuple[Assessed, ...]:
    """Return the risk of bias of the studies that were judged as their files are now."""
    return tuple(one for one in _written(folder) if not _lapsed(folder, one))


def assessed_for(folder: ReviewFolder, outcome: str) -> dict[str, Assessed]:
    """Return the judgement of each study that holds for an outcome.

    One that names the outcome comes before one that names none; those of other outcomes tell
    nothing of it.
    """
    every = {one.label: one for one in assessed(folder)}
    named = {name: every.get(f"{name} ({outcome})", every.get(name)) for name in folder.studies}
    return {name: one for name, one in named.items() if one is not None}


def risk_of_bias_of(folder: ReviewFolder, outcome: str) -> dict[str, str]:
    """Return the overall level of each study for an outcome, judged as its file is now."""
    return {name: one.level("overall") for name, one in assessed_for(folder, outcome).items()}


def study_of(folder: ReviewFolder, label: str) -> str:
    """Return the study that a judgement is of; its label may name an outcome behind it."""
    return label if label in folder.studies else label.rpartition(" (")[0]


def lapsed_bias(folder: ReviewFolder) -> frozenset[str]:
    """Return the studies whose file changed after it was judged: they count as not judged."""
    lapsed = (one.label for one in _written(folder) if _lapsed(folder, one))
    return frozenset(study_of(folder, label) for label in lapsed)


def undated_bias(folder: ReviewFolder) -> tuple[str, ...]:
    """Return the studies whose judgement does not say of which version of the file it is."""
    undated = (study_of(folder, one.label) for one in _written(folder) if not one.study_sha256)
    return tuple(dict.fromkeys(name for name in undated if name in folder.studies))


def some(studies: list[str] | tuple[str, ...]) -> str:
    """Name studies; of many the first, and how many more there are.

    >>> some(["a", "b"])
    'a, b'
    """
    more = len(studies) - FEW
    return ", ".join(studies[:FEW]) + (f" and {more:,} more" if more > 0 else "")


def _lapsed(folder: ReviewFolder, one: Assessed) -> bool:
    study = folder.studies.get(study_of(folder, one.label))
    known = bool(one.study_sha256) and study is not None
    return known and not study.sha256.startswith(one.study_sha256)  # type: ignore[union-attr]


def _written(folder: ReviewFolder) -> tuple[Assessed, ...]:
    """Return all that the files hold, of whatever version of a study."""
    found: list[Assessed] = []
    for name, tool in TOOLS.items():
        file = folder.judgements / name
        if not file.is_file():
            continue
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise DataError(f"{file} is no YAML in UTF-8: {error}") from error
        found += _judged(text, tool, str(file))
    return tuple(found)


@lru_cache(maxsize=8)  # each analysis asks; a file of thousands of studies takes seconds
def _judged(text: str, tool: Tool, name: str) -> tuple[Assessed, ...]:
    import yaml  # noqa: PLC0415

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(text, Loader=loader)  # noqa: S506  (both loaders are safe ones)
    except yaml.YAMLError as error:
        raise DataError(f"{name} is no YAML in UTF-8: {error}") from error
    try:
        return judge_studies(from_mapping(data), tool)
    except DataError as error:
        raise DataError(f"{name}: {error}") from None
