"""Is every variable that is used one of the dashboard, and does every panel follow them?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import promql_parser as promql

from exporters.catalog.family import TARGET_LABELS
from exporters.hints import choose
from generator import prometheus
from generator.annotations import Annotation
from generator.checks.jobs import families_of
from generator.model import Model
from generator.panels import Dashboard, Query
from generator.problems import Problem
from generator.queries import Selector, Visit, selectors_in, visits, visits_of

# As Grafana writes them: $name, ${name}, ${name:format}, [[name]].
_USED = re.compile(r"\$(\w+)|\$\{(\w+)|\[\[(\w+)")


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each variable that is not there, and each that is not followed."""
    for uid, dashboard in model.dashboards.items():
        yield from _unknown(dashboard)
        used = {name for _, query in _asked(dashboard) for name, _ in _names(query.expr)}
        for variable in dashboard.variables:
            if variable.label not in used:
                what = (
                    f"dashboard {uid!r}: no panel follows the variable {variable.label!r}; "
                    "hand it to their series, or leave it out"
                )
                yield Problem.at(dashboard.source, what, check="variables", severity="warning")
        narrowing = {variable.label for variable in dashboard.variables} & {*TARGET_LABELS}
        if not narrowing and _is_of_targets(dashboard):
            what = (
                f"dashboard {uid!r}: nothing narrows it to a service, a job or an instance; "
                "give it a Variable"
            )
            yield Problem.at(dashboard.source, what, check="variables", severity="warning")
        yield from _ignored(model, dashboard, used)


def _is_of_targets(dashboard: Dashboard) -> bool:
    """Whether it shows what targets say, of which there are many, and not the stack alone."""
    told = {family.name for kind in prometheus.JOBS for family in families_of(kind)}
    queries = [query for panel in dashboard.panels for query in panel.queries]
    return any(selector.name in told for query in queries for selector in selectors_in(query.expr))


def _ignored(model: Model, dashboard: Dashboard, used: set[str]) -> Iterator[Problem]:
    """Yield the selectors that carry a variable's label, and go on showing all of its values."""
    labels = [v.label for v in dashboard.variables if v.label in used]
    for asked, query in _asked(dashboard):
        for selector, met in _joined(query.expr):
            carried = model.provenance.of_series(selector.name)
            for label in labels:
                if label not in (*selector.labels, *met) and label in carried.may:
                    what = (
                        f"{asked}: {selector.name} does not follow the variable {label!r}; "
                        "hand it over"
                    )
                    yield Problem(
                        query.source.file, query.source.line, what, "variables", "warning",
                        query.expr, selector.at,
                    )  # fmt: skip


def _joined(query: str) -> Iterator[tuple[Selector, set[str]]]:
    """Yield every selector, with the labels that what it is joined with matches on.

    A series meets nothing there but what the other side selects.
    """
    for visit, selector in zip(_selecting(visits(query)), selectors_in(query), strict=True):
        met: set[str] = set()
        for outer, side in zip(visit.within, visit.path, strict=True):
            if isinstance(outer, promql.BinaryExpr) and str(outer.op) != "or":
                other = outer.rhs if side == 0 else outer.lhs
                for inner in _selecting(visits_of(other)):
                    met |= {m.name for m in inner.node.matchers.matchers}
        yield selector, met


def _selecting(found: Iterable[Visit]) -> Iterator[Visit]:
    return (visit for visit in found if isinstance(visit.node, promql.VectorSelector))


def _unknown(dashboard: Dashboard) -> Iterator[Problem]:
    known = [variable.label for variable in dashboard.variables]
    for asked, query in _asked(dashboard):
        for name, at in _names(query.expr):
            if name not in known and not name.startswith("__") and not name.isdigit():
                what = f"{asked}: the dashboard has no variable {name!r}; {choose(name, known)}"
                yield Problem(
                    query.source.file, query.source.line, what, "variables", "error",
                    query.expr, at,
                )  # fmt: skip


def _asked(dashboard: Dashboard) -> Iterator[tuple[str, Query | Annotation]]:
    """Yield every query of a dashboard with what asks it."""
    for panel in dashboard.panels:
        yield from ((f"panel {panel.title!r}", query) for query in panel.queries)
    for annotation in dashboard.annotations:
        yield f"annotation {annotation.name!r}", annotation


def _names(text: str) -> Iterator[tuple[str, int]]:
    for found in _USED.finditer(text):
        yield next(name for name in found.groups() if name), found.start()
