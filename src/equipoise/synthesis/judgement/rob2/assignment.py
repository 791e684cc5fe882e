"""RoB 2, domain 2, when the effect of assignment is wanted: deviations and their analysis.

Two parts are judged, deviations (2.1 to 2.5) and analysis (2.6, 2.7), and the worse one counts.
"""

from equipoise.synthesis.judgement.rob2.levels import CONCERNS, HIGH, LOW, SOURCE
from equipoise.synthesis.judgement.signalling import (
    NI,
    NO,
    YES,
    Conditions,
    Domain,
    Question,
    Row,
    either,
    every,
)

AWARE = either("2.1 2.2", YES | NI)

DEVIATIONS: tuple[tuple[str, Conditions], ...] = (
    (LOW, (every("2.1 2.2", NO),)),
    (LOW, (AWARE, every("2.3", NO))),
    (CONCERNS, (AWARE, every("2.3", NI))),
    (CONCERNS, (AWARE, every("2.3", YES), every("2.4", NO))),
    (CONCERNS, (AWARE, every("2.3", YES), every("2.4", YES | NI), every("2.5", YES))),
    (HIGH, (AWARE, every("2.3", YES), every("2.4", YES | NI), every("2.5", NO | NI))),
)
ANALYSIS: tuple[tuple[str, Conditions], ...] = (
    (LOW, (every("2.6", YES),)),
    (CONCERNS, (every("2.6", NO | NI), every("2.7", NO))),
    (HIGH, (every("2.6", NO | NI), every("2.7", YES | NI))),
)
_ORDER = (LOW, CONCERNS, HIGH)

ASSIGNMENT = Domain(
    "D2",
    "Deviations from intended interventions (effect of assignment)",
    (
        Question("2.1", "participants aware of their arm?"),
        Question("2.2", "carers aware of people's arm?"),
        Question("2.3", "deviations because of the trial context?", ((AWARE,),)),
        Question("2.4", "could they have affected the outcome?", ((every("2.3", YES),),)),
        Question("2.5", "were they balanced between arms?", ((every("2.4", YES | NI),),)),
        Question("2.6", "analysis right for the effect of assignment?"),
        Question("2.7", "could wrong grouping matter much?", ((every("2.6", NO | NI),),)),
    ),
    tuple(
        Row(max(first, second, key=_ORDER.index), (*deviations, *analysis))
        for first, deviations in DEVIATIONS
        for second, analysis in ANALYSIS
    ),
    SOURCE,
)
