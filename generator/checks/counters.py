"""Are counters read as rates, and gauges never?"""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from generator import catalog
from generator.model import Model
from generator.panels import Variable
from generator.problems import Problem
from generator.queries import Visit, visits

RATES = frozenset({"rate", "irate", "increase", "resets"})

# These ask whether series are there, and never what they say.
_PRESENCE = frozenset({
    "absent", "absent_over_time", "present_over_time", "count_over_time", "changes", "timestamp",
    "count", "group",
})  # fmt: skip


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each counter read as it stands, and each rate of what is no counter."""
    gauges = {*catalog.series(), *model.records} - catalog.counters()
    for expression in model.expressions:
        if isinstance(expression.of, Variable):
            continue
        for visit in visits(expression.text):
            if isinstance(visit.node, promql.VectorSelector):
                wrong = _wrong(visit, gauges)
                if wrong:
                    yield expression.problem(wrong, check="counters", at=visit.at)


def _wrong(visit: Visit, gauges: set[str]) -> str:
    name, user = str(visit.node.name or ""), _user(visit)
    if name in gauges and user in RATES and visit.range is not None:
        return (
            f"{name} is no counter, and {user}() takes every fall for a restart; "
            f"use delta(), deriv() or avg_over_time()"
        )
    if name in catalog.counters() and user not in RATES | _PRESENCE:
        return (
            f"{name} is a counter: what it says is how long ago the server started; "
            f"use rate({name}[5m]), or increase()"
        )
    return ""


def _user(visit: Visit) -> str:
    """Return the function or the aggregation that a selector is the argument of."""
    match visit.user:
        case promql.Call() as call, _:
            return str(call.func.name)
        case promql.AggregateExpr() as aggregation, _:
            return str(aggregation.op)
        case promql.BinaryExpr() as binary, 1 if str(binary.op) in {"and", "unless"}:
            return "group"  # what stands on their right is not read, only whether it is there
    return ""
