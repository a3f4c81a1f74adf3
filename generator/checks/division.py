"""Can a division by zero spoil a sum or a mean?"""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from generator.model import Model
from generator.panels import Variable
from generator.problems import Problem
from generator.queries import Visit, place_in, visits
from generator.ranges import COMPARISONS, Ranges

_SPOILT = frozenset({"sum", "avg", "stddev", "stdvar", "quantile"})


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each division inside an aggregation whose divisor may be zero."""
    ranges = Ranges(model.records)
    for expression in model.expressions:
        if isinstance(expression.of, Variable):
            continue
        for n, visit in enumerate(visits(expression.text)):
            if outer := _spoilt(visit, ranges):
                what = (
                    f"one divisor of zero makes all of {outer}() NaN or infinite; "
                    "divide by (… > 0), or aggregate both sides first"
                )
                at = place_in(expression.text, n)
                yield expression.problem(what, check="division", at=at, severity="warning")


def _spoilt(visit: Visit, ranges: Ranges) -> str:
    """Return the aggregation that a part can spoil."""
    node = visit.node
    if not isinstance(node, promql.BinaryExpr) or str(node.op) not in {"/", "%"}:
        return ""
    divisor = ranges.of(node.rhs)
    if divisor.low > 0 or divisor.high < 0 or _demands(node.rhs):
        return ""
    return next((op for outer in reversed(visit.within) if (op := _op(outer)) in _SPOILT), "")


def _op(node: promql.Expr) -> str:
    return str(node.op) if isinstance(node, promql.AggregateExpr) else ""


def _demands(node: promql.Expr) -> bool:
    """Whether a divisor keeps only what is above zero, or below."""
    return any(
        isinstance(visit.node, promql.BinaryExpr)
        and str(visit.node.op) in COMPARISONS
        and not (visit.node.modifier is not None and visit.node.modifier.return_bool)
        for visit in visits(node.prettify())
    )
