"""Do alerts on a ratio of rates stay silent while there is next to no traffic?"""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from generator import catalog
from generator.checks.counters import RATES
from generator.model import Model
from generator.problems import Problem
from generator.queries import Visit, place_in, visits, visits_of
from generator.rules import Alert

_COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each alert on a ratio that one request in the night can trip."""
    ratios = _Ratios(model)
    for expression in model.expressions:
        if not isinstance(expression.of, Alert):
            continue
        for at, of in ratios.unguarded(expression.text):
            what = (
                f"{of} is a ratio of rates, and with next to no traffic one request decides it; "
                "demand some: divide by (… >= 1), or add: and on (…) rate(…) >= 1"
            )
            yield expression.problem(what, check="traffic", at=at, severity="warning")


class _Ratios:
    """Finds ratios of rates in queries, and in the recording rules that these use."""

    def __init__(self, model: Model) -> None:
        self._records = model.records

    def unguarded(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield the place and the name of each ratio of rates that nothing guards."""
        for n, visit in enumerate(visits(text)):
            if _guarded_outside(visit):
                continue
            match visit.node:
                case promql.BinaryExpr() as node if str(node.op) == "/":
                    if self._rates(node.lhs) and self._rates(node.rhs) and not _demands(node):
                        yield place_in(text, n), "this"
                case promql.VectorSelector() as node if node.name in self._records:
                    name = str(node.name)
                    if any(True for _ in self.unguarded(self._records[name].expr)):
                        yield visit.at, name

    def _rates(self, node: promql.Expr) -> bool:
        """Whether a part reads a counter's rate, itself or through a recording rule."""
        return any(self._is_rate(inner) for inner in visits_of(node))

    def _is_rate(self, visit: Visit) -> bool:
        if not isinstance(visit.node, promql.VectorSelector):
            return False
        name = str(visit.node.name or "")
        user = visit.user[0] if visit.user else None
        if name in catalog.counters():
            return isinstance(user, promql.Call) and user.func.name in RATES
        record = self._records.get(name)
        return record is not None and any(self._is_rate(v) for v in visits(record.expr))


def _demands(node: promql.Expr) -> bool:
    """Whether a part keeps only what is above a number greater than zero."""
    return any(
        isinstance(v.node, promql.BinaryExpr)
        and str(v.node.op) in _COMPARISONS
        and any(isinstance(s, promql.NumberLiteral) and s.val > 0 for s in (v.node.lhs, v.node.rhs))
        for v in visits_of(node)
    )


def _guarded_outside(visit: Visit) -> bool:
    """Whether ``and`` or ``unless`` around a part demands something on its other side."""
    return any(
        isinstance(outer, promql.BinaryExpr)
        and str(outer.op) in {"and", "unless"}
        and _demands(outer.rhs if side == 0 else outer.lhs)
        for outer, side in zip(visit.within, visit.path, strict=True)
    )
