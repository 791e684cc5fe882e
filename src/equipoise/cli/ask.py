"""equipoise ask: the graded answer from the evidence, in the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from equipoise.cli.options import json_option

if TYPE_CHECKING:
    from equipoise.estimates import Estimates
    from equipoise.report.evidence import Sentence
    from equipoise.report.evidence.asking import Asked
    from equipoise.synthesis.review import Synthesis

QUOTED = re.compile(r"; it says: .*?(?=; gives no |$)")
"""What a report claims without a number: `synthesise` quotes it, an answer does not."""
HEADINGS = {
    "The numbers, one step below": (
        "mixed-designs",
        "indirect",
        "people",
        "effect",
        "who",
        "control",
        "own-start",
        "both-changed",
    ),
    "How much may be belief": ("guess", "chance-guessing", "tipping", "belief"),
    "Beside studies that did not draw lots": ("observational", "disagreement"),
    "What is not known": ("stale", "harms", "change"),
}
"""Heading: how the kinds of its sentences start."""


@click.command()
@click.argument("topic")
@click.option("--for", "wanted", metavar="WORDS", help="What it should help: depression, anxiety.")
@json_option
def command(topic: str, wanted: str | None, as_json: bool) -> None:
    """Print what the evidence says of a question, how sure it is, and what stands behind it.

    TOPIC is words such as microdosing or ketamine, the name of a review that comes with equipoise,
    or a folder with review.yaml. Nothing is fetched: the reviews are in the package. No answer is
    a recommendation.

    \b
    Examples:
      equipoise ask "microdosing" --for depression
      equipoise ask "LSD microdose" --for anxiety --json
      equipoise ask my-review
    """
    from equipoise.report.evidence import sentences  # noqa: PLC0415  (--help is instant)
    from equipoise.report.evidence.asking import find_answers  # noqa: PLC0415
    from equipoise.synthesis.review import read_review, synthesise  # noqa: PLC0415

    asked = find_answers(topic, wanted)
    made = [synthesise(read_review(one.folder)) for one in asked]
    told = [_of(one, sentences(found)) for one, found in zip(asked, made, strict=True)]
    if as_json:
        click.echo(_json(asked, made, told))
        return
    for one, found, said in zip(asked, made, told, strict=True):
        if len(asked) == 1:
            _whole(one, found, said)
        else:
            _short(one, said)
    if len(asked) > 1:
        click.echo("\nFor the numbers and the studies behind an answer, ask for one review.")


def _of(asked: Asked, said: Iterable[Sentence]) -> list[Sentence]:
    """Keep the sentences on the outcomes asked for, and those on the whole review."""
    return [one for one in said if one.outcome in (*asked.outcomes, "")]


def _short(asked: Asked, said: Sequence[Sentence]) -> None:
    from equipoise.cli import show  # noqa: PLC0415

    click.echo(f"\n{asked.review.title} (equipoise ask {asked.review.identifier})")
    for one in said:
        if one.kind == "headline":
            show.wrapped(one.text, "  ")


def _whole(asked: Asked, made: Synthesis, said: Sequence[Sentence]) -> None:
    from equipoise.cli import show  # noqa: PLC0415

    click.echo()
    show.wrapped(asked.review.title)
    for outcome in asked.outcomes:
        own = [one for one in said if one.outcome == outcome]
        if not own:
            label = asked.review.outcomes[outcome].label
            show.wrapped(f"The review plans no analysis of {label}.", "  ")
        for headline in (one for one in own if one.kind == "headline"):
            click.echo()
            show.wrapped(headline.text, "  ")
            _why(headline)
        numbers, *others = list(HEADINGS)[:-1]
        _under(own, [numbers])
        _units(own)
        _under(own, others)
    _harms(asked)
    _under(said, list(HEADINGS)[-1:])
    for outcome in asked.outcomes:
        _studies(asked, made, outcome)
    click.echo(f"\nThis is no advice. {_version(made)}")


def _harms(asked: Asked) -> None:
    from equipoise.cli import show  # noqa: PLC0415
    from equipoise.report.evidence.harms import harms_of, told  # noqa: PLC0415

    show.items("Harms that reports tell of (not pooled)", map(told, harms_of(asked.review)))


def _why(headline: Sentence) -> None:
    from equipoise.cli import show  # noqa: PLC0415

    opens = headline.opens
    show.items(f"How sure, and why: {headline.certainty}", opens.certainty_reasons)
    levels: dict[str, list[str]] = {}
    for study, level in opens.risk_of_bias:
        levels.setdefault(level, []).append(study)
    show.items(
        "Risk of bias", (f"{level}: {', '.join(studies)}" for level, studies in levels.items())
    )


def _units(said: Iterable[Sentence]) -> None:
    """Say what the numbers are in, and which side of it favours what."""
    from equipoise.cli import show  # noqa: PLC0415

    for one in said:
        if one.kind == "effect" and one.opens.level is not None:
            unit, covers = one.opens.unit or "", f"{100 * one.opens.level:g}%"
            show.wrapped(f"In brackets the {covers} interval. Unit: {unit}.", "    ")


def _under(said: Sequence[Sentence], headings: Iterable[str]) -> None:
    from equipoise.cli import show  # noqa: PLC0415

    for heading in headings:
        own = [one.text for one in said if one.kind.startswith(HEADINGS[heading])]
        show.items(heading, dict.fromkeys(own))


def _studies(asked: Asked, made: Synthesis, outcome: str) -> None:
    from equipoise.cli import show  # noqa: PLC0415
    from equipoise.report.evidence.answer import answers  # noqa: PLC0415

    for answer in answers(made):
        if answer.analysis.outcome != outcome:
            continue
        label = asked.review.outcomes[outcome].label
        told = (
            f"{row.study.id}: {row.study.citation}"
            + (f", doi {row.study.doi}" if row.study.doi else "")
            for row in answer.rows
        )
        show.items(f"Studies in the answer on {label}: {len(answer.rows)}", told)
        reasons: dict[str, list[str]] = {}
        for out in answer.selection.left_out:
            reason = QUOTED.sub("", out.reason)
            reasons.setdefault(reason, []).append(out.study.id)
        show.items(
            f"Studies not in it: {len(answer.selection.left_out)}",
            (f"{', '.join(studies)}: {reason}" for reason, studies in reasons.items()),
        )


def _version(made: Synthesis) -> str:
    review = made.folder.review
    newest = max((study.year for study in made.folder.studies.values()), default=None)
    years = f", studies up to {newest}" if newest else ""
    return f"{review.identifier}, version {review.version}{years}, {made.version.short}"


def _json(
    asked: Sequence[Asked], made: Sequence[Synthesis], told: Sequence[Sequence[Sentence]]
) -> str:
    import json  # noqa: PLC0415

    from equipoise.report.evidence.harms import harms_of  # noqa: PLC0415

    found = _together(asked, made).to_dict()
    found["sentences"] = [sentence.to_dict() for said in told for sentence in said]
    harms = {harm.id: harm for one in asked for harm in harms_of(one.review)}
    found["harms"] = [harm.model_dump(mode="json", exclude_none=True) for harm in harms.values()]
    return json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1)


def _together(asked: Sequence[Asked], made: Sequence[Synthesis]) -> Estimates:
    """Return the estimates of the outcomes asked for; of several reviews with one source."""
    from equipoise.estimates import Estimates, Source  # noqa: PLC0415
    from equipoise.synthesis.review.versions.version import canonical, digest  # noqa: PLC0415

    every = Estimates()
    for one, found in zip(asked, made, strict=True):
        for outcome in one.outcomes:
            every += found.estimates.select(outcome=outcome)
    if len(made) == 1:
        return every
    names = "; ".join(found.estimates.source.name for found in made if found.estimates.source)
    versions = digest(canonical([found.version.sha256 for found in made]))
    return every.with_source(Source(names, versions))
