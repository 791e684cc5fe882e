"""The step of `equipoise review` that reads other programs' files."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from equipoise.errors import DataError

if TYPE_CHECKING:
    from types import ModuleType

    from equipoise.synthesis.review.study import Study

FORMATS = ("bibtex", "clinicaltrials", "csv", "europe-pmc", "metapsy", "nbib", "revman", "ris")


@click.command("import")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Recognised if left out.")
@click.option(
    "--source", metavar="NAME", help="The database or register; the file's name if left out."
)
@click.option("--register", "is_register", is_flag=True, help="The source is a trial register.")
@click.option(
    "--other", "is_other", is_flag=True, help="The source is neither (citations, hand search)."
)
@click.option("--records", "as_records", is_flag=True, help="Of a registry entry: only its record.")
@click.option("--outcome", metavar="NAME", help="What the rows measure.")
@click.option("--higher", type=click.Choice(["better", "worse"]), help="What a higher score means.")
@click.option(
    "--positive-favours", type=click.Choice(["arm1", "arm2"]),
    help="Which arm a positive ready-made effect favours: the first, or the second.",
)  # fmt: skip
@click.option("--measure", metavar="MEASURE", help="Of ready-made effects (GIV): SMD, MD, OR, RR.")
@click.option(
    "--checked-by",
    metavar="PERSON",
    help="Who compared the file with the papers; without it facts are unverified.",
)
@click.option(
    "--trial",
    "is_trial",
    is_flag=True,
    help="FILE is a source of equipoise: a records folder or dataset.",
)
@click.option("--year", type=int, help="Of a trial.")
def import_(folder: Path, file: Path, is_trial: bool, kind: str | None, **options: Any) -> None:
    """Read FILE of another program into the review FOLDER.

    Search results (RIS, NBIB, BibTeX, CSV, Europe PMC) go into searches/. Numbers (Metapsy,
    RevMan, ClinicalTrials.gov, trials of equipoise) become study files; what the file does not
    say, such as directions and what its arms are, a person declares.

    \b
    Examples:
      equipoise review import my-review pubmed.nbib --source PubMed
      equipoise review import my-review metapsy.csv --outcome depression --higher worse
      equipoise review import my-review NCT01234567.json
      equipoise review import my-review my-records --trial --year 2026
    """
    from equipoise.synthesis.review import read_plan  # noqa: PLC0415  (--help is instant)

    folder, _ = read_plan(folder)
    if is_trial:
        _trial(folder, str(file), options["year"])
        return
    from equipoise.synthesis.review.importers import importer_for  # noqa: PLC0415

    if not file.is_file():
        raise DataError(f"There is no file {file}. Look at its name and its folder.")
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{file} is not UTF-8 (byte {error.start}): save it as UTF-8.") from None
    importer = importer_for(file.name, text, kind)
    if hasattr(importer, "studies") and not options["as_records"]:
        _studies(folder, file, text, importer, options)
        return
    _records(folder, file, text, importer, options)


def _records(
    folder: Path, file: Path, text: str, importer: ModuleType, options: dict[str, Any]
) -> None:
    from equipoise.synthesis.review.screening.record import add_records  # noqa: PLC0415

    kind = "register" if options["is_register"] else "other" if options["is_other"] else "database"
    searches = folder / "searches"
    added = add_records(
        searches, importer.records(text), search=file.name, source=options["source"] or file.stem,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(), kind=kind,
    )  # fmt: skip
    kept = searches / "files" / f"{added[0].sha256[:8]}-{file.name}" if added else None
    if kept is not None:
        kept.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, kept)
    click.echo(f"{len(added)} records of {file.name} ({importer.NAME}) into {searches}")


def _studies(
    folder: Path, file: Path, text: str, importer: ModuleType, options: dict[str, Any]
) -> None:
    from equipoise.synthesis.review.importers.arm_map import (  # noqa: PLC0415
        FOLDER,
        confirmed_map,
        proposed,
    )
    from equipoise.synthesis.review.importers.options import ImportOptions  # noqa: PLC0415

    proposal = (
        importer.proposal(text)
        if hasattr(importer, "proposal")
        else {"arms": proposed(importer.arm_labels(text))}
    )
    path = folder / "searches" / FOLDER / f"{file.stem}.yaml"
    told = confirmed_map(path, proposal, file.name)
    declared = ("outcome", "higher", "positive_favours", "measure", "checked_by")
    made = importer.studies(
        text,
        ImportOptions(file.name, arms=told["arms"], outcomes=told.get("outcomes"),
                      **{name: options[name] for name in declared}),
    )  # fmt: skip
    _write(folder, made)


def _trial(folder: Path, source: str, year: int | None) -> None:
    from equipoise.cli.sources import opened  # noqa: PLC0415
    from equipoise.synthesis.review.importers.trial import study_of  # noqa: PLC0415

    _write(folder, [study_of(opened(source), year=year or date.today().year)])  # noqa: DTZ011


def _write(folder: Path, studies: list[Study]) -> None:
    from equipoise.synthesis.review import read_plan  # noqa: PLC0415
    from equipoise.synthesis.review.writing import write_studies  # noqa: PLC0415

    where = folder / read_plan(folder)[1].studies_folder
    write_studies(where, studies)
    for study in studies:
        if study.note:
            click.echo(f"{study.id}: {study.note}", err=True)
    verified = all(
        fact.verified for study in studies for row in study.outcomes for fact in row.facts
    )
    told = "" if verified else "; their facts are unverified until a person has checked them"
    click.echo(f"{len(studies)} studies into {where}{told}")
