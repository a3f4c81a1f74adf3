"""Does every matcher of a selector say what it must, and no more?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import promql_parser as promql

from exporters.catalog.family import quoted
from generator.model import Model
from generator.problems import Problem
from generator.queries import place_of, visits

_PATTERN = re.compile(r"[.^$*+?{}\[\]|()\\]")
_PLAIN = {"=~": "=", "!~": "!="}
_OPERATORS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each matcher that is a pattern for nothing, or contradicts another."""
    for expression in model.expressions:
        for visit in visits(expression.text):
            if isinstance(visit.node, promql.VectorSelector):
                matchers = [m for m in visit.node.matchers.matchers if m.name != "__name__"]
                for label, wrong in (*_patterns(matchers), *_contradictions(matchers)):
                    at = place_of(expression.text, label, visit.at)
                    yield expression.problem(wrong, check="matchers", at=at, severity="warning")


def _patterns(matchers: list[Any]) -> Iterator[tuple[str, str]]:
    for matcher in matchers:
        op, label, value = operator(matcher), matcher.name, matcher.value
        # Grafana fills in its variables as patterns.
        if op not in _PLAIN or "$" in value.rstrip("$"):
            continue
        written = f"{label}{op}{quoted(value)}"
        if value.startswith("^") or value.endswith("$"):
            yield label, f"{written} is a whole match anyway; leave ^ and $ out"
        elif not _PATTERN.search(value):
            yield label, f"{written} is no pattern; write {label}{_PLAIN[op]}{quoted(value)}"
        elif op == "=~" and value in {".*", "(.*)"}:
            yield label, f"{written} matches everything; leave it out"


def _contradictions(matchers: list[Any]) -> Iterator[tuple[str, str]]:
    wanted = {m.name: m.value for m in matchers if operator(m) == "="}
    for matcher in matchers:
        value = wanted.get(matcher.name)
        if value is not None and not _fits(matcher, value):
            written = f"{matcher.name}{operator(matcher)}{quoted(matcher.value)}"
            what = f"no series is {matcher.name}={quoted(value)} and {written}; leave one out"
            yield matcher.name, what


def _fits(matcher: Any, value: str) -> bool:
    op = operator(matcher)
    if op in {"=", "!="}:
        return bool(matcher.value == value) == (op == "=")
    try:
        return (re.fullmatch(matcher.value, value) is not None) == (op == "=~")
    except re.error:
        return True  # a pattern that only Go knows


def operator(matcher: Any) -> str:
    """Return a matcher's operator as it is written."""
    return _OPERATORS[str(matcher.op).rpartition(".")[2]]
