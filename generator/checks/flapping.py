"""Would an alert come and go by itself: by a restart of Prometheus, or by sampling?"""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from generator.model import Model
from generator.problems import Problem
from generator.queries import Visit, place_in, visits
from generator.rules import Alert

_SAMPLING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_ABSENT = frozenset({"absent", "absent_over_time"})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "^"})

# After a start, it takes one interval until every target was scraped once; one may be lost.
_SCRAPES = 2


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each alert whose query gives something else although nothing changed."""
    scrape = promql.parse_duration(model.settings.scrape_interval).total_seconds()
    for expression in model.expressions:
        if isinstance(expression.of, Alert):
            held = _seconds(expression.of.for_)
            for n, visit in enumerate(visits(expression.text)):
                for wrong in _wrong(visit, held, scrape):
                    at = place_in(expression.text, n)
                    yield expression.problem(wrong, check="flapping", at=at, severity="warning")


def _wrong(visit: Visit, held: float, scrape: float) -> Iterator[str]:
    match visit.node:
        case promql.AggregateExpr() as node if str(node.op) in _SAMPLING and not _summed(visit):
            yield (
                f"{node.op}() picks other series at every evaluation, each an alert of its own; "
                "leave it out, and compare with what is too much"
            )
        case promql.Call() as call if call.func.name in _ABSENT and held < _SCRAPES * scrape:
            yield (
                f"after a start of Prometheus {call.func.name}() holds until the first scrape; "
                f"take for_ of {_SCRAPES * scrape:g}s or more"
            )
        case promql.BinaryExpr() as node if str(node.op) in _ARITHMETIC and held < scrape:
            if _is_aggregated(node.lhs) and _is_aggregated(node.rhs):
                yield (
                    f"after a start of Prometheus one side of '{node.op}' has seen more targets "
                    f"than the other; take for_ of {scrape:g}s or more"
                )


def _summed(visit: Visit) -> bool:
    """Whether what is picked is aggregated again: which series it was does not show then."""
    return any(isinstance(outer, promql.AggregateExpr) for outer in visit.within)


def _is_aggregated(node: promql.Expr) -> bool:
    while isinstance(node, promql.ParenExpr):
        node = node.expr
    return isinstance(node, promql.AggregateExpr)


def _seconds(text: str) -> float:
    try:
        return promql.parse_duration(text).total_seconds()
    except ValueError:
        return 0  # the parser refuses 0s
