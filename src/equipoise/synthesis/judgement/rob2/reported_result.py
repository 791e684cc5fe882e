"""RoB 2, domain 5: bias in selection of the reported result."""

from equipoise.synthesis.judgement.rob2.levels import CONCERNS, HIGH, LOW, SOURCE
from equipoise.synthesis.judgement.signalling import (
    NI,
    NO,
    YES,
    Domain,
    Question,
    Row,
    either,
    every,
)

CHOSEN = either("5.2 5.3", YES)

REPORTED_RESULT = Domain(
    "D5",
    "Selection of the reported result",
    (
        Question("5.1", "analysed by a plan finished before unblinded outcomes were seen?"),
        Question("5.2", "chosen, for the result, from several measurements?"),
        Question("5.3", "chosen, for the result, from several analyses?"),
    ),
    (
        Row(LOW, (every("5.2 5.3", NO), every("5.1", YES))),
        Row(CONCERNS, (every("5.2 5.3", NO), every("5.1", NO | NI))),
        Row(CONCERNS, (every("5.2 5.3", NO | NI), either("5.2 5.3", NI))),
        Row(HIGH, (CHOSEN,)),
    ),
    SOURCE,
)
