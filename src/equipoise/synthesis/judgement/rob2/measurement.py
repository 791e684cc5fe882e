"""RoB 2, domain 4: bias in measurement of the outcome. Where unblinding reaches the score."""

from equipoise.synthesis.judgement.rob2.levels import CONCERNS, HIGH, LOW, SOURCE
from equipoise.synthesis.judgement.signalling import NI, NO, YES, Domain, Question, Row, every

SAME, UNCLEAR = every("4.2", NO), every("4.2", NI)

MEASUREMENT = Domain(
    "D4",
    "Measurement of the outcome",
    (
        Question("4.1", "method of measuring inappropriate?"),
        Question("4.2", "measured differently between arms?"),
        Question(
            "4.3", "assessors aware of the arm?", ((every("4.1", NO | NI), every("4.2", NO | NI)),)
        ),
        Question("4.4", "could knowing it influence the assessment?", ((every("4.3", YES | NI),),)),
        Question("4.5", "is it likely that it did?", ((every("4.4", YES | NI),),)),
    ),
    (
        Row(LOW, (SAME, every("4.3", NO))),
        Row(LOW, (SAME, every("4.4", NO))),
        Row(CONCERNS, (UNCLEAR, every("4.3", NO))),
        Row(CONCERNS, (UNCLEAR, every("4.4", NO))),
        Row(CONCERNS, (every("4.5", NO),)),
        Row(HIGH, (every("4.5", YES | NI),)),
        Row(HIGH, (every("4.1", YES),)),
        Row(HIGH, (every("4.1", NO | NI), every("4.2", YES))),
    ),
    SOURCE,
)
