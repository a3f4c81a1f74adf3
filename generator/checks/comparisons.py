"""Does every alert compare with something, and can every comparison come out either way?"""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from generator.model import Expression, Model
from generator.panels import Variable
from generator.problems import Problem
from generator.queries import Visit, place_in, visits
from generator.ranges import COMPARISONS, Ranges
from generator.rules import Alert

# What is a condition by itself: these give nothing while all is well.
_CONDITIONS = frozenset({"absent", "absent_over_time"})


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each alert without a condition, and each comparison that decides none."""
    ranges = Ranges(model.records)
    for expression in model.expressions:
        if isinstance(expression.of, Variable):
            continue
        found = visits(expression.text)
        # Without a series, as in vector(1), an alert is meant to fire always.
        asks = isinstance(expression.of, Alert) and any(map(_is_selector, found))
        if asks and not any(map(_is_condition, found)):
            what = "it compares with nothing, and fires while there are series at all; add > …"
            at = place_in(expression.text)
            yield expression.problem(what, check="comparisons", at=at)
        for n, visit in enumerate(found):
            if wrong := _wrong(expression, visit, ranges):
                at = place_in(expression.text, n)
                yield expression.problem(wrong, check="comparisons", at=at)


def _is_selector(visit: Visit) -> bool:
    return isinstance(visit.node, promql.VectorSelector)


def _is_condition(visit: Visit) -> bool:
    match visit.node:
        case promql.BinaryExpr() as node:
            return str(node.op) in {*COMPARISONS, "unless"}
        case promql.Call() as call:
            return call.func.name in _CONDITIONS
    return False


def _wrong(expression: Expression, visit: Visit, ranges: Ranges) -> str:
    if not isinstance(visit.node, promql.BinaryExpr) or str(visit.node.op) not in COMPARISONS:
        return ""
    op, left, right = str(visit.node.op), ranges.of(visit.node.lhs), ranges.of(visit.node.rhs)
    said = f"the left side is {left}, the right {right}"
    if left.never(op, right):
        return f"{said}: {op!r} is never true; mend it"
    if left.always(op, right) and _decides_alone(expression, visit):
        return f"{said}: {op!r} is always true, and this fires for ever; mend it"
    return ""


def _decides_alone(expression: Expression, visit: Visit) -> bool:
    """Whether an alert has no other condition; counting says that there is something to count.

    Elsewhere a comparison that always holds is a way to write 1, or does no harm.
    """
    if not isinstance(expression.of, Alert) or isinstance(visit.node.lhs, promql.AggregateExpr):
        return False
    return sum(map(_is_condition, visits(expression.text))) == 1
