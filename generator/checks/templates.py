"""Do the texts of an alert show values that people can read, and ask queries that hold?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import promql_parser as promql

from generator import catalog
from generator.checks.counters import RATES
from generator.model import Model
from generator.problems import Problem
from generator.queries import parse, selectors_in, visits
from generator.rules import Alert

_BARE_VALUE = re.compile(r"\{\{-?\s*(?:\$value|\.Value)\s*-?\}\}")
_EXTERNAL = re.compile(r"(?:\$externalLabels|\.ExternalLabels)\.(\w+)")
_QUERY = re.compile(r'query\s+(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)')

# What gives a number with more digits than anybody reads.
_ODD = RATES - {"resets", "increase"} | {"deriv", "histogram_quantile", "predict_linear"}


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each bare value of a rate, and each query in a text that is wrong."""
    for expression in model.expressions:
        if isinstance(expression.of, Alert):
            alert = expression.of
            for what, text in (("summary", alert.summary), ("description", alert.description)):
                for wrong in (
                    *_bare(model, expression.text, text),
                    *_external(text),
                    *_queries(model, text),
                ):
                    yield expression.problem(
                        f"{what} {wrong}", check="templates", severity="warning"
                    )


def _bare(model: Model, query: str, text: str) -> Iterator[str]:
    if _BARE_VALUE.search(text) and _is_odd(model, query, ()):
        yield "shows a rate with all its digits; write {{ $value | humanize }}"


def _is_odd(model: Model, query: str, seen: tuple[str, ...]) -> bool:
    """Whether the value comes from a rate or a quantile, itself or through a record."""
    for visit in visits(query):
        if isinstance(visit.node, promql.Call) and visit.node.func.name in _ODD:
            return True
        name = getattr(visit.node, "name", None)
        if name in model.records and name not in seen:
            return _is_odd(model, model.records[name].expr, (*seen, name))
    return False


def _external(text: str) -> Iterator[str]:
    for label in _EXTERNAL.findall(text):
        yield f"uses the external label {label!r}, and there are none; leave it out"


def _queries(model: Model, text: str) -> Iterator[str]:
    for found in _QUERY.finditer(text):
        query = (found[1] or found[2] or "").replace('\\"', '"')
        try:
            parse(query)
        except ValueError as error:
            yield f"asks {query!r}: {error}; mend the query"
            continue
        for selector in selectors_in(query):
            if selector.name not in catalog.series() and selector.name not in model.records:
                yield f"asks {query!r}: nothing exposes {selector.name}; mend the query"
