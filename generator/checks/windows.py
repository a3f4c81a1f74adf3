"""Is every window wide enough for a rate, and does it suit who evaluates it?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import promql_parser as promql

from generator.checks.counters import RATES
from generator.model import Expression, Model
from generator.panels import Variable
from generator.problems import Level, Problem
from generator.queries import Visit, outside_strings, visits

_RATES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv"})
_GRAFANAS = re.compile(r"\$\{?\w+")
_WINDOW = re.compile(r"[^\[\]()]*\[\s*([^\]\s]+)\s*\]")

# With fewer, one scrape that is lost leaves a gap; with less than two there is no rate at all.
_SCRAPES, _LEAST_SCRAPES = 4, 2

# How old a value Prometheus still shows, unless it is started otherwise.
_LOOKBACK_SECONDS = 300


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each window that is too short, or that its reader does not know."""
    scrape = promql.parse_duration(model.settings.scrape_interval).total_seconds()
    yield from _of_evaluation(model)
    for expression in model.expressions:
        if isinstance(expression.of, Variable):
            continue
        if expression.in_rule:
            yield from _of_grafana(expression)
        for visit in visits(expression.text):
            if isinstance(visit.node, promql.MatrixSelector) and _rate_of(visit):
                yield from _wrong(expression, visit, scrape)


def _of_evaluation(model: Model) -> Iterator[Problem]:
    """Rules that are evaluated more seldom than Prometheus looks back leave gaps."""
    written = model.settings.evaluation_interval
    if promql.parse_duration(written).total_seconds() > _LOOKBACK_SECONDS:
        what = (
            f"key 'evaluation_interval': Prometheus looks back {_LOOKBACK_SECONDS / 60:g}m, so "
            f"that what is recorded every {written} is absent in between; take 5m at most"
        )
        keys = ("evaluation_interval",)
        yield Problem.at_key(model.settings, *keys, message=what, check="windows")


def _of_grafana(expression: Expression) -> Iterator[Problem]:
    found = _GRAFANAS.search(outside_strings(expression.text))
    if found:
        what = (
            f"only Grafana knows {found[0]}, and Prometheus evaluates this; "
            "write a window such as [5m]"
        )
        yield expression.problem(what, check="windows", at=found.start())


def _rate_of(visit: Visit) -> str:
    user = visit.user[0] if visit.user else None
    name = str(user.func.name) if isinstance(user, promql.Call) else ""
    return name if name in _RATES else ""


def _wrong(expression: Expression, visit: Visit, scrape: float) -> Iterator[Problem]:
    function = _rate_of(visit)
    at = visit.at
    found = _WINDOW.match(outside_strings(expression.text), max(at, 0))
    written = found[1] if found else ""
    if written in {"$__rate_interval", "$__range"}:
        return
    if written == "$__interval":
        what = (
            f"{function}() over $__interval may see one value only, and then shows nothing; "
            "use $__rate_interval"
        )
        yield expression.problem(what, check="windows", at=at, severity="warning")
        return
    seconds = visit.node.range.total_seconds()
    if seconds < _SCRAPES * scrape:
        weight: Level = "error" if seconds < _LEAST_SCRAPES * scrape else "warning"
        what = (
            f"{function}() over {seconds:g}s sees {seconds / scrape:.3g} scrapes of {scrape:g}s; "
            f"take {_SCRAPES * scrape:g}s or more"
        )
        yield expression.problem(what, check="windows", at=at, severity=weight)
    elif not expression.in_rule and function in RATES:
        what = (
            f"{function}() over [{written}] skips what lies between two points of a wide graph; "
            "use $__rate_interval, or draw a recording rule"
        )
        yield expression.problem(what, check="windows", at=at, severity="warning")
