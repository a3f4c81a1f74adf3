"""When a notification arrives at the latest, as definitions and settings say."""

from __future__ import annotations

from typing import Any

import promql_parser as promql

from compose.drills import stories
from compose.drills.pace import SCALE
from generator.drills import Simulated
from generator.durations import seconds
from generator.model import Model
from generator.queries import children, parse
from generator.routes import Route
from generator.rules import Alert

# They give with the first sample what they give with all, however far they look back.
_AT_ONCE = ("changes", "last_over_time")

# Of Alertmanager, where no route says another.
_GROUP_INTERVAL = "5m"


def notified_within(model: Model, name: str) -> float:
    """Return the seconds from a fault to its notification.

    A scrape sees it, an evaluation finds it, for as long as ``for`` says, and then the
    route waits for the rest of the group. Before that, what the alert watches has to get
    there: an age to its limit, a rate through the whole range that it looks back.
    """
    alert = model.alerts[name]
    seen = _onset(model, alert) + _seen(model, alert, rising=True)
    return seen + seconds(alert.for_) + _waits(model, name)[0]


def resolved_within(model: Model, name: str) -> float:
    """Return the seconds from the end of a fault to the notification of that.

    Likewise; but the route tells it when its group's interval is over.
    """
    alert = model.alerts[name]
    kept = seconds(alert.keep_firing_for)
    return _seen(model, alert, rising=False) + kept + _waits(model, name)[1]


def told(model: Model, name: str) -> list[Route]:
    """Return the routes that tell somebody of an alert."""
    labels = {"alertname": name, "severity": model.alerts[name].severity}
    return model.routing.told(labels) if model.routing else []


def _onset(model: Model, alert: Alert) -> float:
    """Return how old something has to get: the longest that a service allows.

    A story takes until its alert is to fire.
    """
    if isinstance(alert.drill, Simulated):
        return seconds(stories.of(alert).example.fires_at) / SCALE.by
    if alert.drill is None or not alert.drill.grows_to:
        return 0
    name = alert.drill.grows_to
    services = model.settings.services.values()
    own = [service.limits[name] for service in services if name in service.limits]
    return max(own, default=model.limits[name])


def _waits(model: Model, name: str) -> tuple[float, float]:
    routes = told(model, name)
    wait = next((route.wait for route in routes if route.wait), "0s")
    interval = next((route.interval for route in routes if route.interval), _GROUP_INTERVAL)
    return seconds(wait), seconds(interval)


def _seen(model: Model, alert: Alert, *, rising: bool) -> float:
    """Return the seconds until an alert's query holds, or holds no more."""
    settings = model.settings
    cycle = seconds(settings.scrape_interval) + seconds(settings.evaluation_interval)
    return cycle + _looks_back(model, parse(alert.expr), rising=rising)


def _looks_back(model: Model, node: Any, *, rising: bool) -> float:
    """Return how long what a query looks back at has to have changed until its result has."""
    found: list[float] = [_looks_back(model, part, rising=rising) for part in children(node)]
    match node:
        case promql.MatrixSelector(range=span) | promql.SubqueryExpr(range=span) if span:
            found.append(span.total_seconds())
        case promql.Call() if node.func.name in _AT_ONCE and rising:
            return 0
        case promql.VectorSelector() if node.name in model.records:
            record = model.records[node.name]
            inside = _looks_back(model, parse(record.expr), rising=rising)
            found.append(seconds(record.interval) + inside)
        case promql.BinaryExpr() if _is_one_of_two(node, rising=rising):
            return min(found)
    return max(found, default=0)


def _is_one_of_two(node: Any, *, rising: bool) -> bool:
    """Whether it is enough that one side has changed: of `or` to hold, of `and` to hold no more."""
    return str(node.op) in ({"or"} if rising else {"and", "unless"})
