"""What a review answers of one outcome: its main analysis, and how people call things in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from equipoise.report.evidence.sentence import Opens, Sentence, Shown
from equipoise.report.evidence.templates import listed, words
from equipoise.synthesis.judgement.grade.certainty import WORDS
from equipoise.synthesis.judgement.plain_statement import Wording
from equipoise.synthesis.review.risk_of_bias import NOT_JUDGED, lapsed_bias, risk_of_bias_of

if TYPE_CHECKING:
    from equipoise.estimates import Estimate, Estimates
    from equipoise.synthesis.review import Review, ReviewAnalysis, Row, Selection, Study, Synthesis
    from equipoise.synthesis.review.plan import ReviewOutcome

POOLED = ("pooled-effect", "pooled-ratio")
OWN = ("study-effect", "study-ratio")
NO_STUDY, NO_NUMBER = "no study", "no number"
ASSUMED = "assumed"
"""Certainty of a scenario: the plan states it, no study of the answer does."""
COUNTED = ("OR", "RR", "RD")
"""Measures of people with an event."""
HEAD_TO_HEAD = frozenset({"medication", "psychotherapy"})
"""Comparators that are themselves treatments."""
ACTIVE = "active-placebo"
NO_ARM = ("has no arm", "has no comparator")
"""How the reason begins of a study that did not test the treatment, or not against that."""


@dataclass(frozen=True)
class Answer:
    """One analysis of a review, as sentences read it.

    Parameters
    ----------
    bias
        Risk of bias by study, of the studies that were judged as their files are now.
    lapsed
        Studies whose file changed after it was judged.
    """

    synthesis: Synthesis
    analysis: ReviewAnalysis
    bias: Mapping[str, str]
    lapsed: frozenset[str] = frozenset()

    @property
    def review(self) -> Review:
        """The plan."""
        return self.synthesis.folder.review

    @property
    def outcome(self) -> ReviewOutcome:
        """The outcome's plan."""
        return self.review.outcomes[self.analysis.outcome]

    @property
    def selection(self) -> Selection:
        """What is pooled, and what is left out."""
        return self.synthesis.selections[self.analysis.name]

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is pooled."""
        return self.selection.rows

    @property
    def found(self) -> Estimates:
        """The estimates of the analysis."""
        return self.synthesis.found[self.analysis.name]

    @property
    def central(self) -> Estimate | None:
        """The pooled effect; of one study its own; None where several could not be pooled."""
        names = POOLED if len(self.rows) > 1 else OWN
        return next((row for row in self.found if row.name in names), None)

    @property
    def level(self) -> int | None:
        """The certainty, 1 to 4; None where it was not judged."""
        rows = self.found.select(name="certainty").rows
        return int(rows[0].estimate or 0) if rows else None

    @property
    def certainty(self) -> str:
        """The certainty in words."""
        if not self.rows:
            return NO_NUMBER if self.without_number else NO_STUDY
        return NOT_JUDGED if self.level is None else WORDS[self.level]

    @property
    def certainty_reasons(self) -> tuple[str, ...]:
        """What moved the certainty."""
        return self.found.select(name="certainty").assumptions

    @cached_property  # each sentence names them: of thousands, one list is enough
    def studies(self) -> tuple[str, ...]:
        """Ids of the pooled studies."""
        return tuple(row.study.id for row in self.rows)

    @property
    def without_number(self) -> tuple[Study, ...]:
        """Studies of the kind asked for that looked at the outcome, and gave nothing to pool."""
        rules, plan = self.review.eligibility, self.analysis
        return tuple(
            out.study
            for out in self.selection.left_out
            if any(row.outcome == plan.outcome for row in out.study.outcomes)
            and (out.study.design.randomised or not rules.randomised)
            and out.study.design.kind in rules.designs
            and out.study.id not in plan.leave_out
            and not out.reason.startswith(NO_ARM)
        )

    @property
    def randomised(self) -> bool:
        """Whether all pooled studies drew lots."""
        return all(row.study.design.randomised for row in self.rows)

    @property
    def wording(self) -> Wording:
        """The words for treatment and outcome."""
        said, question = self.outcome.words, self.review.question
        treatment = said.treatment or question.intervention
        return Wording(treatment, said.outcome or _small(self.outcome.label), said.plural)

    @property
    def event(self) -> str:
        """What the people counted do: get better, or have what the outcome counts."""
        counts_harm = self.analysis.measure in COUNTED and self.outcome.higher == "worse"
        usual = f"have {self.wording.outcome}" if counts_harm else "get better"
        return self.outcome.people.event or usual

    @cached_property
    def controls(self) -> tuple[str, ...]:
        """Kinds of the comparators of what is pooled; of nothing pooled, those planned."""
        kinds = {arm.name: arm.kind for row in self.rows for arm in row.study.arms
                 if arm.name == row.contrast[1]}  # fmt: skip
        return tuple(dict.fromkeys(kinds.values())) or tuple(self.analysis.comparators)

    @property
    def control(self) -> str:
        """The words for what it is compared with.

        The plan's words are of controls, so another treatment keeps its own name. A placebo that
        can be felt is called so where every pooled trial used one.
        """
        if self.outcome.words.control and not set(self.controls) <= HEAD_TO_HEAD:
            return self.outcome.words.control
        if self.controls == (ACTIVE,):
            return words("exact controls", ACTIVE)
        kinds = dict.fromkeys(words("controls", kind) for kind in self.controls)
        return listed(list(kinds), "or")

    def sentence(
        self,
        kind: str,
        template: str,
        text: str,
        shown: Iterable[Shown] = (),
        *,
        size: str = "",
        studies: Iterable[str] | None = None,
        certainty: str | None = None,
    ) -> Sentence:
        """Make a sentence of this analysis, with what stands behind it."""
        return Sentence(
            id=f"{self.review.identifier}:{self.analysis.name}:{kind}",
            template=template,
            text=text,
            outcome=self.analysis.outcome,
            certainty=self.certainty if certainty is None else certainty,
            size=size,
            estimates=(*shown, *self._names(text)),
            studies=self.studies if studies is None else tuple(studies),
            version=self.synthesis.version.sha256,
            opens=self._opens,
        )

    def _names(self, text: str) -> Iterator[Shown]:
        """Yield the review's own words with digits that a text holds: no number to look for."""
        own = {"treatment": self.wording.treatment, "outcome": self.wording.outcome,
               "control": self.control, "event": self.event}  # fmt: skip
        for name, words_ in own.items():
            if words_ in text and any(letter.isdigit() for letter in words_):
                yield Shown("words", name, None, words_)

    def opens(self) -> Opens:
        """Return what stands behind the sentences of this analysis."""
        return self._opens

    @cached_property
    def _opens(self) -> Opens:
        row = self.central
        bias = tuple((name, self.bias.get(name, NOT_JUDGED)) for name in self.studies)
        reasons, warnings = self.certainty_reasons, self.found.warnings
        if row is None:
            return Opens(risk_of_bias=bias, certainty_reasons=reasons, warnings=warnings)
        return Opens(
            row.estimate,
            row.low,
            row.high,
            row.level,
            row.unit,
            row.method,
            bias,
            reasons,
            warnings,
        )


def answers(synthesis: Synthesis) -> Iterator[Answer]:
    """Yield the main analyses of each outcome, of those that were run.

    Those that the plan calls primary; of an outcome without any, the first that is no sensitivity
    analysis.
    """
    review, bias = synthesis.folder.review, risk_of_bias_of(synthesis.folder)
    lapsed = lapsed_bias(synthesis.folder)
    for outcome in review.outcomes:
        run = [
            one for one in review.analyses if one.outcome == outcome and one.name in synthesis.found
        ]
        main = [one for one in run if one.primary]
        others = [one for one in run if one.sensitivity_of is None and not one.adjusted_for_guess]
        for one in main or others[:1]:
            yield Answer(synthesis, one, bias, lapsed)


def beside(answer: Answer) -> Iterator[Answer]:
    """Yield the other analyses of the same outcome."""
    for one in answer.review.analyses:
        other = one.outcome == answer.analysis.outcome and one.name != answer.analysis.name
        if other and one.name in answer.synthesis.found:
            yield Answer(answer.synthesis, one, answer.bias, answer.lapsed)


def _small(label: str) -> str:
    """Return a label without its capital, unless it is an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]
