"""equipoise screen: the safety rules that apply to a person's answers."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from equipoise import __version__
from equipoise.cli.options import json_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from equipoise.safety import CrisisBlock, Criterion, Hit, Question, ScreenResult

WIDTH = 100


@click.command()
@click.option("--substance", multiple=True, help="Drug to screen for: LSD, psilocybin, ketamine, …")
@click.option(
    "--protocol",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Screen for the drugs of a protocol's arms.",
)
@click.option("--medicine", multiple=True, help="A medicine that the person takes, as typed.")
@click.option("--meant", multiple=True, metavar="TYPED=NAME", help="Which name was meant.")
@click.option(
    "--answer", multiple=True, metavar="QUESTION=ANSWER", help='yes, no or "not sure"; see below.'
)
@click.option("--country", help="Print the crisis lines of this country (GB, US, …).")
@click.option("--questions", is_flag=True, help="Print the questions and their names.")
@click.option("--rules", is_flag=True, help="Print every rule, as a Markdown table.")
@click.option("--criteria", is_flag=True, help="Print the rules as criteria of a trial.")
@json_option
def command(
    substance: tuple[str, ...],
    protocol: Path | None,
    medicine: tuple[str, ...],
    meant: tuple[str, ...],
    answer: tuple[str, ...],
    country: str | None,
    questions: bool,
    rules: bool,
    criteria: bool,
    as_json: bool,
) -> None:
    """Say which safety rules apply to a person and a drug, and what is not known.

    This is not medical advice. Nothing found is not proof of safety. A question that is left out is
    named as not answered; "not sure" counts as the stricter answer.

    \b
    Examples:
      equipoise screen --questions
      equipoise screen --rules --substance ketamine
      equipoise screen --substance psilocybin --medicine "Priadel 400 mg" --answer pregnancy=no
      equipoise screen --substance LSD --answer "suicide=not sure" --country GB
      equipoise screen --substance ketamine --criteria
      equipoise screen --protocol trial.yaml --criteria --json
    """
    from equipoise import safety  # noqa: PLC0415  (--help must be instant)

    about = _substances(substance, protocol)
    if questions:
        book = safety.rule_book()
        asked = safety.questions_for(about) if about else tuple(book.questions.values())
        _tell({"questions": [q.model_dump() for q in asked]}, as_json, lambda: _questions(asked))
        return
    if rules:
        rows = safety.rule_rows(about)
        shown = {"rules": [asdict(row) for row in rows]}
        _tell(shown, as_json, lambda: click.echo(safety.rules_markdown(rows), nl=False))
        return
    if not about:
        raise click.UsageError("Name the drug with --substance, or a --protocol.")
    if criteria:
        found = safety.criteria(about)
        _tell({"criteria": [asdict(c) for c in found]}, as_json, lambda: _criteria(found))
        return
    given = safety.Answers(_pairs(answer, "--answer"), medicine, _pairs(meant, "--meant"))  # type: ignore[arg-type]
    result = safety.screen(given, about)
    block = safety.crisis_block(country) if result.crisis or country else None
    crisis = block.to_dict() if block else None
    told = {"crisis_block": crisis, "screen": result.to_dict()}
    _tell(told, as_json, lambda: _result(result, block))


def _substances(named: tuple[str, ...], protocol: Path | None) -> tuple[str, ...]:
    if protocol is None:
        return named
    from equipoise.protocol import read_protocol  # noqa: PLC0415
    from equipoise.safety import substances_in  # noqa: PLC0415

    arms = read_protocol(protocol).arms
    known, without = substances_in(part.substance for arm in arms for part in arm.interventions)
    for text in without:
        click.echo(f"We have no rules for {text}: nothing is said about it.", err=True)
    return tuple(dict.fromkeys([*named, *known]))


def _pairs(texts: Iterable[str], option: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign or not key.strip() or not value.strip():
            raise click.BadParameter(f"Write {option} NAME=VALUE. Got {text!r}.")
        if found.setdefault(key.strip(), value.strip()) != value.strip():
            raise click.BadParameter(f"{option} {key.strip()} was given twice, with two values.")
    return found


def _tell(rows: Mapping[str, object], as_json: bool, show: Callable[[], None]) -> None:
    if as_json:
        click.echo(json.dumps({"equipoise": __version__, **rows}, ensure_ascii=False, indent=1))
    else:
        show()


def _line(text: str, first: str = "", rest: str = "") -> None:
    click.echo(click.wrap_text(text, WIDTH, first, rest))


def _questions(asked: tuple[Question, ...]) -> None:
    for question in asked:
        more = f" (if {question.after} is yes or not sure)" if question.after else ""
        _line(f"{question.id}{more}: {question.text}", "", "    ")


def _criteria(found: tuple[Criterion, ...]) -> None:
    titles = {"stop": "Exclude", "talk first": "A clinician decides", "record": "Record"}
    for level, title in titles.items():
        click.echo(f"\n{title}" if level != "stop" else title)
        for criterion in (c for c in found if c.level == level):
            source = "; ".join(criterion.sources) or "no source read in this version"
            _line(f"{criterion.text} ({source})", "  - ", "    ")


def _result(result: ScreenResult, block: CrisisBlock | None) -> None:
    if block and result.crisis:
        _crisis(block)
    click.echo(f"Safety screen: {', '.join(result.substances)}\n")
    _line(result.summary)
    if result.unknown_count:
        _line(result.unknown_count)
    for hit in result.hits:
        _hit(hit)
    _listed("Not known", [unknown.text for unknown in result.unknown])
    _listed("Not checked", result.not_checked)
    click.echo("")
    for note in result.notes:
        _line(note)
    if block and not result.crisis:
        click.echo("")
        _crisis(block)


def _crisis(block: CrisisBlock) -> None:
    _line(block.first)
    _line(block.emergency)
    for text in block.lines:
        _line(text, "  - ", "    ")
    click.echo("")


def _hit(hit: Hit) -> None:
    click.echo("")
    _line(f"{'Perhaps. ' if hit.possible else ''}{hit.level_text}")
    for text in (*hit.asked, hit.reason, *([hit.indirect] if hit.indirect else [])):
        _line(text, "    ", "    ")
    if hit.source:
        doi = f", doi {hit.source.doi}" if hit.source.doi else ""
        _line(f"How sure: {hit.strength} ({hit.evidence}).", "    ", "    ")
        source = f"{hit.source.citation}{doi}; read at {hit.source.read_at[0]}"
        _line(f"Source: {source}, {hit.source.read_on}.", "    ", "    ")
    _line(hit.checked, "    ", "    ")


def _listed(title: str, texts: Iterable[str]) -> None:
    texts = list(texts)
    if texts:
        click.echo(f"\n{title}")
    for text in texts:
        _line(text, "  - ", "    ")
