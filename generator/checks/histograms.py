"""Are histograms read as such: buckets by ``le``, quantiles of buckets, no mean of quantiles?"""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from generator import catalog
from generator.labels import Provenance
from generator.model import Model
from generator.panels import Variable
from generator.problems import Problem
from generator.queries import Visit, visits

_ADDING = frozenset({"sum", "avg", "stddev", "stdvar"})


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each use of a histogram that gives a number without a meaning."""
    for expression in model.expressions:
        if isinstance(expression.of, Variable):
            continue
        for visit in visits(expression.text):
            for wrong in _wrong(visit, model.provenance):
                yield expression.problem(wrong, check="histograms", at=visit.at)


def _wrong(visit: Visit, provenance: Provenance) -> Iterator[str]:
    match visit.node:
        case promql.Call() as call if call.func.name == "histogram_quantile":
            buckets = call.args[1]
            if not provenance.of(buckets.prettify()).has("le"):
                yield (
                    "histogram_quantile() needs the label le, which is not there; "
                    "aggregate by (le, …), over the series that ends in _bucket"
                )
            if any(_op(outer) in _ADDING for outer in visit.within):
                yield (
                    "a sum or mean of quantiles is no quantile; "
                    "aggregate the buckets by (le, …) first, inside histogram_quantile()"
                )
        case promql.VectorSelector() as selector:
            yield from _wrong_selector(visit, selector)


def _op(node: promql.Expr) -> str:
    return str(node.op) if isinstance(node, promql.AggregateExpr) else ""


def _wrong_selector(visit: Visit, selector: promql.VectorSelector) -> Iterator[str]:
    name = str(selector.name or "")
    family = catalog.family_of().get(name)
    if family is None or family.type != "histogram" or name != family.bucket.name:
        return
    if any(m.name == "le" for m in selector.matchers.matchers):
        return
    for outer in visit.within:
        if isinstance(outer, promql.AggregateExpr) and _op(outer) in _ADDING and not _keeps(outer):
            yield (
                f"each observation is in every larger bucket of {name} too, so that without le "
                f"it counts many times; aggregate by (le, …), or use {family.count.name}"
            )
            return


def _keeps(node: promql.AggregateExpr) -> bool:
    """Whether an aggregation keeps the buckets apart."""
    if node.modifier is None:
        return False
    listed = "le" in node.modifier.labels
    return listed != str(node.modifier.type).endswith("Without")
