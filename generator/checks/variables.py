"""Is every variable that a panel uses one of its dashboard, and every variable used?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporters.hints import choose
from generator.model import Model
from generator.panels import Dashboard
from generator.problems import Problem

# As Grafana writes them: $name, ${name}, ${name:format}, [[name]].
_USED = re.compile(r"\$(\w+)|\$\{(\w+)|\[\[(\w+)")


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each variable that is not there, and each that nothing uses."""
    for uid, dashboard in model.dashboards.items():
        yield from _unknown(dashboard)
        used = {name for p in dashboard.panels for q in p.queries for name, _ in _names(q.expr)}
        for variable in dashboard.variables:
            if variable.label not in used:
                what = (
                    f"dashboard {uid!r}: no panel follows the variable {variable.label!r}; "
                    "hand it to their series, or leave it out"
                )
                yield Problem.at(dashboard.source, what, check="variables", severity="warning")


def _unknown(dashboard: Dashboard) -> Iterator[Problem]:
    known = [variable.label for variable in dashboard.variables]
    for panel in dashboard.panels:
        for query in panel.queries:
            for name, at in _names(query.expr):
                if name not in known and not name.startswith("__") and not name.isdigit():
                    what = (
                        f"panel {panel.title!r}: the dashboard has no variable {name!r}; "
                        f"{choose(name, known)}"
                    )
                    yield Problem(
                        query.source.file, query.source.line, what, "variables", "error",
                        query.expr, at,
                    )  # fmt: skip


def _names(text: str) -> Iterator[tuple[str, int]]:
    for found in _USED.finditer(text):
        yield next(name for name in found.groups() if name), found.start()
