"""Series that an example can give: some that a selector selects, and some that it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import promql_parser as promql

from exporters.catalog.family import matcher
from generator.queries import parse

# What a label may be when it must not be something else; +Inf is a bound that every bucket has.
_OTHERS = ("other", "none", "+Inf", "0")

# What stands for any character, for some of them, and for how many there are.
_SIMPLE = ((r"\\d|\[0-9\]", "0"), (r"\.[*+]", "x"), (r"\\\.", "\0"), (r"\.", "0"), (r"[?*+]", ""))


@dataclass(frozen=True)
class Cell:
    """A series: its metric, its labels, and which of the selectors select it."""

    metric: str
    labels: Mapping[str, str]
    of: frozenset[str]

    def given(self, group: Mapping[str, str]) -> str:
        """Return it as an example names it, with the labels of a group."""
        return selector(self.metric, {**group, **self.labels})


def selector(metric: str, labels: Mapping[str, str]) -> str:
    """Return a series as PromQL writes it."""
    return f"{metric}{{{', '.join(matcher(k, v) for k, v in labels.items())}}}"


def cells(selectors: Sequence[str]) -> list[Cell]:
    """Return a series that each selector selects, and for each of its matchers one that it misses.

    Raises ValueError for what is no selector, and where no value of a label comes to mind.
    """
    parsed = {text: _parsed(text) for text in selectors}
    found: dict[tuple[str, frozenset[tuple[str, str]]], Cell] = {}
    for text in selectors:
        for labels in _variants(parsed, text):
            metric = parsed[text].name
            of = frozenset(t for t in selectors if _selects(parsed[t], metric, labels))
            found.setdefault((metric, frozenset(labels.items())), Cell(metric, labels, of))
    return list(found.values())


def _parsed(text: str) -> Any:
    node = parse(text)
    if not isinstance(node, promql.VectorSelector) or not node.name:
        raise ValueError(f"{text} is no selector; write a metric, and matchers in braces")
    return node


def _variants(parsed: Mapping[str, Any], text: str) -> Iterator[dict[str, str]]:
    """Yield labels that a selector selects, then some that it misses by one label each."""
    own = {m.name: m for m in parsed[text].matchers.matchers}
    same = [node for node in parsed.values() if node.name == parsed[text].name]
    others = {m.name: m for node in same for m in node.matchers.matchers}
    met = {label: _value(m, meets=True) for label, m in {**others, **own}.items()}
    yield met
    for label, m in own.items():
        yield {**met, label: _value(m, meets=False)}


def _selects(node: Any, metric: str, labels: Mapping[str, str]) -> bool:
    return node.name == metric and all(
        _meets(m, labels.get(m.name, "")) for m in node.matchers.matchers
    )


def _op(m: Any) -> str:
    return str(m.op).rpartition(".")[2]


def _meets(m: Any, value: str) -> bool:
    if _op(m) in {"Equal", "NotEqual"}:
        return bool(value == m.value) == (_op(m) == "Equal")
    return (re.fullmatch(m.value, value) is not None) == (_op(m) == "Re")


def _value(m: Any, *, meets: bool) -> str:
    """Return a value that meets a matcher, or one that does not."""
    plain = _op(m) in {"Equal", "NotEqual"}
    for value in (*([m.value] if plain else _described(m.value)), *_OTHERS):
        if value and _meets(m, value) == meets:
            return str(value)
    raise ValueError(
        f"{m.name}: no value comes to mind that {m.value!r} {'matches' if meets else 'misses'}; "
        'write it plainly, such as "500|503"'
    )


def _described(pattern: str) -> Iterator[str]:
    """Yield values that a simple pattern describes."""
    for part in re.sub(r"[()^$]", "", pattern).split("|"):
        for looks, value in _SIMPLE:
            part = re.sub(looks, value, part)  # noqa: PLW2901 -- step by step
        yield part.replace("\0", ".").replace("\\", "")
