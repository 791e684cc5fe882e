"""The three judgements of RoB 2, from good to bad."""

LOW = "low"
CONCERNS = "some concerns"
HIGH = "high"
LEVELS = (LOW, CONCERNS, HIGH)

SOURCE = (
    "RoB 2: Sterne et al. 2019, BMJ 366:l4898; guidance of 22 August 2019 (Higgins, Savović, Page, "
    "Elbers & Sterne)"
)
