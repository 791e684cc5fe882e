"""A review folder: review.yaml, the studies it selects, judgements and searches.

`studies/` may be shared by several reviews: `studies_folder` says where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from equipoise.errors import DataError
from equipoise.protocol.consistency import mismatch
from equipoise.synthesis.review.plan import Review
from equipoise.synthesis.review.reading import read_review_file, read_study
from equipoise.synthesis.review.study import Study


@dataclass(frozen=True, slots=True)
class ReviewFolder:
    """A checked review with the studies that it selects, by id and in order of id."""

    path: Path
    review: Review
    studies: Mapping[str, Study]

    @property
    def judgements(self) -> Path:
        """Where judgements are kept: RoB 2, ROBINS-I, GRADE, one YAML ledger each."""
        return self.path / "judgements"

    @property
    def searches(self) -> Path:
        """Where search results, the screening log and confirmed arm maps are kept."""
        return self.path / "searches"

    @property
    def results(self) -> Path:
        """Where results are written, a folder a version."""
        return self.path / "results"


def read_plan(folder: str | Path) -> tuple[Path, Review]:
    """Return a review's folder and its plan.

    Raises
    ------
    DataError
        When there is no review.yaml, or it is wrong.
    """
    path = Path(folder)
    if path.is_file() and path.name == "review.yaml":
        path = path.parent
    if not (path / "review.yaml").is_file():
        raise DataError(
            f"There is no review.yaml in {path}. `equipoise review new {path}` writes one with "
            "comments."
        )
    return path, read_review_file(path / "review.yaml")


StudiesOf = Callable[[Path], Mapping[str, Study]]
"""Reads the study files of a folder, by id."""


def read_review(folder: str | Path, *, studies_of: StudiesOf | None = None) -> ReviewFolder:
    """Read a review folder and check it as a whole.

    Parameters
    ----------
    studies_of
        Reads the folder of studies: by default `read_studies`. Where many reviews share one, a
        `Shelf` reads each file once.

    Raises
    ------
    DataError
        When a file is wrong (every mistake with its line), a study is named that is not there,
        two files describe one study, or an instrument's direction differs between studies.
    """
    path, review = read_plan(folder)
    everything = (studies_of or read_studies)(path / review.studies_folder)
    chosen = _selected(review, everything, path)
    refuse_mixed_directions(chosen.values())
    return ReviewFolder(path, review, chosen)


def read_studies(
    folder: Path, *, progress: Callable[[int, int], None] = lambda _done, _of: None
) -> dict[str, Study]:
    """Read every study file of a folder, by id; two files of one study are refused.

    `progress` is called before each file with how many were read, and how many there are.
    """
    if not folder.is_dir():
        raise DataError(
            f"There is no folder {folder}. Make it, or say in review.yaml where the studies are: "
            "`studies_folder: ../../studies`."
        )
    files = sorted(folder.glob("*.yaml"))
    studies: dict[str, Study] = {}
    for done, file in enumerate(files):
        progress(done, len(files))
        studies[file.stem] = read_study(file)
    refuse_duplicates(studies.values())
    _refuse_unknown_reports(studies, folder)
    return studies


def _selected(review: Review, everything: Mapping[str, Study], path: Path) -> dict[str, Study]:
    where = path / "review.yaml"
    for name in (*review.studies, *review.excluded):
        if name not in everything:
            found = mismatch(name, list(everything), "studies")
            raise DataError(f"{where}: names a study that is not in the folder: {found}.")
    wanted = review.studies or tuple(everything)
    return {name: everything[name] for name in sorted(wanted) if name not in review.excluded}


def _refuse_unknown_reports(studies: Mapping[str, Study], folder: Path) -> None:
    """Refuse a report of the same trial that is not there: a slip would count people twice."""
    for study in studies.values():
        for name in study.same_trial_as:
            if name not in studies:
                found = mismatch(name, list(studies), "studies")
                raise DataError(
                    f"{folder / study.id}.yaml: same_trial_as names a study that is not in the "
                    f"folder: {found}."
                )


def refuse_duplicates(studies: Iterable[Study]) -> None:
    """Refuse two files that are one study: the same id, DOI or PMID, or one registration.

    Two reports of one trial may share a registration if one names the other in `same_trial_as`.
    """
    seen: dict[tuple[str, str], Study] = {}
    for study in studies:
        for kind, value in _identities(study):
            first = seen.setdefault((kind, value), study)
            if first is study or (kind == "registration" and _linked(first, study)):
                continue
            raise DataError(
                f"{first.id}.yaml and {study.id}.yaml have the same {kind} {value}: one study "
                "counted twice. Keep one file"
                + (
                    f", or write `same_trial_as: [{first.id}]` in the other if they are two "
                    "reports of one trial."
                    if kind == "registration"
                    else "."
                )
            )


def _identities(study: Study) -> Iterator[tuple[str, str]]:
    yield "id", study.id
    if study.doi:
        yield "DOI", study.doi.lower()
    if study.pmid:
        yield "PMID", str(study.pmid)
    yield from (("registration", number.strip().upper()) for number in study.registration)


def _linked(one: Study, other: Study) -> bool:
    return one.id in other.same_trial_as or other.id in one.same_trial_as


def refuse_mixed_directions(studies: Iterable[Study]) -> None:
    """Refuse an instrument of which a higher score means better in one file, worse in another."""
    declared: dict[tuple[str, str], tuple[str, str]] = {}
    for study in studies:
        for row in study.outcomes:
            if row.higher is None or row.instrument is None:
                continue
            key = (row.outcome, row.instrument.casefold())
            direction, by = declared.setdefault(key, (row.higher, study.id))
            if direction != row.higher:
                raise DataError(
                    f"Effect directions are mixed within {row.outcome}: higher {row.instrument} "
                    f"is {direction} in {by} and {row.higher} in {study.id}. Look up the scale "
                    "and correct one file."
                )
