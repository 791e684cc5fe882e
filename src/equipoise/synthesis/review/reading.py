"""From a YAML file to a checked study or review, or to every mistake in it at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from equipoise.errors import DataError, ProtocolError
from equipoise.protocol.consistency import FieldPath, Inconsistent, Problem, dotted
from equipoise.protocol.explaining import explained
from equipoise.protocol.marked_yaml import MarkedYaml, parse, read_text
from equipoise.synthesis.review.plan import Review
from equipoise.synthesis.review.study import Study

Value = TypeVar("Value", bound=BaseModel)


def read_study(path: Path) -> Study:
    """Read and check a study file; its name is the study's id.

    Raises
    ------
    DataError
        Every mistake of the file, one a line: file and line, field, value found, values allowed.
    """
    study = read_checked(path, Study, "a study", "`id: smith2020` and `citation: ...`")
    if study.id != path.stem:
        raise DataError(
            f"{path}: the id is {study.id!r} but the file is {path.name}: name the file "
            f"{study.id}.yaml, or write `id: {path.stem}`."
        )
    return study


def read_review_file(path: Path) -> Review:
    """Read and check a review.yaml, with errors as `read_study` gives them."""
    return read_checked(path, Review, "a review", "`identifier: my-review` and `title: ...`")


def study_from_text(text: str, name: str = "study") -> Study:
    """Check a study given as YAML text; `name` stands for the file in messages."""
    return _checked(text, name, Study, "a study", "`id: smith2020` and `citation: ...`")


def study_from_data(data: dict[str, Any], name: str) -> Study:
    """Check a study that another program's file holds; `name` says which, for messages.

    Raises
    ------
    DataError
        Every mistake, with the field and, for numbers, where in the file they stand.
    """
    try:
        return Study.model_validate(data)
    except ValidationError as error:
        source = MarkedYaml(name, data, {}, dict(_written(data)))
        told = [
            f"{_source_of(data, problem.path)}{dotted(problem.path)}: {problem.message}"
            for problem in _problems(error, source, Study)
        ]
    raise DataError("\n  ".join([f"{name} cannot be a study:", *told]))


def _written(data: Any, path: FieldPath = ()) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(data, dict | list):
        for step, inner in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _written(inner, (*path, step))
    elif data is not None:
        yield path, str(data)


def _source_of(data: Any, path: FieldPath) -> str:
    """Return the source that the block around a field names, such as a row of a table."""
    found = ""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(data, dict) and data.get("source"):
            found = f"{data['source']}: "
    return found


def review_from_text(text: str, name: str = "review") -> Review:
    """Check a review given as YAML text; `name` stands for the file in messages."""
    return _checked(text, name, Review, "a review", "`identifier: my-review` and `title: ...`")


def read_checked(path: Path, model: type[Value], what: str, example: str) -> Value:
    """Read and check a YAML file of fields: `what` it is and an `example` go into messages.

    Raises
    ------
    DataError
        As `read_study`.
    """
    try:
        text = read_text(path, what)
    except ProtocolError as error:
        raise DataError(str(error)) from None
    return _checked(text, str(path), model, what, example)


def _checked(text: str, name: str, model: type[Value], what: str, example: str) -> Value:
    try:
        source = parse(text, name, what, example)
    except ProtocolError as error:
        raise DataError(str(error)) from None
    problems = list(source.problems)
    try:
        value = model.model_validate(_with_text_keys(source.data))
    except ValidationError as error:
        problems += _problems(error, source, model)
    if problems:
        raise DataError(_report(source, [_comma(problem) for problem in problems], what))
    return value


def _with_text_keys(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _with_text_keys(value) for key, value in data.items()}
    return [_with_text_keys(value) for value in data] if isinstance(data, list) else data


def _problems(error: ValidationError, source: MarkedYaml, model: type[BaseModel]) -> list[Problem]:
    found: list[Problem] = []
    told = {problem.path for problem in source.problems}
    for one in error.errors():
        cause = one.get("ctx", {}).get("error")
        if tuple(one["loc"]) in told:
            continue
        if isinstance(cause, Inconsistent):  # only where every field by itself is right
            found += cause.problems
        elif one["type"] != "default_factory_not_called":
            found.append(explained(one, source, model))
    return found


def _comma(problem: Problem) -> Problem:
    """Explain a field name that is a number: `mean: 1,5` within braces is read as two fields."""
    if not str(problem.path[-1:] and problem.path[-1]).isdigit() or isinstance(
        problem.path[-1], int
    ):
        return problem
    decimals = problem.path[-1]
    why = (
        f"a lone {decimals} after a comma: is that a decimal comma? Write a point: "
        f"N.{decimals}, not N,{decimals}"
    )
    return Problem(problem.path[:-1], why)


def _report(source: MarkedYaml, problems: list[Problem], what: str) -> str:
    count = f"{len(problems)} mistake{'s' if len(problems) > 1 else ''}"
    lines = [f"{source.name}: {count} in {what.replace('a ', 'the ', 1)}."]
    for problem in sorted(problems, key=lambda problem: source.line(problem.path)):
        where = f"{source.name}:{source.line(problem.path)}"
        lines.append(f"  {where}: {dotted(problem.path)}: {problem.message}")
    return "\n".join(lines)
