"""Does a panel's unit agree with what its queries are measured in?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.model import Expression, Model
from generator.panels import Query, Variable
from generator.problems import Problem
from generator.queries import place_in
from generator.units import COUNT, PER_SECOND, SECONDS, Measure, Measures

_BYTES = Measure(bytes=1)

# What Grafana's units stand for; one that is not listed is not judged.
_OF_UNIT: Mapping[str, Measure] = {
    "short": COUNT,
    "none": COUNT,
    "percentunit": COUNT,
    "s": SECONDS,
    "bytes": _BYTES,
    "Bps": _BYTES * PER_SECOND,
    "ops": PER_SECOND,
    "reqps": PER_SECOND,
}


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each panel whose unit its query contradicts, and each odd sum."""
    measures = Measures(model)
    units = {
        (query.source, query.expr): panel.unit
        for dashboard in model.dashboards.values()
        for panel in dashboard.panels
        for query in panel.queries
    }
    for expression in model.expressions:
        if isinstance(expression.of, Variable):
            continue
        told: list[str] = []
        measure = measures.of(expression.text, told.append)
        for wrong in dict.fromkeys(told):
            yield expression.problem(wrong, check="units", at=place_in(expression.text))
        if isinstance(expression.of, Query) and measure is not None:
            yield from _shown(expression, units[expression.source, expression.text], measure)


def _shown(expression: Expression, unit: str, measure: Measure) -> Iterator[Problem]:
    wanted = _OF_UNIT.get(unit)
    if wanted is None or wanted == measure:
        return
    fitting = " or ".join(repr(name) for name, m in _OF_UNIT.items() if m == measure)
    fix = f"use unit={fitting}" if fitting else "divide or multiply until it does"
    wrong = f"unit {unit!r} shows {wanted}, and the query gives {measure}; {fix}"
    at = place_in(expression.text)
    yield expression.problem(wrong, check="units", at=at, severity="warning")
