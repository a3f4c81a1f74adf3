"""Is what happens when series end stated for everything whose end silences an alert?"""

from __future__ import annotations

from collections.abc import Iterator

import promql_parser as promql

from generator.model import Expression, Model
from generator.problems import Problem
from generator.queries import Visit, selectors_in, visits
from generator.rules import Alert, Vanished

_ABSENT = frozenset({"absent", "absent_over_time"})


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each metric whose end would silence an alert, with nobody the wiser."""
    for expression in model.expressions:
        if isinstance(expression.of, Alert):
            stories = [test for test in expression.of.tests if isinstance(test, Vanished)]
            ending = {name for story in stories for name in _ending(story)}
            for name, at in _silencing(model, expression).items():
                # That an alert has no such story at all is for another check to tell.
                if stories and name not in ending:
                    what = (
                        f"when {name} ends this falls silent, and no example says that this is "
                        "right; add: or absent(…), or a Vanished in which it ends with stale"
                    )
                    yield expression.problem(what, check="absence", at=at, severity="warning")


def _ending(story: Vanished) -> Iterator[str]:
    """Yield the metrics that a story lets end."""
    for series, values in story.given.items():
        if values.split()[-1:] == ["stale"]:
            yield from (selector.name for selector in selectors_in(series))


def _silencing(model: Model, expression: Expression) -> dict[str, int]:
    """Return the metrics whose end silences an alert, recorded ones as what they are made of."""
    found: dict[str, int] = {}
    for name, at in _needed(expression.text):
        for metric in _metrics(model, name, ()):
            found.setdefault(metric, at)
    return found


def _metrics(model: Model, name: str, seen: tuple[str, ...]) -> Iterator[str]:
    if name not in model.records:
        yield name
    elif name not in seen:
        for inner, _ in _needed(model.records[name].expr):
            yield from _metrics(model, inner, (*seen, name))


def _needed(text: str) -> Iterator[tuple[str, int]]:
    for visit in visits(text):
        selects = isinstance(visit.node, promql.VectorSelector) and visit.node.name
        if selects and not any(map(_spares, visit.within, visit.path)) and not _asked_for(visit):
            yield str(visit.node.name), visit.at


def _spares(outer: promql.Expr, side: int) -> bool:
    """Whether the end of what stands there leaves the result as it is, or makes one."""
    if not isinstance(outer, promql.BinaryExpr):
        return False
    return str(outer.op) == "or" or (str(outer.op) == "unless" and side == 1)


def _asked_for(visit: Visit) -> bool:
    return any(isinstance(o, promql.Call) and o.func.name in _ABSENT for o in visit.within)
