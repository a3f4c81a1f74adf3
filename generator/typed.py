"""Is a definition made of what it says that it is made of? Python itself does not ask."""

from __future__ import annotations

import types
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from generator.rules import Source

_Fits = Callable[[Any], bool]

# Where something is wrong, if that is known, and what.
Wrong = tuple[Source | None, str]


def wrong_in(
    one: Any, judged: dict[int, list[Wrong]], around: Source | None = None
) -> Sequence[Wrong]:
    """Return what is of another type than it is declared, in a definition and all inside it.

    Each comes with where the innermost definition around it was written, if that is known.
    ``judged`` holds what was found before, by the id of the definition.
    """
    if id(one) in judged:
        return judged[id(one)]
    found = judged[id(one)] = []
    own = getattr(one, "source", None)
    source = own if isinstance(own, Source) else around
    for name, said, fits, deep in _declared(type(one)):  # type: ignore[arg-type]  # hashable
        value = getattr(one, name)
        if fits is _is_text and value.__class__ is str and value.isascii():
            continue  # nearly all there is, without a call for each
        if not fits(value):
            what = f"{type(one).__name__}: {name} is {_named(value)}, and no {said}; mend it"
            found.append((source, what))
        elif deep and value:
            for inner in _inside(value):
                found += wrong_in(inner, judged, source)
    return found


def _inside(value: Any) -> list[Any]:
    """Return the definitions in a value: itself, or those that it is a list or mapping of."""
    if isinstance(value, Mapping):
        return [inner for item in value.values() for inner in _inside(item)]
    if isinstance(value, (list, tuple)):
        return [inner for item in value for inner in _inside(item)]
    return [value] if is_dataclass(value) else []


def _named(value: Any) -> str:
    if isinstance(value, str):
        return "text with half a character" if not _is_text(value) else "such text"
    return f"of type {type(value).__name__}"


@cache
def _declared(kind: Hashable) -> Sequence[tuple[str, str, _Fits, bool]]:
    """Return the fields of a class: name, type as written, what fits, whether to look inside."""
    hints = get_type_hints(kind)
    return [
        (f.name, str(f.type), _fitting(hints[f.name]), _holds_definitions(hints[f.name]))
        for f in fields(kind)  # type: ignore[arg-type]  # it is a dataclass, and hashable
        if f.name[0] != "_"
    ]


def _holds_definitions(hint: Any) -> bool:
    if parts := get_args(hint):
        return any(map(_holds_definitions, parts))
    return is_dataclass(hint) and hint is not Source


def _fitting(hint: Any) -> _Fits:
    """Return what says whether a value is of a declared type, all the way in."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint in _PLAIN:
        return _PLAIN[hint]
    if origin is Literal:
        return lambda value: isinstance(value, str) and value in parts
    if origin in {Union, types.UnionType}:
        any_of = [_fitting(part) for part in parts]
        return lambda value: any(fits(value) for fits in any_of)
    if origin is None:
        return lambda value: isinstance(value, hint)
    return _mapping(parts) if issubclass(origin, Mapping) else _sequence(_fitting(parts[0]))


def _mapping(parts: Sequence[Any]) -> _Fits:
    keys, values = map(_fitting, parts)
    return lambda value: (
        isinstance(value, Mapping) and all(map(keys, value)) and all(map(values, value.values()))
    )


def _sequence(item: _Fits) -> _Fits:
    return lambda value: isinstance(value, (list, tuple)) and all(map(item, value))


def _is_text(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)


_PLAIN: Mapping[Any, _Fits] = {
    str: _is_text,
    float: lambda value: isinstance(value, (int, float)),
    int: lambda value: isinstance(value, int),
    type(None): lambda value: value is None,
}
