"""What a validation error means to the person who wrote the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from equipoise.protocol.consistency import FieldPath, Problem, mismatch, quoted
from equipoise.protocol.marked_yaml import MarkedYaml
from equipoise.protocol.plan import Protocol


def explained(
    error: Mapping[str, Any], source: MarkedYaml, root: type[BaseModel] = Protocol
) -> Problem:
    """Turn one error of pydantic into the path and a sentence: found, allowed, what to do.

    `root` is the value that the whole file describes.
    """
    path, kind, value = tuple(error["loc"]), error["type"], error["input"]
    if kind == "missing":
        return Problem(path, "is missing" + _about(path, root))
    if kind == "extra_forbidden":
        known = mismatch(path[-1], list(_fields(_model_at(path[:-1], root))), "fields")
        return Problem(path, "there is no such field; " + known.partition("; ")[2])
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        found = value if isinstance(value, str) else source.written.get(path, value)
        return Problem(path, mismatch(found, allowed))
    if kind == "value_error":
        return Problem(path, str(error["ctx"]["error"]))
    message = error["msg"][0].lower() + error["msg"][1:]
    message = message.replace("tuple", "list").replace(" after validation", "")
    found = _as_written(path, value, source)
    return Problem(path, f"found {found}; {message}{_about(path, root)}{_yaml_trap(error, source)}")


def _as_written(path: FieldPath, value: object, source: MarkedYaml) -> str:
    """Return the value as it stands in the file, not as YAML understood it."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return quoted(value) if isinstance(value, str) else source.written.get(path) or "nothing"


def _yaml_trap(error: Mapping[str, Any], source: MarkedYaml) -> str:
    """Explain why a word that looks like text is not text to YAML."""
    value = error["input"]
    if error["type"] != "string_type" or isinstance(value, dict | list):
        return ""
    if value is None:
        return '; YAML reads an empty field, "~" and null as nothing'
    kinds = {bool: "yes or no", int: "a number", float: "a number", date: "a date"}
    written = source.written.get(tuple(error["loc"]), str(value))
    kind = kinds.get(type(value), "something else")
    return f'; YAML reads {written} as {kind}: write "{written}" in quotes'


def _about(path: FieldPath, root: type[BaseModel]) -> str:
    """Say what a missing field is for and what it may hold."""
    field = _fields(_model_at(path[:-1], root)).get(str(path[-1]))
    if field is None:
        return ""
    allowed = [value for value in get_args(field.annotation) if isinstance(value, str)]
    about = f" ({field.description})" if field.description else ""
    choice = ", ".join(f'"{value}"' for value in allowed)
    return f"{about}; allowed: {choice}" if choice else about


def _fields(model: type[BaseModel] | None) -> dict[str, FieldInfo]:
    """Return a model's fields by the names that files use."""
    fields = model.model_fields if model else {}
    return {field.alias or name: field for name, field in fields.items()}


def _model_at(path: FieldPath, root: type[BaseModel]) -> type[BaseModel] | None:
    """Return the model of the part at `path`; keys of a free mapping and list positions pass."""
    model: type[BaseModel] | None = root
    free = False
    for step in path:
        if isinstance(step, int) or free:
            free = False
            continue
        field = _fields(model).get(step)
        model = _model_in(field.annotation) if field else None
        free = field is not None and _is_free_mapping(field.annotation)
    return model


def _is_free_mapping(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return any(_is_free_mapping(part) for part in get_args(annotation))
    return origin is dict


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inner = (_model_in(part) for part in get_args(annotation))
    return next((model for model in inner if model is not None), None)
