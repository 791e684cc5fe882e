"""What is compared: arms, their interventions and doses, and who gets which."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from equipoise.protocol.part import Name, Part, Text, Whole

Role = Literal["active", "placebo", "active-placebo", "mixed", "no-treatment", "usual-care"]
DesignKind = Literal["parallel", "crossover", "n-of-1", "self-blinding"]


class Dose(Part):
    """How much, of what strength class. A self-chosen dose has no amount."""

    amount: float | None = Field(None, ge=0)
    unit: Text | None = None
    route: Text | None = None
    dose_class: Literal["none", "micro", "low", "full"] = Field(alias="class")


class Intervention(Part):
    """One treatment given in an arm."""

    substance: Text
    dose: Dose | None = None
    description: Text | None = Field(None, description="how, how often and by whom it is given")


class Arm(Part):
    """One group of a comparison. `name` is what records and reports call it."""

    name: Name
    label: Text | None = Field(None, description="for people; the name if left out")
    role: Role
    interventions: tuple[Intervention, ...] = ()
    description: Text | None = None


class Design(Part):
    """The shape of the trial."""

    kind: DesignKind
    repeated: bool = Field(
        default_factory=lambda data: data.get("kind") != "parallel",
        description="a participant is observed under more than one arm or week; "
        "true for every kind but parallel unless stated",
    )
    framework: Literal["superiority", "non-inferiority", "equivalence", "exploratory"] = (
        "superiority"
    )
    periods: Annotated[Whole, Field(ge=1)] = 1
    period_days: Annotated[Whole, Field(ge=1)] | None = None
    washout_days: Annotated[Whole, Field(ge=0)] | None = None
    description: Text | None = None


AllocationMethod = Literal[
    "complete",
    "random-allocation-rule",
    "truncated-binomial",
    "permuted-blocks",
    "random-blocks",
    "biased-coin",
    "big-stick",
    "chen",
    "urn",
    "maximal",
    "block-urn",
    "brick-tunnel",
    "minimisation",
    "hu-hu",
    "d-optimal",
    "weekly-switching",
    "paired-cycles",
    "williams",
    "constrained",
    "doubly-adaptive",
    "thompson",
]
Number = Whole | float | Text
Parameter = bool | Number | tuple[Number | tuple[Number, ...], ...]


class StratumFactor(Part):
    """Something known of a person before allocation, with the levels that can come."""

    levels: Annotated[tuple[Text, ...], Field(min_length=1)]
    weight: Annotated[float, Field(ge=0)] = Field(1, description="in minimisation and Hu-Hu")


class Allocation(Part):
    """How a unit comes to its arm. The list itself is never part of a protocol."""

    procedure: Text
    method: AllocationMethod | None = Field(
        None, description="the procedure by its name in equipoise; None where it is none of these"
    )
    parameters: dict[Name, Parameter] = Field(
        {}, description="of the method, such as limit: 5 or size: 4"
    )
    factors: dict[Name, StratumFactor] = Field(
        {}, description="what strata are crossed of, or what minimisation evens out"
    )
    unit: Literal["participant", "participant-period", "cluster"] = "participant"
    ratio: dict[Name, Annotated[Whole, Field(ge=0)]] = Field({}, description="arm: its share")
    strata: tuple[Text, ...] = ()
    generated_by: Text | None = None
    concealment: Text | None = None
    implementation: Text | None = Field(None, description="who enrols, who assigns")
