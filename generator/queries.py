"""Read and change PromQL: which series it selects, and how to narrow them to a service."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import promql_parser as promql

from exporters.catalog.family import quoted

# What Grafana replaces in a panel's query before Prometheus sees it.
_MACROS = re.compile(r"\$__(rate_interval|interval|range)\b")


def parse(text: str) -> promql.Expr:
    """Parse a rule's or a panel's query.

    Raises ValueError saying why it is not PromQL. Grafana's macros count as ``5m``.
    """
    expr: promql.Expr = promql.parse(_MACROS.sub("5m", text))
    return expr


@dataclass(frozen=True)
class Selector:
    """What a query asks for: a metric, and the labels that it matches on."""

    name: str
    labels: tuple[str, ...]


def selectors_in(text: str) -> list[Selector]:
    """Return every selector of a query, those of ranges too; none when it does not parse."""
    found: list[Selector] = []

    def visit(node: promql.Expr) -> bool:
        if isinstance(node, promql.VectorSelector):
            found.append(_selector(node))
        return True

    try:
        promql.walk(parse(text), visit)
    except ValueError:
        return []
    return found


def _selector(node: promql.VectorSelector) -> Selector:
    matchers = {m.name: m.value for m in node.matchers.matchers}
    name = node.name or matchers.get("__name__", "")
    return Selector(str(name), tuple(label for label in matchers if label != "__name__"))


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
