"""RoB 2, domain 3: bias due to missing outcome data."""

from equipoise.synthesis.judgement.rob2.levels import CONCERNS, HIGH, LOW, SOURCE
from equipoise.synthesis.judgement.signalling import NI, NO, YES, Domain, Question, Row, every

MISSING_DATA = Domain(
    "D3",
    "Missing outcome data",
    (
        Question("3.1", "outcome known for all or nearly all?"),
        Question(
            "3.2", "evidence that the result is not biased by it?", ((every("3.1", NO | NI),),),
            YES | NO,
        ),
        Question("3.3", "could missing depend on the true value?", ((every("3.2", NO),),)),
        Question("3.4", "is it likely that it did?", ((every("3.3", YES | NI),),)),
    ),
    (
        Row(LOW, (every("3.1", YES),)),
        Row(LOW, (every("3.2", YES),)),
        Row(LOW, (every("3.3", NO),)),
        Row(CONCERNS, (every("3.4", NO),)),
        Row(HIGH, (every("3.4", YES | NI),)),
    ),
    SOURCE,
)  # fmt: skip
