"""Do matchers on ``le`` and ``quantile`` name a bound as Prometheus 3 writes it?"""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql
from prometheus_client.utils import floatToGoString

from generator import catalog
from generator.model import Model
from generator.problems import Problem
from generator.queries import place_of, visits


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each bound that no series of the metric can carry."""
    for expression in model.expressions:
        for visit in visits(expression.text):
            if not isinstance(visit.node, promql.VectorSelector):
                continue
            for matcher in visit.node.matchers.matchers:
                if matcher.name in {"le", "quantile"} and str(matcher.op).endswith("Equal"):
                    wrong = _wrong(str(visit.node.name or ""), matcher.name, matcher.value)
                    if wrong:
                        at = place_of(expression.text, matcher.name, visit.at)
                        yield expression.problem(wrong, check="bounds", at=at)


def _wrong(name: str, label: str, value: str) -> str:
    try:
        written = _as_prometheus_writes(float(value))
    except ValueError:
        return f'{label}="{value}" is no number, and never matches; write one, such as "0.5"'
    family = catalog.family_of().get(name)
    if family is not None and label == "le" and family.buckets:
        bounds = [_as_prometheus_writes(b) for b in (*family.buckets, float("inf"))]
        if written not in bounds:
            return f'{name} has no bucket le="{value}"; use one of: {", ".join(bounds)}'
    if value != written:
        return (
            f'Prometheus 3 writes {label}="{written}", so that "{value}" never matches; '
            f'write "{written}"'
        )
    return ""


def _as_prometheus_writes(bound: float) -> str:
    return str(floatToGoString(bound))  # type: ignore[no-untyped-call] # theirs has no types
