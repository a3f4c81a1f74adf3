"""Time that runs faster: every duration of rules and routes divided, and nothing else changed.

What takes days is seen within minutes so, by the same expressions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import promql_parser as promql

from exporters.settings import Settings
from generator.drills import Scaled
from generator.durations import seconds
from generator.model import Model, Rule, build
from generator.queries import parse
from generator.routes import Route, Routing
from generator.rules import Record


@dataclass(frozen=True)
class Scale:
    """By what durations are divided, and what none of them becomes shorter than, in seconds.

    ``least_range`` is for what a query looks back at, which needs some scrapes to say
    anything; ``least_interval`` is for what is done again and again.
    """

    by: float
    least_range: float
    least_interval: float

    def range(self, span: float) -> float:
        """Return the seconds that a query looks back at instead."""
        return max(span / self.by, min(span, self.least_range))

    def interval(self, span: float) -> float:
        """Return the seconds after which something is done again instead."""
        return max(span / self.by, min(span, self.least_interval))


def scaled(model: Model, scale: Scale) -> Model:
    """Return a model in which everything waits for as much less."""
    faster = build(model.root, _settings(model, scale), model.endpoints, model.versions)
    return replace(
        faster,
        groups={stem: _rules(rules, scale) for stem, rules in faster.groups.items()},
        variants={service: _rules(rules, scale) for service, rules in faster.variants.items()},
        routing=faster.routing and _routing(faster.routing, scale),
    )


def _settings(model: Model, scale: Scale) -> Settings:
    """Return settings by which is measured more often, and things are old sooner."""
    settings = model.settings
    return replace(
        settings,
        scrape_interval=duration(scale.interval(seconds(settings.scrape_interval))),
        evaluation_interval=duration(scale.interval(seconds(settings.evaluation_interval))),
        services={
            name: replace(one, limits={**one.limits, **_ages(model, one.limits, scale)})
            for name, one in settings.services.items()
        },
    )


def _ages(model: Model, own: Mapping[str, float], scale: Scale) -> dict[str, float]:
    """Return the limits that drills let ages grow to, which are durations as well."""
    drills = [alert.drill for alert in model.alerts.values() if isinstance(alert.drill, Scaled)]
    names = {drill.grows_to for drill in drills if drill.grows_to}
    return {name: own.get(name, model.limits[name]) / scale.by for name in names}


def _rules(rules: Mapping[str, Rule], scale: Scale) -> dict[str, Rule]:
    return {name: _rule(rule, scale) for name, rule in rules.items()}


def _rule(rule: Rule, scale: Scale) -> Rule:
    expr = scaled_query(rule.expr, scale)
    if isinstance(rule, Record):
        # What is recorded so often is added up: there have to be as many as there were.
        interval = rule.interval and duration(seconds(rule.interval) / scale.by)
        return replace(rule, expr=expr, interval=interval)
    return replace(
        rule,
        expr=expr,
        for_=duration(seconds(rule.for_) / scale.by),
        keep_firing_for=rule.keep_firing_for and duration(seconds(rule.keep_firing_for) / scale.by),
    )


def scaled_query(text: str, scale: Scale) -> str:
    """Return a query that looks back at less, and is the same besides.

    Raises ValueError for what is no PromQL.
    """

    def look(node: promql.Expr) -> Any:
        fresh = _looking(node, scale)
        # Text, since setters on a node do not take part in a transformation.
        return promql.parse(fresh) if fresh else None

    return str(promql.transform(parse(text), post_visit=look).prettify())


def _looking(node: Any, scale: Scale) -> str:
    """Return what looks back with shorter durations, as text; empty for anything else."""
    match node:
        case promql.MatrixSelector():
            # What stands before the range here stands before everything else there.
            selector, text = node.vector_selector.prettify(), node.prettify()
            both = enumerate(zip(f"{selector} ", text, strict=False))
            end = next(n for n, (one, other) in both if one != other)
            return f"{selector[:end]}[{_range(node.range, scale)}]{selector[end:]}"
        case promql.VectorSelector() if node.offset:
            name, _, _ = node.prettify().rpartition(" offset ")
            return name + _offset(node.offset, scale)
        case promql.SubqueryExpr():
            step = duration(scale.interval(node.step.total_seconds())) if node.step else ""
            at = f" {node.at}" if node.at else ""
            looking = f"{node.expr.prettify()}[{_range(node.range, scale)}:{step}]"
            return looking + at + (_offset(node.offset, scale) if node.offset else "")
    return ""


def _range(span: Any, scale: Scale) -> str:
    return duration(scale.range(span.total_seconds()))


def _offset(offset: timedelta, scale: Scale) -> str:
    sign = "-" if offset < timedelta(0) else ""
    # One of nothing is not PromQL.
    return f" offset {sign}{duration(max(abs(offset).total_seconds() / scale.by, 0.001))}"


def _routing(routing: Routing, scale: Scale) -> Routing:
    return replace(routing, root=_route(routing.root, scale))


def _route(route: Route, scale: Scale) -> Route:
    """Return a route that waits for less; it repeats as many intervals later as before."""
    interval = scale.interval(seconds(route.interval))
    times = seconds(route.repeat) / seconds(route.interval) if route.interval else 0
    return replace(
        route,
        wait=route.wait and duration(seconds(route.wait) / scale.by),
        interval=route.interval and duration(interval),
        repeat=duration(interval * times) if times else "",
        routes=[_route(one, scale) for one in route.routes],
    )


def duration(span: float) -> str:
    """Return seconds as Prometheus and Alertmanager read them.

    >>> duration(90), duration(0.25), duration(0)
    ('90s', '250ms', '0s')
    """
    milliseconds = round(span * 1000)
    return f"{milliseconds}ms" if milliseconds % 1000 else f"{milliseconds // 1000}s"
