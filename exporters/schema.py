"""Checks a document against a JSON Schema and says in plain words what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from exporters.document import Document, Keys
from exporters.hints import choose

_TYPES = {
    "array": "a list, each item beginning with '- '",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number, without quotes",
    "object": "keys with values, 'key: value'",
    "string": "text, in quotes where it looks like something else",
}

_SENTENCES = {
    "minItems": "is empty; write at least one item or remove the key",
    "minLength": "is empty; write a value or remove the key",
    "minProperties": "is empty; write at least one key below it",
    "maxProperties": "holds more than one; begin each with '- ' on a line of its own",
    "uniqueItems": "says the same twice; remove one of them",
    "minimum": "is too small; see the schema for the least value",
}


def check(document: Document, path: Path) -> None:
    """Note in ``document`` everything that breaks the JSON Schema at ``path``.

    A rule's sentence is the ``x-problem`` beside it in the schema, where it has one.
    Values are not repeated, save the choice of an enumeration: they may be secrets.
    """
    schema, validator = _compiled(path)
    if not isinstance(document.value, dict):
        document.complain("holds no settings; write them as 'key: value'")
        return
    known = {keys for _, keys, _ in document.problems}
    for error in validator.iter_errors(document.value):
        keys = tuple(map(str, error.instance_path))
        for more, text in _explain(error, _at(schema, error)):
            if keys not in known:
                document.complain(text, (*keys, *more))


@cache
def _compiled(path: Path) -> tuple[dict[str, Any], jsonschema_rs.Draft202012Validator]:
    schema = json.loads(path.read_text("utf-8"))
    return schema, jsonschema_rs.Draft202012Validator(schema)


def _at(schema: Any, error: jsonschema_rs.ValidationError) -> Any:
    """Return the part of the schema that holds the broken rule."""
    for step in error.schema_path[:-1]:
        schema = schema[step]
    return schema


def _explain(error: jsonschema_rs.ValidationError, rule: Any) -> Iterator[tuple[Keys, str]]:
    """Yield the keys below the error's own, and the sentence about them."""
    kind: Any = error.kind
    match kind.name:
        case "additionalProperties":
            yield from (((name,), _unknown(name, rule)) for name in kind.unexpected)
        case "required":
            yield (), f"'{kind.property}' is missing; add it"
        case "propertyNames":
            yield (str(kind.error.instance),), rule["x-problem"]
        case "type":
            wanted = " or ".join(_TYPES[name] for name in kind.types)
            yield (), rule.get("x-problem") or f"has the wrong type; write {wanted}"
        case "enum":
            what = f"{error.instance!r} is unknown; {choose(str(error.instance), kind.options)}"
            yield (), rule.get("x-problem") or what
        case name:
            yield (), rule.get("x-problem") or _SENTENCES[name]


def _unknown(name: str, rule: Any) -> str:
    known = rule["properties"]
    if f"{name}_file" in known:
        return f"holds a secret; put it in a file and name that with '{name}_file'"
    return f"is unknown; {choose(name, known)}"
