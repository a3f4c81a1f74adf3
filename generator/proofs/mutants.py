"""Every small mistake that could be made in a rule: the operators that docs/mutation.md lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import promql_parser as promql

from exporters.catalog.family import quoted
from generator.model import Rule
from generator.queries import parse
from generator.rules import Alert, Severity
from generator.rules import promql as plain

_OPPOSITE = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "==": "!=", "!=": "=="}
_OTHER: dict[Severity, Severity] = {"critical": "warning", "warning": "critical", "info": "warning"}
_MATCH_OPS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


@dataclass(frozen=True)
class Mutant:
    """A rule with one mistake: what was changed, and what would notice it."""

    name: str
    rule: Rule
    killer: str


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Yield every mutant of a rule, each with a name of its own."""
    met: Counter[str] = Counter()
    for mutant in (*_of_expression(rule), *_of_alert(rule)):
        met[mutant.name] += 1
        times = met[mutant.name]
        yield replace(mutant, name=f"{mutant.name} ({times})") if times > 1 else mutant


def _of_alert(rule: Rule) -> Iterator[Mutant]:
    if not isinstance(rule, Alert):
        return
    if held := _duration(rule.for_):
        longer = promql.display_duration(held * 3)
        killer = f"an Example with silent_at less than {rule.for_} after the condition began"
        yield Mutant("for removed", replace(rule, for_="0s"), killer)
        killer = f"an Example with fires_at less than {longer} after the condition began"
        yield Mutant(f"for {rule.for_} -> {longer}", replace(rule, for_=longer), killer)
    other = _OTHER[rule.severity]
    yield Mutant(
        f"severity {rule.severity} -> {other}",
        replace(rule, severity=other),
        "a Tells(…) of this alert in alerts/routes.py",
    )


def _duration(text: str) -> timedelta | None:
    """Return a duration; None for one of zero, which the parser refuses, and for nonsense."""
    try:
        return promql.parse_duration(text)
    except ValueError:
        return None


def _of_expression(rule: Rule) -> Iterator[Mutant]:
    try:
        expr = parse(plain(rule.expr))
    except ValueError:
        return
    for n, node in enumerate(_nodes(expr)):
        for name, text, killer in _changed(node):
            try:
                yield Mutant(name, replace(rule, expr=_with(expr, n, parse(text))), killer)
            except ValueError:
                continue  # not PromQL any more: Prometheus itself would notice


def _nodes(expr: promql.Expr) -> list[promql.Expr]:
    """Return every part of a query, in the order in which the parser transforms them."""
    found: list[promql.Expr] = []
    promql.transform(expr, post_visit=found.append)
    return found


def _with(expr: promql.Expr, n: int, other: promql.Expr) -> str:
    """Return the text of a query in which another part stands for the nth."""
    met = iter(range(n + 1))

    def visit(_: promql.Expr) -> promql.Expr | None:
        return other if next(met, None) == n else None

    return str(promql.transform(expr, post_visit=visit).prettify())


_Change = tuple[str, str, str]


def _changed(node: Any) -> Iterator[_Change]:
    """Yield what a part may be mistaken for: the mistake's name, the text, what notices it."""
    match node:
        case promql.BinaryExpr() if str(node.op) in _OPPOSITE:
            yield from _comparisons(node)
        case promql.MatrixSelector():
            yield from _windows(node)
        case promql.VectorSelector():
            yield from _matchers(node)
        case promql.AggregateExpr() if node.modifier is not None:
            yield from _labels(node)


def _comparisons(node: Any) -> Iterator[_Change]:
    left, right, op = node.lhs.prettify(), node.rhs.prettify(), str(node.op)
    opposite = _OPPOSITE[op]
    text = f"(({left}) {_operator(node, opposite)} ({right}))"
    yield f"{op} -> {opposite}", text, "an Example with values on the other side of the threshold"
    for n, side in enumerate((node.lhs, node.rhs)):
        if not isinstance(side, promql.NumberLiteral) or not side.val:
            continue
        for value in (side.val * 2, side.val / 2):
            sides = [f"({left})", f"({right})"]
            sides[n] = repr(value)
            yield (
                f"threshold {side.val:g} -> {value:g}",
                f"({sides[0]} {_operator(node, op)} {sides[1]})",
                f"an Example with a value between {side.val:g} and {value:g}",
            )


def _operator(node: Any, op: str) -> str:
    """Return an operator with everything that says how its sides are matched."""
    how = node.modifier
    if how is None:
        return op
    words = [op, *(["bool"] if how.return_bool else [])]
    if how.matching:
        on = str(how.matching.type).endswith("Include")
        words.append(f"{'on' if on else 'ignoring'} ({', '.join(how.matching.labels)})")
    side = {"ManyToOne": "group_left", "OneToMany": "group_right"}
    if word := side.get(str(how.card).rpartition(".")[2]):
        words.append(f"{word} ({', '.join(how.group_labels or [])})")
    return " ".join(words)


def _windows(node: Any) -> Iterator[_Change]:
    text = node.prettify()
    start, end = text.rindex("["), text.rindex("]")
    written = text[start + 1 : end]
    wider = promql.display_duration(node.range * 4)
    yield (
        f"range {written} -> {wider} of {node.vector_selector.name}",
        f"{text[:start]}[{wider}]{text[end + 1 :]}",
        f"an Example or a Reading less than {wider} after the values changed",
    )


def _matchers(node: Any) -> Iterator[_Change]:
    matchers = [m for m in node.matchers.matchers if m.name != "__name__"]
    if not node.name:
        return
    text = node.prettify()
    tail = text[text.rindex("}") + 1 :] if matchers else ""
    for dropped in matchers:
        kept = ", ".join(_matcher(m) for m in matchers if m is not dropped)
        yield (
            f"matcher {_matcher(dropped)} of {node.name} dropped",
            f"{node.name}{{{kept}}}{tail}",
            f"an Example with series of another {dropped.name}, which are not meant",
        )


def _matcher(matcher: Any) -> str:
    op = _MATCH_OPS[str(matcher.op).rpartition(".")[2]]
    return f"{matcher.name}{op}{quoted(matcher.value)}"


def _labels(node: Any) -> Iterator[_Change]:
    word = "without" if str(node.modifier.type).endswith("Without") else "by"
    for label in node.modifier.labels:
        kept = ", ".join(other for other in node.modifier.labels if other != label)
        text = re.sub(rf"\b{word} \([^)]*\)", f"{word} ({kept})", node.prettify(), count=1)
        yield (
            f"label {label} dropped from {node.op} {word}",
            text,
            f"an Example whose labels= name {label}, with series of two values of it",
        )
