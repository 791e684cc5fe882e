"""The mapping file: which column of a foreign CSV means what.

A person writes it by hand, in YAML. In the layout ``long`` a row is one score::

    layout: long
    csv: trial.csv                    # beside the mapping file
    protocol: protocol.yaml           # what was planned, beside it too
    participant: id
    visit: {column: week, codes: {"1": w1, "2": w2}}     # or {constant: end}
    instrument: {column: test}
    value: score
    arm: {column: condition, codes: {MD: microdose, PL: placebo}}
    guess: {column: guess, codes: {MD: microdose, PL: placebo, DK: unsure}, missing: ["-"]}
    certainty: {column: sure, from: [0, 100]}
    baseline: {column: score, minus: change, visit: pre}
    covariates: [age, sex]

In the layout ``wide`` a row is a participant, or a participant at a visit::

    layout: wide
    csv: trial.csv
    protocol: protocol.yaml
    participant: id
    arm: {column: arm}                # cells are the protocol's names already
    guess: {column: {w1: guess_1, w8: guess_8}}
    scores:
      phq_w8: {instrument: PHQ-9, visit: w8, baseline: phq_w0}
    items:
      gad1_w8: {instrument: GAD-7, item: 1, visit: w8}

Either may have ``expectancy: {column, scale}``, ``doses: {substance, amount, unit}``, ``unit``
(a column, or a unit an instrument), ``observed_range: {QIDS: {low, high, reason}}``,
``missing`` (cells that stand for no value), ``delimiter`` and ``decimal``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from equipoise.errors import DataError

Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Codes = dict[str, Name]
PerVisit = Name | dict[Name, Name]
"""A column, or one column a visit: ``{w1: guess_1, w2: guess_2}`` (wide layout)."""


MAX_CHARACTERS = 1_000_000


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Coded(_Part):
    """A column of codes. Without `codes` the cells are the protocol's own names."""

    column: PerVisit
    codes: Codes = {}
    missing: tuple[str, ...] = ()


class Where(_Part):
    """A column of names (visits, instruments), or one name for all rows.

    In a mapping file the column's name alone will do.
    """

    column: Name | None = None
    constant: Name | None = None
    codes: Codes = {}

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_of_two(self) -> Where:
        if (self.column is None) == (self.constant is None):
            raise ValueError("give either `column` or `constant`")
        return self


class Certainty(_Part):
    """How sure the guess is, brought from its own scale to 0..1."""

    column: PerVisit
    scale: Annotated[tuple[float, float], Field(alias="from")] = (0.0, 1.0)

    @model_validator(mode="after")
    def _ascending(self) -> Certainty:
        if not self.scale[0] < self.scale[1]:
            raise ValueError("`from` is [lowest, highest]")
        return self


class Baseline(_Part):
    """Where a score's baseline stands: a column, a difference of two, or a visit's score.

    With a column and a visit, the visit serves where the column is empty.
    """

    column: Name | None = None
    minus: Name | None = None
    visit: Name | None = None

    @model_validator(mode="after")
    def _something(self) -> Baseline:
        if self.column is None and (self.minus is not None or self.visit is None):
            raise ValueError("give `column` (and `minus`), or `visit`")
        return self


class Score(_Part):
    """What a score column of the wide layout holds."""

    instrument: Name
    visit: Name | None = None
    item: Name | None = None
    baseline: Name | None = None


class Range(_Part):
    """A range wider than the instrument's that the data are known to reach, and why."""

    low: float
    high: float
    reason: Annotated[str, StringConstraints(min_length=5)]


class Doses(_Part):
    """What was taken. `unit` is a unit, the same for every row."""

    substance: Name
    amount: Name
    unit: Name
    route: Name | None = None


class Expectancy(_Part):
    """A column of baseline expectancy, 0 to 100, and what was asked."""

    column: Name
    scale: Name


class Mapping(_Part):
    """A mapping file. See the module's text for the two layouts."""

    layout: Literal["long", "wide"]
    csv: Name | None = None
    protocol: Name | None = None
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    missing: tuple[str, ...] = ("", "NA")
    participant: Name
    visit: Where | None = None
    arm: Coded
    guess: Coded | None = None
    certainty: Certainty | None = None
    reason: PerVisit | None = None
    covariates: tuple[Name, ...] = ()
    expectancy: Expectancy | None = None
    doses: Doses | None = None
    baseline: Baseline | None = None
    unit: dict[Name, Name] | Name | None = None
    observed_range: dict[Name, Range] = {}
    instrument: Where | None = None
    value: Name | None = None
    item: Name | None = None
    scores: dict[Name, Score] = {}
    items: dict[Name, Score] = {}

    @model_validator(mode="after")
    def _fits_layout(self) -> Mapping:
        if self.layout == "long":
            self._need(("visit", "instrument", "value"))
            self._forbid(("scores", "items"))
        else:
            self._forbid(("instrument", "value", "item"))
            if not (self.scores or self.items):
                raise ValueError("the wide layout needs `scores` (or `items`)")
        return self

    def _need(self, names: tuple[str, ...]) -> None:
        for name in names:
            if getattr(self, name) is None:
                raise ValueError(f"the {self.layout} layout needs `{name}`")

    def _forbid(self, names: tuple[str, ...]) -> None:
        for name in names:
            if getattr(self, name):
                raise ValueError(f"`{name}` does not belong to the {self.layout} layout")


def read_mapping(path: Path) -> Mapping:
    """Read and check a mapping file.

    Raises
    ------
    DataError
        Naming the file and, for each wrong field, its name, the value and what is allowed.
    """
    import yaml  # noqa: PLC0415  (only this function reads YAML)

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # text stays text: no, 007, 1.0
    try:
        text = path.read_text(encoding="utf-8-sig")
        if len(text) > MAX_CHARACTERS:
            raise DataError(f"{path} has more than {MAX_CHARACTERS:,} characters: no mapping file.")
        _check_nodes(yaml.compose(text, Loader=loader), path.name, set())
        content = yaml.load(text, Loader=loader)  # noqa: S506  (makes texts, lists and dicts)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataError(f"{path}, line {line}: not readable as YAML: {error.problem}.") from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{path} is not readable as YAML in UTF-8: {error}") from error
    if not isinstance(content, dict):
        raise DataError(f"{path} is not a mapping file: it should begin with `layout: long`.")
    return parse_mapping(content, name=path.name)


def _check_nodes(node: Any, name: str, met: set[int]) -> None:
    """Refuse a key that is given twice, which YAML would silently overwrite, and aliases."""
    if node is None or isinstance(node.value, str):
        return
    if id(node) in met:
        line = node.start_mark.line + 1
        raise DataError(
            f"{name}, line {line}: write this part out wherever it is used (no *alias)."
        )
    met.add(id(node))
    seen: set[str] = set()
    for child in node.value:
        if not isinstance(child, tuple):
            _check_nodes(child, name, met)
            continue
        key, value = child
        if key.value in seen:
            line = key.start_mark.line + 1
            raise DataError(f"{name}, line {line}: {key.value!r} is given twice; keep one.")
        seen.add(str(key.value))
        _check_nodes(value, name, met)


def parse_mapping(content: dict[str, Any], *, name: str = "mapping") -> Mapping:
    """Check a mapping given as plain values."""
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        lines = [_line(detail) for detail in error.errors(include_url=False)]
        raise DataError(f"{name}: " + "\n".join(dict.fromkeys(lines))) from None


def _line(detail: Any) -> str:
    """Say what is wrong with one field, as a person would."""
    field = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        allowed = ", ".join(_fields(str(detail["loc"][0]), len(detail["loc"])))
        return f"`{field}` is not a field of a mapping file; the fields there are: {allowed}."
    value = detail.get("input")
    found = "" if isinstance(value, dict) else f" Found {value!r}."
    message = detail["msg"].removeprefix("Value error, ")
    return f"{f'`{field}`: ' if field else ''}{message}.{found}"


def _fields(first: str, depth: int) -> list[str]:
    """Return the fields that are known beside a wrong one, as a person writes them."""
    model: type[_Part] | None = Mapping if depth == 1 else _PARTS.get(first)
    return [f.alias or name for name, f in model.model_fields.items()] if model else []


_PARTS: dict[str, type[_Part]] = {
    "arm": Coded,
    "guess": Coded,
    "visit": Where,
    "instrument": Where,
    "certainty": Certainty,
    "baseline": Baseline,
    "doses": Doses,
    "expectancy": Expectancy,
    "observed_range": Range,
    "scores": Score,
    "items": Score,
}
