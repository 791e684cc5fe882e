"""Sentences that must stand beside the numbers, written once."""

CONDITIONS_ON_BELIEF = (
    "Nothing unmeasured moves both guess and outcome",
    "Benefit did not cause the guess",
    "People of either arm hold every belief (positivity)",
)
COLLIDER = (
    "Conditions on the guess, which comes after treatment: if benefit or an unmeasured cause moved "
    "the guess, a true drug effect is hidden or a null one invented (Sackett 2007; Levis 2025)."
)
DESCRIPTIVE = ("None beyond honest answers: it describes",)
ROWS_NOT_INDEPENDENT = (
    "Treats the visits of one person as independent; read the person-clustered row."
)
