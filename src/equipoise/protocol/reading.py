"""From a YAML file to a checked protocol, or to every mistake in it at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from equipoise.errors import ProtocolError
from equipoise.protocol.consistency import Inconsistent, Problem, dotted, inconsistencies
from equipoise.protocol.explaining import explained
from equipoise.protocol.marked_yaml import MarkedYaml, parse, read_text
from equipoise.protocol.plan import Protocol


def read_protocol(path: str | Path) -> Protocol:
    """Read and check a protocol file.

    Raises
    ------
    ProtocolError
        Every mistake of the file, one a line: file and line, field, value found, values allowed.
    """
    file = Path(path)
    return protocol_from_text(read_text(file), name=str(file))


def protocol_from_text(text: str, *, name: str = "protocol") -> Protocol:
    """Check a protocol given as YAML text; `name` stands for the file in messages."""
    source = parse(text, name)
    data = _with_text_keys(source.data)
    problems = list(source.problems)
    try:
        protocol = Protocol.model_validate(data)
    except ValidationError as error:
        problems += _problems(error, data, source)
    if problems:
        raise ProtocolError(_report(source, problems))
    return protocol


def _with_text_keys(data: Any) -> Any:
    """Turn field names into text; one that YAML read otherwise is already among the problems."""
    if isinstance(data, dict):
        return {str(key): _with_text_keys(value) for key, value in data.items()}
    return [_with_text_keys(value) for value in data] if isinstance(data, list) else data


def _problems(error: ValidationError, data: dict[str, Any], source: MarkedYaml) -> list[Problem]:
    """Return the mistakes in fields and, whether or not there are any, those between fields."""
    found: list[Problem] = []
    for one in error.errors():
        cause = one.get("ctx", {}).get("error")
        if isinstance(cause, Inconsistent):  # only raised where every field by itself is right
            return list(cause.problems)
        if not _follows_from_another(one):
            found.append(explained(one, source))
    told = {problem.path for problem in found}
    return found + [problem for problem in inconsistencies(data) if problem.path not in told]


def _follows_from_another(error: Mapping[str, Any]) -> bool:
    """Whether pydantic repeats a mistake: a default that hangs on it, a list emptied by it."""
    if error["type"] == "too_short":
        return bool(len(error["input"]) >= error["ctx"]["min_length"])
    return bool(error["type"] == "default_factory_not_called")


def _report(source: MarkedYaml, problems: list[Problem]) -> str:
    count = f"{len(problems)} mistake{'s' if len(problems) > 1 else ''}"
    lines = [f"{source.name}: {count} in the protocol."]
    for problem in sorted(problems, key=lambda problem: source.line(problem.path)):
        where = f"{source.name}:{source.line(problem.path)}"
        lines.append(f"  {where}: {dotted(problem.path)}: {problem.message}")
    return "\n".join(lines)
