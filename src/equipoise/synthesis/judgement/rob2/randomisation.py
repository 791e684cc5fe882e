"""RoB 2, domain 1: bias arising from the randomisation process."""

from equipoise.synthesis.judgement.rob2.levels import CONCERNS, HIGH, LOW, SOURCE
from equipoise.synthesis.judgement.signalling import NI, NO, YES, Domain, Question, Row, every

RANDOMISATION = Domain(
    "D1",
    "Randomisation process",
    (
        Question("1.1", "sequence random?"),
        Question("1.2", "sequence concealed until people were enrolled and assigned?"),
        Question("1.3", "do baseline differences suggest a fault of the randomisation?"),
    ),
    (
        Row(LOW, (every("1.2", YES), every("1.1", YES | NI), every("1.3", NO | NI))),
        Row(CONCERNS, (every("1.2", YES), every("1.1", YES | NI), every("1.3", YES))),
        Row(CONCERNS, (every("1.2", YES), every("1.1", NO))),
        Row(CONCERNS, (every("1.2", NI), every("1.3", NO | NI))),
        Row(HIGH, (every("1.2", NI), every("1.3", YES))),
        Row(HIGH, (every("1.2", NO),)),
    ),
    SOURCE,
)
