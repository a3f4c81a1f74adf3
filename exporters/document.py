"""A YAML file as plain values, with the line of every key and what is wrong with each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Keys = tuple[str, ...]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_MAX_DEPTH = 50
# Aliases written out: a few lines of them can stand for more than any machine holds.
_MAX_VALUES = 100_000
_TYPED = {f"tag:yaml.org,2002:{name}" for name in ("bool", "float", "int", "null")}


@dataclass
class Document:
    """What a file holds. ``lines`` maps the path of a key to its line, counted from 1.

    The position in a list is a key too: ``("receivers", "page", "0")``. ``files`` are where
    else keys were written, with their lines there.
    """

    path: Path
    value: Any = None
    lines: dict[Keys, int] = field(default_factory=dict)
    files: dict[Keys, Path] = field(default_factory=dict)
    problems: set[tuple[int, Keys, str]] = field(default_factory=set)

    def complain(self, text: str, keys: Keys = (), line: int = 0) -> None:
        """Note what is wrong with a key, and what to do."""
        self.problems.add((line or self.line(keys), keys, text))

    def line(self, keys: Keys) -> int:
        """Return the line of a key, or of its nearest parent that the file has."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return self.lines.get(keys, 1)

    def file(self, keys: Keys) -> Path:
        """Return where a key was written."""
        return written_in(self.files, keys) or self.path

    def report(self) -> list[str]:
        """Return the problems as ``file:line: key 'a.b': what; what to do``, sorted by line."""
        return [
            f"{self.file(keys)}:{line}: " + (f"key '{'.'.join(keys)}': " if keys else "") + text
            for line, keys, text in sorted(self.problems)
        ]


def written_in(files: Mapping[Keys, Path], keys: Keys) -> Path | None:
    """Return the file that a key or one of its parents was written in, if another."""
    parents = (keys[:depth] for depth in range(len(keys), 0, -1))
    return next((files[parent] for parent in parents if parent in files), None)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a value if it holds keys, and nothing otherwise: it may not be checked yet."""
    return value if isinstance(value, dict) else {}


def read(path: Path, environment: Mapping[str, str] = os.environ) -> Document:
    """Read a YAML file; what is wrong with it stands in the document's problems.

    Strings may hold ``${NAME}`` or ``${NAME:-default}``, taken from ``environment``.
    """
    document = Document(path)
    try:
        text = path.read_text("utf-8")
        if _depth(text) > _MAX_DEPTH:
            document.complain("is nested too deeply; settings need a handful of levels")
        elif node := yaml.compose(text, Loader=yaml.CSafeLoader):
            document.value = _Walk(document, environment).value(node, ())
    except _TooMuchError as error:
        document.complain(str(error))
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        document.complain(f"cannot be read ({reason}); check the path and its permissions")
    except UnicodeDecodeError:
        document.complain("is not UTF-8; save it in that encoding")
    except yaml.MarkedYAMLError as error:
        what = f"is not YAML: {error.problem}; mend this line or the one before it"
        document.complain(what, line=_line(error.problem_mark))
    except yaml.YAMLError:
        document.complain("holds characters that YAML does not allow; remove them")
    return document


def _depth(text: str) -> int:
    """Return how deeply a file is nested: libyaml's composer overflows the stack on absurd ones."""
    depth = deepest = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        deepest = max(deepest, depth)
    return deepest


def _line(mark: yaml.Mark | None) -> int:
    return mark.line + 1 if mark else 1


class _TooMuchError(Exception):
    """A file whose aliases stand for more than settings need; the message says what to do."""


class _Walk:
    """Turns nodes into values, noting lines and problems on the way."""

    def __init__(self, document: Document, environment: Mapping[str, str]) -> None:
        self._document = document
        self._environment = environment
        self._types = yaml.SafeLoader("")
        self._parents: set[int] = set()
        self._values = 0

    def value(self, node: yaml.Node, keys: Keys) -> Any:
        self._values += 1
        if self._values > _MAX_VALUES or len(keys) > _MAX_DEPTH:
            raise _TooMuchError("holds aliases of aliases without end; write the values out")
        self._document.lines.setdefault(keys, _line(node.start_mark))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, keys)
        if id(node) in self._parents:
            text = "holds itself; write the values out instead of the alias"
            self._document.complain(text, keys)
            return None
        self._parents.add(id(node))
        value = self._collection(node, keys)
        self._parents.discard(id(node))
        return value

    def _collection(self, node: yaml.Node, keys: Keys) -> Any:
        if isinstance(node, yaml.MappingNode):
            return {key: self.value(item, (*keys, key)) for key, item in self._items(node, keys)}
        return [self.value(item, (*keys, str(index))) for index, item in enumerate(node.value)]

    def _items(self, node: yaml.MappingNode, keys: Keys) -> Iterator[tuple[str, yaml.Node]]:
        lines = self._document.lines
        for name, item in node.value:
            line = _line(name.start_mark)
            path = (*keys, str(name.value))
            if not isinstance(name, yaml.ScalarNode):
                self._document.complain("has a key that is no name; write a name", keys, line)
            elif path in lines:
                text = f"stands on line {lines[path]} already; keep one of them"
                self._document.complain(text, path, line)
            else:
                lines[path] = line
                yield path[-1], item

    def _scalar(self, node: yaml.ScalarNode, keys: Keys) -> Any:
        if node.tag not in _TYPED:
            return _VARIABLE.sub(lambda match: self._variable(match, keys), node.value)
        try:
            return self._types.construct_object(node)
        except (ValueError, OverflowError, KeyError):
            self._document.complain("cannot be read; put it in quotes", keys)
            return None

    def _variable(self, match: re.Match[str], keys: Keys) -> str:
        name, default = match.groups()
        value = self._environment.get(name, default)
        if value is None:
            fix = f"set it, or give a default with ${{{name}:-default}}"
            self._document.complain(f"the environment has no '{name}'; {fix}", keys)
        return (value or default or "").encode("utf-8", "replace").decode()
