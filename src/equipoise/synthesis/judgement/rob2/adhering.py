"""RoB 2, domain 2, when the effect of adhering is wanted: co-interventions and adherence.

Questions 2.3 to 2.5 may be not applicable (NA), which counts as nothing to worry about.
"""

from equipoise.synthesis.judgement.rob2.levels import CONCERNS, HIGH, LOW, SOURCE
from equipoise.synthesis.judgement.signalling import (
    NA,
    NI,
    NO,
    YES,
    Domain,
    Question,
    Row,
    either,
    every,
)

UNBALANCED = every("2.3", NO | NI)
FAILED = either("2.4 2.5", YES | NI)
WITH_NA = YES | NO | NI | NA

ADHERING = Domain(
    "D2",
    "Deviations from intended interventions (effect of adhering)",
    (
        Question("2.1", "participants aware of their arm?"),
        Question("2.2", "carers aware of people's arm?"),
        Question(
            "2.3",
            "important co-interventions balanced?",
            ((either("2.1 2.2", YES | NI),),),
            WITH_NA,
        ),
        Question("2.4", "failures of delivery that could matter?", (), WITH_NA),
        Question("2.5", "non-adherence that could matter?", (), WITH_NA),
        Question("2.6", "analysis right for the effect of adhering?", ((UNBALANCED,), (FAILED,))),
    ),
    (
        Row(LOW, (every("2.3", YES | NA), every("2.4 2.5", NO | NA))),
        Row(CONCERNS, (UNBALANCED, every("2.6", YES))),
        Row(CONCERNS, (every("2.3", YES | NA), FAILED, every("2.6", YES))),
        Row(HIGH, (UNBALANCED, every("2.6", NO | NI))),
        Row(HIGH, (every("2.3", YES | NA), FAILED, every("2.6", NO | NI))),
    ),
    SOURCE,
)
