"""The three judgements of CINeMA, from good to bad."""

NONE = "no concerns"
SOME = "some concerns"
MAJOR = "major concerns"
CONCERNS = (NONE, SOME, MAJOR)
SOURCE = (
    "CINeMA: Nikolakopoulou et al. 2020, PLoS Med 17:e1003082; Papakonstantinou et al. 2020, "
    "Campbell Syst Rev 16:e1080"
)
