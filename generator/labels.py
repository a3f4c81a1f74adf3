"""Which labels a query's result carries, after every aggregation and join in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

import promql_parser as promql

from exporters.catalog.family import TARGET_LABELS
from generator import catalog
from generator.queries import parse, place_of
from generator.rules import Record

# A team is only there where the settings file names one.
_ALWAYS_THERE = frozenset(TARGET_LABELS) - {"team"}

_COMPARE_LABELS = {"and", "unless"}
_TAKE_APART = {"histogram_quantile", "histogram_fraction"}
_WITHOUT_LABELS = {"vector", "time", "scalar", "pi"}

# Told what is wrong and the word that is meant.
Tell = Callable[[str, str], object]


@dataclass(frozen=True)
class Labels:
    """The labels that a result ``may`` carry, and those that it is ``sure`` to.

    ``open`` says that it may carry others, too: something is not known.
    """

    may: frozenset[str] = frozenset()
    sure: frozenset[str] = frozenset()
    open: bool = False

    def has(self, label: str) -> bool:
        """Whether a series of this result may carry the label."""
        return self.open or label in self.may

    def only(self, labels: Iterable[str]) -> Labels:
        """Return what is left when only these are kept, as ``by`` and ``on`` do."""
        kept = frozenset(labels)
        return Labels(kept if self.open else self.may & kept, self.sure & kept)

    def but(self, labels: Iterable[str]) -> Labels:
        """Return what is left without these."""
        gone = frozenset(labels)
        return replace(self, may=self.may - gone, sure=self.sure - gone)

    def plus(self, labels: Iterable[str]) -> Labels:
        """Return these labels and others that it is sure to carry."""
        more = frozenset(labels)
        return replace(self, may=self.may | more, sure=self.sure | more)

    def __or__(self, other: Labels) -> Labels:
        """Return what a series carries that comes from one or from the other."""
        return Labels(self.may | other.may, self.sure & other.sure, self.open or other.open)

    def __str__(self) -> str:
        return ", ".join(sorted(self.may)) or "(none)"


UNKNOWN = Labels(open=True)


def _ignore(wrong: str, word: str) -> None:
    """Tell nobody: the caller only wants the labels."""


class Provenance:
    """Knows the labels of every series, recorded ones by their expressions."""

    def __init__(self, records: Mapping[str, Record]) -> None:
        self._records = records
        self._known: dict[str, Labels] = {
            name: Labels(
                frozenset((*series.labels, *TARGET_LABELS)),
                frozenset(series.labels) | _ALWAYS_THERE,
            )
            for name, series in catalog.series().items()
        }

    def of(self, text: str, tell: Tell = _ignore) -> Labels:
        """Return the labels of a query's result, telling what can never be on the way.

        A query that does not parse may carry any.
        """
        try:
            expr = parse(text)
        except ValueError:
            return UNKNOWN
        return self._of(expr, tell) or Labels()

    def of_series(self, name: str) -> Labels:
        """Return the labels of one metric."""
        if name not in self._known and name in self._records:
            # Known as unknown meanwhile, so that a rule that needs itself comes to an end.
            self._known[name] = UNKNOWN
            self._known[name] = self.of(self._records[name].expr)
        return self._known.get(name, UNKNOWN)

    def _of(self, node: promql.Expr, tell: Tell) -> Labels | None:  # noqa: PLR0911 -- one a kind
        """Return the labels of a part; None for a number, which has no series."""
        match node:
            case promql.VectorSelector():
                return self.of_series(str(node.name or ""))
            case promql.MatrixSelector():
                return self._of(node.vector_selector, tell)
            case promql.ParenExpr() | promql.UnaryExpr() | promql.SubqueryExpr():
                return self._of(node.expr, tell)
            case promql.AggregateExpr():
                return self._aggregated(node, tell)
            case promql.BinaryExpr():
                return self._joined(node, tell)
            case promql.Call():
                return self._called(node, tell)
        return None

    def _aggregated(self, node: promql.AggregateExpr, tell: Tell) -> Labels:
        inner = self._of(node.expr, tell) or Labels()
        op = str(node.op)
        if op in {"topk", "bottomk", "limitk", "limit_ratio"}:
            return inner
        listed = list(node.modifier.labels) if node.modifier else []
        without = node.modifier is not None and str(node.modifier.type).endswith("Without")
        for label in listed:
            if not inner.has(label):
                word = "without" if without else "by"
                tell(f"{op} {word} ({label}): there is no such label here; use {inner}", label)
        left = inner.but(listed) if without else inner.only(listed)
        return left.plus([node.param.val]) if op == "count_values" and node.param else left

    def _joined(self, node: promql.BinaryExpr, tell: Tell) -> Labels | None:
        left, right = self._of(node.lhs, tell), self._of(node.rhs, tell)
        if left is None or right is None:
            return left or right
        op, how = str(node.op), node.modifier
        if op == "or":
            return left | right
        listed = list(how.matching.labels) if how and how.matching else []
        on = bool(how and how.matching and str(how.matching.type).endswith("Include"))
        _tell_of_join(f"{op} on" if on else op, left, right, listed if on else None, tell)
        if not on:
            _tell_if_apart(op, left.but(listed), right.but(listed), tell)
        if op in _COMPARE_LABELS:
            return left
        if how and str(how.card).endswith(("ManyToOne", "OneToMany")):
            many, one = (left, right) if str(how.card).endswith("ManyToOne") else (right, left)
            return _grouped(many, one, list(how.group_labels or []), tell)
        return left.only(listed) if on else left.but(listed)

    def _called(self, node: promql.Call, tell: Tell) -> Labels | None:
        name, args = node.func.name, list(node.args)
        if name in _WITHOUT_LABELS:
            return None if name != "vector" else Labels()
        if name in {"absent", "absent_over_time"}:
            return _of_absent(args[0])
        inner = [found for a in args if (found := self._of(a, tell)) is not None]
        if not inner:
            return None
        labels = reduce(Labels.__or__, inner)
        if name in {"label_replace", "label_join"}:
            return labels.plus([args[1].val])
        if name in _TAKE_APART:
            return labels.but(["le"])
        return UNKNOWN if name in {"info", "histogram_quantiles"} else labels


def _tell_of_join(op: str, left: Labels, right: Labels, on: list[str] | None, tell: Tell) -> None:
    for label in on or ():
        sides = [side for side, has in (("left", left), ("right", right)) if not has.has(label)]
        if sides:
            where = "neither side has" if len(sides) == 2 else f"the {sides[0]} side has not"
            tell(f"{op} ({label}): {where} this label, so nothing matches; leave it out", label)


def _tell_if_apart(op: str, left: Labels, right: Labels, tell: Tell) -> None:
    for side, one, other in (("left", left, right), ("right", right, left)):
        if other.open:
            continue
        if extra := sorted(one.sure - other.may):
            named = ", ".join(extra)
            tell(
                f"the {side} side of {op!r} is split by {named}, the other is not, so nothing "
                f"matches; aggregate both alike, or say on (…) and, where one side is split "
                "further, group_left ()",
                extra[0],
            )
            return


def _grouped(many: Labels, one: Labels, taken: list[str], tell: Tell) -> Labels:
    for label in taken:
        if not one.has(label):
            what = f"group_left/group_right ({label}): the one side has no such label; use {one}"
            tell(what, label)
    return many.plus(label for label in taken if one.has(label))


def _of_absent(argument: promql.Expr) -> Labels:
    node = argument
    while isinstance(node, (promql.ParenExpr, promql.MatrixSelector)):
        node = node.expr if isinstance(node, promql.ParenExpr) else node.vector_selector
    if not isinstance(node, promql.VectorSelector):
        return Labels()
    return Labels().plus(
        m.name
        for m in node.matchers.matchers
        if str(m.op).endswith(".Equal") and m.name != "__name__"
    )


_MODIFIER = r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*?"


def place_of_label(text: str, label: str) -> int:
    """Return where a query lists a label to aggregate or to join by; else where it stands."""
    found = re.search(_MODIFIER + rf"\b({re.escape(label)})\b", text)
    return found.start(1) if found else place_of(text, label)
