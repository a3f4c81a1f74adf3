"""What a stack says, thing by thing and in words, so that two stacks can be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from exporters.catalog.family import Matcher
from exporters.settings import Integration
from generator.model import Model, Rule
from generator.panels import Dashboard, Panel
from generator.queries import parse
from generator.routes import Matchers
from generator.rules import Alert, Record, promql

Kind = Literal[
    "routing",
    "receiver",
    "alert",
    "recording rule",
    "limit",
    "inhibition",
    "time interval",
    "dashboard",
    "panel",
]

# What is said of one thing, by aspect; an aspect of which nothing is said is empty.
Facts = Mapping[str, str]

# Where an integration sends to. What else is written there is how it looks, or a secret's file.
_TO = ("channel", "to", "url")


@dataclass(frozen=True)
class Things:
    """All things of one kind, by name; those that agree in ``same_by`` may be the same, renamed."""

    kind: Kind
    facts: Mapping[str, Facts]
    same_by: Sequence[str] = ()


def things(model: Model) -> Iterator[Things]:
    """Yield everything that a model holds, kind by kind, always in the same order of kinds."""
    yield Things("receiver", dict(_receivers(model)))
    yield Things("alert", dict(_rules(model, Alert)), same_by=("expression",))
    yield Things("recording rule", dict(_rules(model, Record)), same_by=("expression",))
    yield Things("limit", {n: {"value": str(limit)} for n, limit in model.limits.items()})
    yield Things("inhibition", dict(_inhibitions(model)))
    yield Things("time interval", dict(_intervals(model)))
    yield Things(
        "dashboard", {uid: _of_dashboard(d) for uid, d in model.dashboards.items()}, ("title",)
    )
    yield Things("panel", dict(_panels(model)), same_by=("dashboard", "queries"))


def _receivers(model: Model) -> Iterator[tuple[str, Facts]]:
    routed = [r.name for r in model.routing.receivers()] if model.routing else ["inbox"]
    for name in routed:
        bound = model.settings.receivers.get(name, ())
        yield name, {"tells": ", ".join(["the inbox", *map(_integration, bound)])}


def _integration(integration: Integration) -> str:
    where = [str(integration.options[key]) for key in _TO if key in integration.options]
    return " ".join([integration.kind, *where])


def _rules(model: Model, kind: type[Rule]) -> Iterator[tuple[str, Facts]]:
    """Yield the rules of a kind; then what is another expression for a service of its own."""
    for group in model.groups.values():
        for name, rule in group.items():
            if isinstance(rule, kind):
                yield name, _of_rule(model, name, rule)
    for service, own in model.variants.items():
        for name, rule in own.items():
            if isinstance(rule, kind):
                yield f"{name} (service {service})", {"expression": _normal(promql(rule.expr))}


def _of_rule(model: Model, name: str, rule: Rule) -> Facts:
    facts = {"expression": _normal(promql(rule.expr))}
    if not isinstance(rule, Alert):
        return facts | {"help": rule.help}
    return facts | {
        "severity": rule.severity,
        "for": rule.for_,
        "keep firing for": rule.keep_firing_for,
        "summary": rule.summary,
        "description": rule.description,
        "panel": ", ".join(f"{uid}: {panel.title}" for uid, panel in model.panels_of(name)),
    }


def _normal(query: str) -> str:
    """Return a query as it reads however it is broken into lines."""
    try:
        return " ".join(str(parse(query).prettify()).split())
    except ValueError:
        return " ".join(query.split())


def _inhibitions(model: Model) -> Iterator[tuple[str, Facts]]:
    for one in model.routing.inhibitions if model.routing else ():
        yield (
            one.name,
            {
                "cause": _matchers(one.cause),
                "symptom": _matchers(one.symptom),
                "where both have the same": ", ".join(one.equal),
            },
        )


def _intervals(model: Model) -> Iterator[tuple[str, Facts]]:
    for name, one in model.routing.intervals.items() if model.routing else ():
        weekdays, times = ", ".join(one.weekdays), ", ".join(one.times)
        dates = ", ".join(one.dates)
        facts = {"weekdays": weekdays, "times": times, "dates": dates, "location": one.location}
        yield name, facts


def _matchers(matchers: Matchers) -> str:
    said = [
        f"{label}{m.op}{m.value!r}" if isinstance(m, Matcher) else f"{label}={m!r}"
        for label, m in matchers.items()
    ]
    return ", ".join(said)


def _of_dashboard(dashboard: Dashboard) -> Facts:
    return {
        "title": dashboard.title,
        "help": dashboard.help,
        "variables": ", ".join(f"{v.label} of {v.of}" for v in dashboard.variables),
        "rows": ", ".join(dashboard.rows),
        "annotations": "\n".join(
            f"{one.name}: {_normal(one.expr)}" for one in dashboard.annotations
        ),
    }


def _panels(model: Model) -> Iterator[tuple[str, Facts]]:
    for uid, dashboard in model.dashboards.items():
        for row, panels in dashboard.rows.items():
            for panel in panels:
                yield f"{uid}: {panel.title}", _of_panel(panel) | {"dashboard": uid, "row": row}


def _of_panel(panel: Panel) -> dict[str, str]:
    return {
        "drawn as": panel.kind,
        "queries": "\n".join(_normal(query.expr) for query in panel.queries),
        "legends": ", ".join(query.legend for query in panel.queries),
        "unit": panel.unit,
        "line": f"{_lines(panel)}, {panel.bad} is bad" if panel.lines else "",
        "help": panel.help,
    }


def _lines(panel: Panel) -> str:
    return " and ".join(f"{line:g}" for line in panel.lines)
