"""What a query's result is measured in: by the units that the catalog declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import promql_parser as promql

from generator import catalog
from generator.model import Model
from generator.queries import parse


@dataclass(frozen=True)
class Measure:
    """A product of powers of seconds and bytes; neither is a count, a share or a flag."""

    seconds: int = 0
    bytes: int = 0

    def __mul__(self, other: Measure) -> Measure:
        return Measure(self.seconds + other.seconds, self.bytes + other.bytes)

    def __truediv__(self, other: Measure) -> Measure:
        return Measure(self.seconds - other.seconds, self.bytes - other.bytes)

    def __str__(self) -> str:
        return _WORDS.get((self.seconds, self.bytes), f"s^{self.seconds} B^{self.bytes}")


_WORDS = {
    (0, 0): "a count or a share",
    (1, 0): "seconds",
    (0, 1): "bytes",
    (-1, 0): "something per second",
    (-1, 1): "bytes per second",
}

COUNT = Measure()
SECONDS = Measure(seconds=1)
PER_SECOND = Measure(seconds=-1)

_OF_FAMILY = {"seconds": SECONDS, "bytes": Measure(bytes=1), "ratio": COUNT, "": COUNT}

# Functions whose result is measured as their argument is, per second, or otherwise.
_PER_SECOND = frozenset({"rate", "irate", "deriv"})
_IN_SECONDS = frozenset({"time", "timestamp"})
_COUNTING = frozenset({
    "absent", "absent_over_time", "changes", "count_over_time", "present_over_time", "resets",
    "sgn", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute",
    "month", "year", "histogram_fraction",
})  # fmt: skip
_UNKNOWN = frozenset({
    "exp", "ln", "log2", "log10", "sqrt", "stdvar_over_time", "info", "histogram_quantiles",
    "histogram_stdvar",
})  # fmt: skip
_COMPARISONS = frozenset({"==", "!=", ">", "<", ">=", "<="})

Tell = Callable[[str], None]


class Number:
    """A number as written: it takes the measure of whatever it stands beside."""


NUMBER = Number()
Found = Measure | Number | None


class Measures:
    """Knows what every series of a model is measured in, recorded ones by their expressions."""

    def __init__(self, model: Model) -> None:
        self._records = model.records
        self._known: dict[str, Found] = {}

    def of(self, text: str, tell: Tell) -> Measure | None:
        """Return the measure of a query's result; None where that is not known."""
        try:
            found = self._of(parse(text), tell)
        except ValueError:
            return None
        return found if isinstance(found, Measure) else None

    def _of_series(self, name: str) -> Found:
        family = catalog.family_of().get(name)
        if family is not None:
            counted = family.type == "histogram" and name != family.sum.name
            return COUNT if counted else _OF_FAMILY[family.unit]
        if name in self._records and name not in self._known:
            self._known[name] = None
            self._known[name] = self.of(self._records[name].expr, lambda _: None)
        return self._known.get(name)

    def _of(self, node: promql.Expr, tell: Tell) -> Found:  # noqa: PLR0911 -- one a kind
        match node:
            case promql.VectorSelector():
                return self._of_series(str(node.name or ""))
            case promql.MatrixSelector():
                return self._of(node.vector_selector, tell)
            case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
                return self._of(node.expr, tell)
            case promql.NumberLiteral():
                return NUMBER
            case promql.AggregateExpr():
                return self._aggregated(node, tell)
            case promql.BinaryExpr():
                return self._combined(node, tell)
            case promql.Call():
                return self._called(node, tell)
        return None

    def _aggregated(self, node: promql.AggregateExpr, tell: Tell) -> Found:
        inner, op = self._of(node.expr, tell), str(node.op)
        if op in {"count", "group", "count_values"}:
            return COUNT
        return None if op == "stdvar" else inner

    def _called(self, node: promql.Call, tell: Tell) -> Found:
        name = node.func.name
        inner = [self._of(arg, tell) for arg in node.args]
        if name in _UNKNOWN:
            return None
        if name in _IN_SECONDS:
            return SECONDS
        if name in _COUNTING:
            return COUNT
        if name == "histogram_quantile":
            return self._of_buckets(node.args[1])
        measured = [found for found in inner if not isinstance(found, Number)]
        if not measured:
            return NUMBER
        return _times(measured[0], PER_SECOND) if name in _PER_SECOND else measured[0]

    def _of_buckets(self, node: promql.Expr) -> Found:
        names: list[str] = []

        def visit(part: promql.Expr) -> bool:
            if isinstance(part, promql.VectorSelector):
                names.append(str(part.name or ""))
            return True

        promql.walk(node, visit)
        families = [catalog.family_of().get(name) for name in names]
        units = {_OF_FAMILY[family.unit] for family in families if family}
        return units.pop() if len(units) == 1 else None

    def _combined(self, node: promql.BinaryExpr, tell: Tell) -> Found:
        left, right = self._of(node.lhs, tell), self._of(node.rhs, tell)
        op = str(node.op)
        if op in {"*", "/"}:
            return _times(left, right) if op == "*" else _over(left, right)
        if op in {"and", "unless"}:
            return left
        if op == "or":
            return _same(left, right)
        if op not in {*_COMPARISONS, "+", "-"}:
            return None
        if isinstance(left, Measure) and isinstance(right, Measure) and left != right:
            tell(f"{left} {op} {right} has no meaning; bring both sides to one unit")
        asked = op in _COMPARISONS and node.modifier is not None and node.modifier.return_bool
        return COUNT if asked else reduce(_first_measure, (left, right))


def _first_measure(left: Found, right: Found) -> Found:
    return right if isinstance(left, Number) else left


def _same(left: Found, right: Found) -> Found:
    return left if left == right or isinstance(right, Number) else None


def _times(left: Found, right: Found) -> Found:
    if isinstance(left, Number) or isinstance(right, Number):
        return _first_measure(left, right)
    return None if left is None or right is None else left * right


def _over(left: Found, right: Found) -> Found:
    if isinstance(left, Number) and isinstance(right, Measure):
        return COUNT / right
    if isinstance(right, Number):
        return left
    return left / right if isinstance(left, Measure) and isinstance(right, Measure) else None
