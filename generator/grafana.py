"""Dashboards in, the JSON that Grafana imports out.

grafanalib writes the dashboard; what it writes mixes shapes of several Grafana
versions, so everything passes through ``_final``: the only code that knows what
schema version 42 looks like.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any
from urllib.parse import quote

import grafanalib.core as g
import orjson
from grafanalib._gen import DashboardEncoder

from generator.annotations import Annotation
from generator.layout import Place, laid_out
from generator.model import Model
from generator.panels import Dashboard, Kind, Panel, Variable, panel_id
from generator.rules import Limit

_READABLE = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE

SCHEMA_VERSION = 42
DATA_SOURCE = {"type": "prometheus", "uid": "prometheus"}

# Told apart by people who cannot tell red from green.
GOOD, BAD = "blue", "orange"


def render(model: Model, uid: str) -> str:
    """Return a dashboard's JSON, the same bytes for the same definition."""
    return orjson.dumps(made(model, uid), option=_READABLE).decode()


def made(model: Model, uid: str) -> dict[str, Any]:
    """Return a dashboard as Grafana imports it."""
    data = _dashboard(model, uid).to_json_data()
    plain = orjson.loads(orjson.dumps(data, default=DashboardEncoder().default))
    marked = [_BUILT_IN, *map(_annotation, model.dashboards[uid].annotations)]
    return _final(plain) | {"annotations": {"list": marked}, "links": _links(model, uid)}


def _dashboard(model: Model, uid: str) -> g.Dashboard:
    dashboard = model.dashboards[uid]
    return g.Dashboard(
        title=dashboard.title,
        description=dashboard.help,
        uid=uid,
        tags=["lightship"],
        timezone="browser",
        refresh="10s",
        panels=[_placed(model, uid, what, at) for what, at in laid_out(dashboard)],
        templating=g.Templating([_variable(dashboard, v) for v in dashboard.variables]),
    )


def _placed(model: Model, uid: str, what: str | Panel, at: Place) -> Any:
    pos = g.GridPos(h=at.h, w=at.w, x=at.x, y=at.y)
    if isinstance(what, str):
        return g.RowPanel(title=what, gridPos=pos, id=panel_id(uid, f"row {what}"))
    return _MADE_BY[what.kind](
        title=what.title,
        description=_help(model, what),
        id=panel_id(uid, what.title),
        gridPos=pos,
        targets=[_target(what, n) for n in range(len(what.queries))],
        extraJson={"fieldConfig": _fields(what), "options": _OPTIONS[what.kind]},
    )


def _help(model: Model, panel: Panel) -> str:
    """Return a panel's help, with who is alerted elsewhere than at its line.

    Grafana draws one line for all: it is the stock limit's.
    """
    if not isinstance(panel.line, Limit):
        return panel.help
    limits = {name: service.limits for name, service in model.settings.services.items()}
    name = panel.line.name
    own = [f"{service} {own[name]:g}" for service, own in limits.items() if name in own]
    return f"{panel.help} Limits of their own have: {', '.join(own)}." if own else panel.help


_MADE_BY: Mapping[Kind, Any] = {
    "timeseries": g.TimeSeries,
    "bars": g.TimeSeries,
    "stat": g.Stat,
    "pie": g.PieChartv2,
}

_GRAPH_OPTIONS = {
    "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
    "tooltip": {"mode": "multi", "sort": "desc"},
}
_LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}

_OPTIONS: Mapping[Kind, Mapping[str, Any]] = {
    "timeseries": _GRAPH_OPTIONS,
    "bars": _GRAPH_OPTIONS,
    "stat": {
        "colorMode": "value",
        "graphMode": "area",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": _LAST,
        "textMode": "auto",
    },
    "pie": {
        "displayLabels": ["name", "percent"],
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "values": []},
        "pieType": "pie",
        "reduceOptions": _LAST,
        "tooltip": {"mode": "single", "sort": "none"},
    },
}


def _target(panel: Panel, n: int) -> g.Target:
    query = panel.queries[n]
    return g.Target(
        expr=query.expr,
        legendFormat=query.legend or "__auto",
        refId=_ref(n),
        instant=panel.kind == "pie",
    )


def _ref(n: int) -> str:
    """Return the name of a panel's nth query: A to Z, then AA to ZZ."""
    return ascii_uppercase[n % 26] * (n // 26 + 1)


def _fields(panel: Panel) -> dict[str, Any]:
    coloured = panel.kind == "stat" and bool(panel.lines)
    defaults: dict[str, Any] = {
        "color": {"mode": "thresholds" if coloured else "palette-classic"},
        "custom": _custom(panel),
        "thresholds": {"mode": "absolute", "steps": _steps(panel)},
        "unit": panel.unit,
    }
    if panel.unit == "percentunit":
        defaults |= {"min": 0, "max": 1}
    return {"defaults": defaults, "overrides": []}


def _custom(panel: Panel) -> dict[str, Any]:
    if panel.kind in ("stat", "pie"):
        return {}
    bars = panel.kind == "bars"
    return {
        "drawStyle": "bars" if bars else "line",
        "fillOpacity": 80 if bars else 10,
        "lineWidth": 1 if bars else 2,
        "showPoints": "never",
        "stacking": {"group": "A", "mode": "normal" if bars else "none"},
        "thresholdsStyle": {"mode": "line" if panel.lines else "off"},
    }


def _steps(panel: Panel) -> list[dict[str, Any]]:
    """Return the colours from each value on: what lies between two lines is as bad as beyond."""
    if not panel.lines:
        return [{"color": GOOD, "value": None}]
    colours = [GOOD, *[BAD] * len(panel.lines)]
    values = [None, *map(float, panel.lines)]
    ordered = reversed(colours) if panel.bad == "below" else colours
    return [{"color": c, "value": v} for c, v in zip(ordered, values, strict=True)]


def _variable(dashboard: Dashboard, variable: Variable) -> g.Template:
    before = dashboard.variables[: list(dashboard.variables).index(variable)]
    return g.Template(
        name=variable.label,
        query=f"label_values({variable.of(*before)}, {variable.label})"
        if before
        else f"label_values({variable.of}, {variable.label})",
        dataSource=DATA_SOURCE,
        type="query",
        multi=True,
        includeAll=True,
        allValue=".*",
        refresh=2,
        sort=1,
    )


# What Grafana's schema knows of each part; everything else that grafanalib writes goes.
_DASHBOARD_KEYS = ("description", "refresh", "tags", "time", "timezone", "title", "uid")
_PANEL_KEYS = ("description", "gridPos", "id", "options", "title", "type")
_FIELD_KEYS = ("color", "max", "min", "thresholds", "unit")
_CUSTOM_KEYS = (
    "drawStyle",
    "fillOpacity",
    "lineWidth",
    "showPoints",
    "spanNulls",
    "stacking",
    "thresholdsStyle",
)
_TARGET_KEYS = ("expr", "legendFormat", "refId")
_VARIABLE_KEYS = ("allValue", "includeAll", "multi", "name", "refresh", "sort", "type")


def _final(written: Mapping[str, Any]) -> dict[str, Any]:
    return _only(written, _DASHBOARD_KEYS) | {
        "editable": False,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 1,
        "panels": [_final_panel(p) for p in written["panels"]],
        "preload": False,
        "schemaVersion": SCHEMA_VERSION,
        "templating": {"list": [_final_variable(v) for v in written["templating"]["list"]]},
        "timepicker": {},
    }


def _annotation(one: Annotation) -> dict[str, Any]:
    return {
        "datasource": DATA_SOURCE,
        "enable": True,
        "iconColor": one.color,
        "name": one.name,
        "target": {"expr": one.expr, "refId": "Anno"},
        "textFormat": one.text,
        "titleFormat": one.name,
    }


def _links(model: Model, uid: str) -> list[dict[str, Any]]:
    """Return the links at the top of a dashboard; one to nowhere is left for a check to tell."""
    return [
        {
            "asDropdown": False,
            "icon": "dashboard",
            "includeVars": True,
            "keepTime": True,
            "tags": [],
            "targetBlank": False,
            "title": model.dashboards[link].title,
            "tooltip": model.dashboards[link].help,
            "type": "link",
            "url": f"/d/{quote(link)}",
        }
        for link in model.dashboards[uid].links
        if link in model.dashboards
    ]


_BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "blue",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}


def _final_panel(made: Mapping[str, Any]) -> dict[str, Any]:
    if made["type"] == "row":
        return _only(made, ("gridPos", "id", "title", "type")) | {"collapsed": False, "panels": []}
    return _only(made, _PANEL_KEYS) | {
        "datasource": DATA_SOURCE,
        "fieldConfig": {
            "defaults": _final_defaults(made["fieldConfig"]["defaults"]),
            "overrides": [],
        },
        "targets": [_final_target(t) for t in made["targets"]],
    }


def _final_defaults(made: Mapping[str, Any]) -> dict[str, Any]:
    custom = _only(made["custom"], _CUSTOM_KEYS)
    return _only(made, _FIELD_KEYS) | ({"custom": custom} if custom else {})


def _final_target(made: Mapping[str, Any]) -> dict[str, Any]:
    instant = bool(made["instant"])
    asked = {"instant": instant, "range": not instant, "editorMode": "code"}
    return _only(made, _TARGET_KEYS) | asked | {"datasource": DATA_SOURCE}


def _final_variable(made: Mapping[str, Any]) -> dict[str, Any]:
    return _only(made, _VARIABLE_KEYS) | {
        "current": {"text": ["All"], "value": ["$__all"]},
        "datasource": DATA_SOURCE,
        "query": {"query": made["query"], "refId": "StandardVariableQuery"},
    }


def _only(made: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: made[key] for key in keys if made.get(key) is not None}
