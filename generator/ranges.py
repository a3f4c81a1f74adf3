"""Which values a query's result can have at all: what follows from types and functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import promql_parser as promql

from generator import catalog
from generator.queries import parse
from generator.rules import Record

# Each comparison with the one that says the same with its sides exchanged, and the opposite.
COMPARISONS = {
    "<": (">", ">="), "<=": (">=", ">"), ">": ("<", "<="), ">=": ("<=", "<"), "==": ("==", "!="),
    "!=": ("!=", "=="),
}  # fmt: skip


@dataclass(frozen=True)
class Range:
    """All values from ``low`` to ``high``, both included unless infinite."""

    low: float = -inf
    high: float = inf

    def never(self, op: str, other: Range) -> bool:
        """Whether no value of this range compares so with any of the other."""
        match op:
            case ">":
                return self.high <= other.low
            case ">=":
                return self.high < other.low
            case "<" | "<=":
                return other.never(COMPARISONS[op][0], self)
            case "==":
                return self.high < other.low or other.high < self.low
        return self.low == self.high == other.low == other.high

    def always(self, op: str, other: Range) -> bool:
        """Whether every value of this range compares so with every one of the other."""
        return self.never(COMPARISONS[op][1], other)

    def kept(self, op: str, other: Range) -> Range:
        """Return the values that a comparison with the other lets pass."""
        match op:
            case ">" | ">=":
                return Range(max(self.low, other.low), self.high)
            case "<" | "<=":
                return Range(self.low, min(self.high, other.high))
            case "==":
                return Range(max(self.low, other.low), min(self.high, other.high))
        return self

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.low:g}"
        if self == ANY:
            return "anything"
        bounds = [f"at least {self.low:g}"] if self.low > -inf else []
        bounds += [f"at most {self.high:g}"] if self.high < inf else []
        return " and ".join(bounds)

    def __or__(self, other: Range) -> Range:
        return Range(min(self.low, other.low), max(self.high, other.high))


ANY, NOT_NEGATIVE, AT_LEAST_ONE, FLAG, ONE = (
    Range(), Range(0), Range(1), Range(0, 1), Range(1, 1)
)  # fmt: skip

# What functions give, whatever they are given.
_OF_FUNCTION: Mapping[str, Range] = {
    "rate": NOT_NEGATIVE, "irate": NOT_NEGATIVE, "increase": NOT_NEGATIVE,
    "absent": ONE, "absent_over_time": ONE, "present_over_time": ONE,
    "count_over_time": AT_LEAST_ONE, "changes": NOT_NEGATIVE, "resets": NOT_NEGATIVE,
    "abs": NOT_NEGATIVE, "sqrt": NOT_NEGATIVE, "exp": NOT_NEGATIVE, "sgn": Range(-1, 1),
    "time": NOT_NEGATIVE, "timestamp": NOT_NEGATIVE, "histogram_fraction": FLAG,
    "hour": Range(0, 23), "minute": Range(0, 59), "month": Range(1, 12),
    "day_of_week": Range(0, 6), "day_of_month": Range(1, 31), "days_in_month": Range(28, 31),
    "stddev_over_time": NOT_NEGATIVE, "stdvar_over_time": NOT_NEGATIVE,
}  # fmt: skip

# What comes out of these lies where their argument does.
_KEEP = frozenset({
    "avg_over_time", "min_over_time", "max_over_time", "last_over_time", "quantile_over_time",
    "sort", "sort_desc", "label_replace", "label_join", "scalar", "vector",
})  # fmt: skip
_OF_AGGREGATION: Mapping[str, Range] = {
    "count": AT_LEAST_ONE, "group": ONE, "count_values": AT_LEAST_ONE,
    "stddev": NOT_NEGATIVE, "stdvar": NOT_NEGATIVE,
}  # fmt: skip
_KEPT_BY = frozenset({"min", "max", "avg", "topk", "bottomk", "limitk", "limit_ratio"})


class Ranges:
    """Knows the range of every series, recorded ones by their expressions."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = records
        self._known: dict[str, Range] = {}

    def of(self, node: promql.Expr) -> Range:  # noqa: PLR0911 -- one a kind
        """Return the values that a part of a query can have."""
        match node:
            case promql.NumberLiteral():
                return Range(node.val, node.val)
            case promql.VectorSelector():
                return self._of_series(str(node.name or ""))
            case promql.MatrixSelector():
                return self.of(node.vector_selector)
            case promql.ParenExpr() | promql.SubqueryExpr():
                return self.of(node.expr)
            case promql.UnaryExpr():
                inner = self.of(node.expr)
                return Range(-inner.high, -inner.low)
            case promql.AggregateExpr():
                return self._aggregated(str(node.op), self.of(node.expr))
            case promql.Call():
                return self._called(node)
            case promql.BinaryExpr():
                return self._combined(node)
        return ANY

    def _of_series(self, name: str) -> Range:
        if name in self._records and name not in self._known:
            self._known[name] = ANY  # meanwhile: a rule may need itself
            try:
                self._known[name] = self.of(parse(self._records[name].expr))
            except ValueError:
                return ANY
        return self._known.get(name) or _of_family(name)

    def _aggregated(self, op: str, inner: Range) -> Range:
        if op == "sum":
            return NOT_NEGATIVE if inner.low >= 0 else ANY
        return _OF_AGGREGATION.get(op) or (inner if op in _KEPT_BY else ANY)

    def _called(self, node: promql.Call) -> Range:
        name = node.func.name
        if name in {"clamp_min", "clamp_max"}:
            bound = self.of(node.args[1])
            return self.of(node.args[0]).kept(">=" if name == "clamp_min" else "<=", bound)
        if name in _KEEP and node.args:
            vectors = [arg for arg in node.args if not isinstance(arg, promql.StringLiteral)]
            return self.of(vectors[-1])
        if name == "sum_over_time":
            return NOT_NEGATIVE if self.of(node.args[0]).low >= 0 else ANY
        return _OF_FUNCTION.get(name, ANY)

    def _combined(self, node: promql.BinaryExpr) -> Range:
        left, right, op = self.of(node.lhs), self.of(node.rhs), str(node.op)
        if op in COMPARISONS:
            asked = node.modifier is not None and node.modifier.return_bool
            return FLAG if asked else left.kept(op, right)
        match op:
            case "and" | "unless":
                return left
            case "or":
                return left | right
            case "+":
                return Range(left.low + right.low, left.high + right.high)
            case "*" | "/" | "^" if left.low >= 0 and right.low >= 0:
                return NOT_NEGATIVE
        return ANY


def _of_family(name: str) -> Range:
    family = catalog.family_of().get(name)
    if family is None:
        return ANY
    if family.type == "info":
        return ONE
    if name == "up" or name.endswith("_up"):
        return FLAG
    counted = family.type in {"counter", "histogram"}
    return NOT_NEGATIVE if counted or family.unit in {"bytes", "ratio"} else ANY
