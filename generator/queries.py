"""Read and change PromQL: what it selects, where in its text, and how to narrow it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import promql_parser as promql

from exporters.catalog.family import quoted

# What Grafana replaces in a panel's query before Prometheus sees it.
_MACROS = re.compile(r"\$__(rate_interval|interval|range)\b")

_WORDS = re.compile(r"[\w:]+")

_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')


@cache
def parse(text: str) -> promql.Expr:
    """Parse a rule's or a panel's query.

    Raises ValueError saying why it is not PromQL. Grafana's macros count as ``5m``.
    """
    try:
        expr: promql.Expr = promql.parse(without_macros(text))
    except BaseException as error:
        # The parser panics on a window beyond all time, with an exception of no class to name.
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError(str(error)) from None
    return expr


def without_macros(text: str) -> str:
    """Return a panel's query with a window of five minutes for each macro, places unchanged."""
    return _MACROS.sub(lambda m: "5m".ljust(len(m[0])), text) if "$__" in text else text


def outside_strings(text: str) -> str:
    """Return a query with what stands in its strings blanked, every place unchanged."""
    return _STRINGS.sub(lambda m: '"' + " " * (len(m[0]) - 2) + '"', text)


@dataclass(frozen=True)
class Visit:
    """A part of a query, what it stands in (nearest last), and where it stands in the text.

    ``path`` says which argument of each it stands in; ``at`` is -1 where the text does
    not show the part.
    """

    node: Any  # the parser's stubs call every part an Expr, which has no fields
    within: tuple[promql.Expr, ...]
    path: tuple[int, ...]
    at: int

    @property
    def range(self) -> promql.MatrixSelector | None:
        """The range selector that a selector is the heart of, if any."""
        last = self.within[-1] if self.within else None
        return last if isinstance(last, promql.MatrixSelector) else None

    @property
    def user(self) -> tuple[promql.Expr, int] | None:
        """What takes this part, and as which argument; parentheses and ranges are seen through."""
        through = (promql.ParenExpr, promql.UnaryExpr, promql.MatrixSelector)
        outwards = zip(reversed(self.within), reversed(self.path), strict=True)
        return next((found for found in outwards if not isinstance(found[0], through)), None)


def children(node: promql.Expr) -> list[promql.Expr]:
    """Return the parts of a query in the order of its text."""
    match node:
        case promql.AggregateExpr():
            return [part for part in (node.param, node.expr) if part is not None]
        case promql.BinaryExpr():
            return [node.lhs, node.rhs]
        case promql.Call():
            return list(node.args)
        case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
            return [node.expr]
        case promql.MatrixSelector():
            return [node.vector_selector]
    return []


@cache
def visits(text: str) -> tuple[Visit, ...]:
    """Return every part of a query, outermost first; nothing when it does not parse."""
    try:
        expr = parse(text)
    except ValueError:
        return ()
    return tuple(_visits(expr, (), (), _Places(text)))


def place_in(text: str, n: int = 0) -> int:
    """Return where the nth part of a query begins: where the first word in it stands, or -1."""
    return next((visit.at for visit in visits(text)[n:] if visit.at >= 0), -1)


def visits_of(node: promql.Expr) -> Iterator[Visit]:
    """Yield every part of a part, itself first, as if it stood alone and in no text."""
    return _visits(node, (), (), _Places(""))


def _visits(
    node: promql.Expr, within: tuple[promql.Expr, ...], path: tuple[int, ...], places: _Places
) -> Iterator[Visit]:
    yield Visit(node, within, path, places.of(node))
    inside = (*within, node)
    for n, child in enumerate(children(node)):
        yield from _visits(child, inside, (*path, n), places)


class _Places:
    """Finds the words of a query in its text, each time the next one: the parser keeps no places.

    Only what opens with a name of its own has a place: selectors, calls and aggregations.
    """

    def __init__(self, text: str) -> None:
        self._places: dict[str, list[int]] = {}
        for word in _WORDS.finditer(outside_strings(text)):
            self._places.setdefault(word[0], []).append(word.start())
        self._met: Counter[str] = Counter()

    def of(self, node: promql.Expr) -> int:
        match node:
            case promql.VectorSelector():
                word = node.name or ""
            case promql.MatrixSelector():
                return self._next(node.vector_selector.name or "")
            case promql.Call():
                word = node.func.name
            case promql.AggregateExpr():
                word = str(node.op)
            case _:
                word = ""
        at = self._next(word)
        self._met[word] += 1
        return at

    def _next(self, word: str) -> int:
        """Return where a word stands that was met as often as it was already."""
        places = self._places.get(word, ())
        nth = self._met[word]
        return places[nth] if nth < len(places) else -1


def place_of(text: str, word: str, start: int = 0) -> int:
    """Return where a word stands in a query, from ``start`` on; -1 if it does not."""
    found = re.compile(rf"(?<![\w:]){re.escape(word)}(?![\w:])").search(text, max(start, 0))
    return found.start() if found else -1


@dataclass(frozen=True)
class Selector:
    """What a query asks for: a metric, the labels that it matches on, where it stands."""

    name: str
    labels: tuple[str, ...]
    at: int


@cache
def selectors_in(text: str) -> tuple[Selector, ...]:
    """Return every selector of a query, those of ranges too; none when it does not parse."""
    return tuple(
        _selector(visit) for visit in visits(text) if isinstance(visit.node, promql.VectorSelector)
    )


def _selector(visit: Visit) -> Selector:
    node = visit.node
    matchers = {m.name: m.value for m in node.matchers.matchers}
    name = node.name or matchers.get("__name__", "")
    labels = tuple(label for label in matchers if label != "__name__")
    return Selector(str(name), labels, visit.at)


def narrowed(text: str, label: str, op: Literal["=", "!="], value: str) -> str:
    """Return an expression in which every selector also matches ``label``."""
    matcher = f"{label}{op}{quoted(value)}"

    def narrow(node: promql.Expr) -> promql.Expr | None:
        if not isinstance(node, promql.VectorSelector):
            return None
        # Text, since setters on a node do not take part in a transformation.
        fresh: promql.Expr = promql.parse(_with_matcher(node.prettify(), matcher))
        return fresh

    return str(promql.transform(parse(text), post_visit=narrow).prettify())


def _with_matcher(selector: str, matcher: str) -> str:
    name, brace, rest = selector.partition("{")
    if brace:
        return f"{name}{{{matcher}, {rest}"
    return re.sub(r"^[\w:]+", lambda m: f"{m[0]}{{{matcher}}}", selector)
