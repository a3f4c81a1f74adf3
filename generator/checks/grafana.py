"""Does Grafana's own schema accept every dashboard, and is nothing in it there twice?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from generator import grafana
from generator.layout import laid_out
from generator.model import Model
from generator.panels import Panel
from generator.problems import Problem
from generator.rules import Source
from generator.schemas import FILE, Json, objections_to_dashboard, objections_to_panel

_FIX = "mend how it is rendered, in generator/grafana.py"


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each thing in a rendered dashboard that Grafana would not understand."""
    for uid, dashboard in model.dashboards.items() if FILE.is_file() else ():
        made = grafana.made(model, uid)
        sources = [
            what.source if isinstance(what, Panel) else dashboard.source
            for what, _ in laid_out(dashboard)
        ]
        for source, wrong in wrong_in(made, dashboard.source, sources):
            yield Problem.at(source, f"dashboard {uid!r}: {wrong}; {_FIX}", check="grafana")


def wrong_in(made: Json, whole: Source, sources: Sequence[Source]) -> Iterator[tuple[Source, str]]:
    """Yield what is wrong with a dashboard's JSON, each with where that part was defined."""
    found = list(_objections(made, whole, sources))
    yield from found
    for wrong in () if found else (*_ids(made["panels"]), *_overlaps(made["panels"])):
        yield whole, wrong


def _objections(
    made: Json, whole: Source, sources: Sequence[Source]
) -> Iterator[tuple[Source, str]]:
    for wrong in objections_to_dashboard(made):
        yield whole, wrong
    for panel, source in zip(made["panels"], sources, strict=True):
        for wrong in (*objections_to_panel(panel), *_queries_of_one_name(panel)):
            yield source, f"panel {panel['title']!r}: {wrong}"


def _queries_of_one_name(panel: Json) -> Iterator[str]:
    names = Counter(target.get("refId") for target in panel.get("targets", ()))
    for name, times in names.items():
        if name is None or times > 1:
            yield f"{times} queries have the refId {name!r}"


def _ids(panels: Sequence[Json]) -> Iterator[str]:
    """Panels of one title, which share an id for that reason, are another check's to tell."""
    titles: dict[Any, set[str]] = defaultdict(set)
    for panel in panels:
        titles[panel.get("id")].add(panel["title"])
    for number, sharing in titles.items():
        if number is None or len(sharing) > 1:
            yield f"{len(sharing)} panels have the id {number}"


def _overlaps(panels: Sequence[Json]) -> Iterator[str]:
    for one, other in combinations(panels, 2):
        if _meet(one["gridPos"], other["gridPos"]):
            yield f"panels {one['title']!r} and {other['title']!r} lie over each other"


def _meet(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "w"), ("y", "h"))
    )
