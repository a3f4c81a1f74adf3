"""What Prometheus answers to a dashboard's queries, on one grid of times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

from compose import client
from compose.preview.view import SECONDS, View
from compose.preview.window import Window
from exporters.catalog.family import matcher
from exporters.errors import UserError

Json = Mapping[str, Any]

# More lines than that tell nothing, and a page of them kills a browser.
_MAX_SERIES = 100

# The newest ones: more are a picture of nothing but marks.
_MAX_MARKS = 50

# As many as a browser sends to Grafana at once.
_AT_ONCE = 6

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def ask(prometheus: str, view: View) -> dict[str, Any]:
    """Return the times, each panel's ``series`` and ``problem`` by its id, and the ``marks``.

    A series has a ``name`` and ``values``, one for each time, or only one where the panel asks
    for now. A mark says from when to when something was that the dashboard's annotations ask
    for. What does not answer hides nothing else.
    """
    panels = [panel for panel in view.board["panels"] if panel.get("targets")]
    annotations = [one for one in view.board["annotations"]["list"] if "target" in one]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        marked = pool.map(lambda one: _marks(prometheus, view, one), annotations)
        told = pool.map(lambda panel: _panel(prometheus, view, panel), panels)
        found = {str(panel["id"]): answer for panel, answer in zip(panels, told, strict=True)}
        marks = sorted((mark for some in marked for mark in some), key=lambda mark: mark["from"])
    return {"times": view.window.times, "panels": found, "marks": marks[-_MAX_MARKS:]}


def _marks(prometheus: str, view: View, annotation: Json) -> list[dict[str, Any]]:
    """Return when an annotation's query was other than nothing, as Grafana marks it."""
    target = {**annotation["target"], "legendFormat": annotation["textFormat"], "instant": False}
    times, marks = view.window.times, []
    for series in _panel(prometheus, view, {"targets": [target]})["series"]:
        shown = [bool(value) for value in series["values"]]
        starts = [n for n, now in enumerate(shown) if now and not (n and shown[n - 1])]
        for n in starts:
            end = next((m for m in range(n, len(shown)) if not shown[m]), len(shown)) - 1
            mark = {"from": times[n], "to": times[end], "text": series["name"]}
            marks.append(mark | {"colour": annotation["iconColor"]})
    return marks


def _panel(prometheus: str, view: View, panel: Json) -> dict[str, Any]:
    series: list[dict[str, Any]] = []
    try:
        for target in panel["targets"]:
            series += _target(prometheus, view, target)
    except UserError as error:
        return {"series": [], "problem": f"prometheus: {error}"}
    left_out = len(series) - _MAX_SERIES
    problem = f"{left_out} more lines are not drawn" if left_out > 0 else ""
    return {"series": series[:_MAX_SERIES], "problem": problem}


def _target(prometheus: str, view: View, target: Json) -> list[dict[str, Any]]:
    query, window = view.filled(target["expr"]), view.window
    if target["instant"]:
        path, times = "query", {"time": window.end}
    else:
        path, times = "query_range", {"start": window.start, "end": window.end, "step": window.step}
    url = f"http://{prometheus}/api/v1/{path}?{urlencode({'query': query, **times})}"
    answer = client.request("GET", url, seconds=SECONDS)
    if not isinstance(answer, dict) or "result" not in answer.get("data", {}):
        raise UserError("answers, but not as Prometheus does: something else has its port")
    return [
        {
            "name": _name(target["legendFormat"], one["metric"], query),
            "values": _values(one, window),
        }
        for one in answer["data"]["result"]
    ]


def _values(one: Json, window: Window) -> list[float | None]:
    """Return a series' values at the window's times: nothing where there is no number."""
    if "value" in one:
        return [_number(one["value"][1])]
    at = {int(moment): _number(value) for moment, value in one["values"]}
    return [at.get(moment) for moment in window.times]


def _number(text: str) -> float | None:
    number = float(text)
    return number if abs(number) < float("inf") else None


def _name(legend: str, labels: Mapping[str, str], query: str) -> str:
    if legend != "__auto":
        return _PLACEHOLDER.sub(lambda found: labels.get(found[1], ""), legend)
    said = [matcher(label, value) for label, value in labels.items() if label != "__name__"]
    return labels.get("__name__", "") + (f"{{{', '.join(said)}}}" if said else "") or query
