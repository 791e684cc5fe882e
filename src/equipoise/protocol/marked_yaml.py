"""YAML that remembers its lines, refuses what people do not mean, and never explodes.

Refused: keys given twice, aliases that contain themselves, expansion beyond a fixed size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from equipoise.errors import ProtocolError
from equipoise.protocol.consistency import FieldPath, Problem

MAX_BYTES = 1_000_000
MAX_NODES = 100_000  # a protocol has a few hundred; aliases of aliases could make 10**9
MAX_DEPTH = 60  # deeper nesting overflows the stack of the C loader, which kills the process
TEXT_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class MarkedYaml:
    """A file's data, the line of every field, and the words YAML read as something else."""

    name: str
    data: Any
    lines: dict[FieldPath, int]
    written: dict[FieldPath, str]
    problems: tuple[Problem, ...] = ()

    def line(self, path: FieldPath) -> int:
        """Return the line of the field, or of the nearest part that contains it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_text(path: Path, what: str = "a protocol") -> str:
    """Read a small UTF-8 file, or say exactly why not; `what` it holds, for messages."""
    if path.is_dir():
        raise ProtocolError(f"{path}: cannot be read: it is a folder, and {what} is a file.")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ProtocolError(
                f"{path}: the file has {size:,} bytes; {what} has at most {MAX_BYTES:,}. "
                "Is this the right file?"
            )
        raw = path.read_bytes()
    except OSError as error:
        raise ProtocolError(f"{path}: cannot be read: {error.strerror}.") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ProtocolError(
            f"{path}:{line}: not UTF-8: byte 0x{raw[error.start]:02x} at position {error.start}. "
            "Save the file with the encoding UTF-8."
        ) from None


def parse(
    text: str,
    name: str,
    what: str = "a protocol",
    example: str = "`identifier: my-trial` and `title: ...`",
    *,
    listed: bool = False,
) -> MarkedYaml:
    """Parse one YAML document. `name` is the file's, `what` its content's, for messages.

    It is a mapping of fields, or where it is `listed` a list of such.
    """
    shape = "a list of entries" if listed else "a mapping of fields"
    if "\0" in text:
        raise ProtocolError(f"{name}: holds a zero byte; this is not a text file.")
    loader = Loader(text)
    try:
        _refuse_depth(text, name)
        node = loader.get_single_node()
        if node is None:
            raise ProtocolError(f"{name}: the file is empty; {what} is {shape}.")
        walk = _Walk(name)
        walk.visit(node, ())
        data = loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = " ".join(str(part) for part in (error.context, error.problem) if part)
        if "maximum nesting depth" in what:  # libyaml's own limit, which looks further ahead
            raise ProtocolError(_too_deep(name, line)) from None
        raise ProtocolError(f"{name}:{line}: not valid YAML: {what}.") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ProtocolError(f"{name}: not valid YAML: {error}.") from None
    finally:
        loader.dispose()
    if not isinstance(data, list if listed else dict):
        raise ProtocolError(f"{name}:1: found {_kind(data)}; {what} is {shape}, such as {example}.")
    return MarkedYaml(name, data, walk.lines, walk.written, tuple(walk.problems))


def _refuse_depth(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise ProtocolError(_too_deep(name, line))


def _too_deep(name: str, line: int) -> str:
    return f"{name}:{line}: nested more than {MAX_DEPTH} levels deep."


@dataclass(slots=True)
class _Walk:
    """One pass over the node tree that collects lines and refuses loops."""

    name: str
    lines: dict[FieldPath, int] = field(default_factory=dict)
    written: dict[FieldPath, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    above: list[yaml.Node] = field(default_factory=list)
    count: int = 0

    def visit(self, node: yaml.Node, path: FieldPath) -> None:
        self.count += 1
        line = node.start_mark.line + 1
        if self.count > MAX_NODES:
            raise ProtocolError(f"{self.name}:{line}: more than {MAX_NODES:,} values; too large.")
        if any(node is one for one in self.above):
            raise ProtocolError(
                f"{self.name}:{line}: the protocol has a cycle: the part that starts here (&) "
                "contains itself through an alias (*). Write the inner part out."
            )
        self.lines.setdefault(path, line)
        self.above.append(node)
        for child, step in self._children(node, path):
            self.visit(child, step)
        self.above.pop()
        if isinstance(node, yaml.ScalarNode):
            self.written[path] = node.value

    def _children(self, node: yaml.Node, path: FieldPath) -> Iterator[tuple[yaml.Node, FieldPath]]:
        if isinstance(node, yaml.SequenceNode):
            yield from ((child, (*path, i)) for i, child in enumerate(node.value))
        elif isinstance(node, yaml.MappingNode):
            seen: dict[str, int] = {}
            for key, value in node.value:
                name = self._name(key, path, seen)
                yield value, (*path, name)

    def _name(self, key: yaml.Node, path: FieldPath, seen: dict[str, int]) -> str:
        """Return a field's name; note one that is given twice or that YAML misreads."""
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise ProtocolError(f"{self.name}:{line}: a field name must be a plain word.")
        name = str(key.value)
        if key.tag not in TEXT_TAGS:
            trap = f'YAML does not read this name as text: write "{name}" in quotes'
            self.problems.append(Problem((*path, name), trap))
        if name in seen and name != "<<":
            twice = f"given twice, on lines {seen[name]} and {line}; keep one"
            self.problems.append(Problem((*path, name), twice))
        seen[name] = line
        self.lines[(*path, name)] = line
        return name


def _kind(data: object) -> str:
    names = {
        dict: "a mapping",
        list: "a list",
        str: "plain text",
        bool: "yes or no",
        int: "a number",
    }
    return names.get(type(data), type(data).__name__)
