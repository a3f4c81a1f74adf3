"""Routing and settings in, Alertmanager's configuration out."""

from __future__ import annotations

from typing import Any

from exporters.catalog.family import matcher
from exporters.settings import Integration
from generator.dates import Days
from generator.intervals import WEEKDAYS, TimeInterval
from generator.model import Model
from generator.routes import Inhibition, Matchers, Receiver, Route
from generator.versions import INHIBITION_NAMES

# Integrations that are told when it is over, besides those that always are.
_TELL_RESOLVED = {"slack", "email", "webhook", "pagerduty"}

# What each kind of integration is sent, unless the settings say otherwise.
TEXTS: dict[str, dict[str, Any]] = {
    "slack": {
        "title": '{{ template "lightship.slack.title" . }}',
        "title_link": '{{ template "lightship.link" . }}',
        "text": '{{ template "lightship.slack.text" . }}',
        "fallback": '{{ template "lightship.slack.title" . }}',
    },
    "pagerduty": {
        "description": '{{ template "lightship.title" . }}',
        # Of what it fills in here and takes for YAML, as it takes its own `firing` and
        # `resolved`, Alertmanager makes templates once more: braces in a label would cost
        # the page. No YAML begins with a tab, and no number has braces.
        "details": {
            "text": '{{ "\\t" }}{{ template "lightship.text" . }}',
            "firing": "{{ .Alerts.Firing | len }}",
            "resolved": "{{ .Alerts.Resolved | len }}",
        },
        # PagerDuty refuses an event of a severity that it does not know.
        "severity": (
            '{{ if eq .CommonLabels.severity "critical" "warning" "info" }}'
            "{{ .CommonLabels.severity }}{{ else }}error{{ end }}"
        ),
    },
    "email": {
        "headers": {"Subject": '{{ template "lightship.subject" . }}'},
        "html": '{{ template "lightship.html" . }}',
        "text": '{{ template "lightship.text" . }}',
    },
    "webhook": {},
}


def configuration(model: Model) -> dict[str, Any]:
    """Return ``alertmanager.yml``: who is told of what, and what keeps silent."""
    if model.routing is None:
        return {"route": {"receiver": "inbox"}, "receivers": [_receiver(model, Receiver("inbox"))]}
    intervals = [_interval(one) for one in model.routing.intervals.values()]
    return {
        "route": _route(model.routing.root),
        **({"time_intervals": intervals} if intervals else {}),
        "inhibit_rules": [_inhibition(model, i) for i in model.routing.inhibitions],
        "receivers": [_receiver(model, r) for r in model.routing.receivers()],
        "templates": ["templates/*.tmpl"],
    }


def _route(route: Route) -> dict[str, Any]:
    found = {
        "receiver": route.to.name,
        "matchers": _matchers(route.match),
        "group_by": list(route.group_by),
        "group_wait": route.wait,
        "group_interval": route.interval,
        "repeat_interval": route.repeat,
        "active_time_intervals": [one.name for one in route.active],
        "mute_time_intervals": [one.name for one in route.mute],
        "continue": route.continue_,
        "routes": [_route(r) for r in route.routes],
    }
    return {key: value for key, value in found.items() if value}


def _interval(interval: TimeInterval) -> dict[str, Any]:
    when: dict[str, Any] = {"weekdays": [WEEKDAYS[day] for day in interval.days]}
    if interval.times:
        spans = [text.split("-") for text in interval.times]
        when["times"] = [{"start_time": start, "end_time": end} for start, end in spans]
    when["location"] = interval.location
    dated = [when | _dates(days) for days in interval.days_of_year]
    return {"name": interval.name, "time_intervals": dated or [when]}


def _dates(days: Days) -> dict[str, Any]:
    year = {"years": [str(days.year)]} if days.year else {}
    return {"days_of_month": [f"{days.first}:{days.last}"], "months": [str(days.month)]} | year


def _inhibition(model: Model, inhibition: Inhibition) -> dict[str, Any]:
    name = {"name": inhibition.name} if INHIBITION_NAMES.known(model.versions) else {}
    return name | {
        "source_matchers": _matchers(inhibition.cause),
        "target_matchers": _matchers(inhibition.symptom),
        "equal": list(inhibition.equal),
    }


def _matchers(matchers: Matchers) -> list[str]:
    return [matcher(label, value) for label, value in matchers.items()]


def _receiver(model: Model, receiver: Receiver) -> dict[str, Any]:
    """Return a receiver: the inbox first, then whatever the settings bind to its name."""
    url = f"http://{model.endpoints.inbox.address}/webhook"
    found: dict[str, Any] = {
        "name": receiver.name,
        "webhook_configs": [{"url": url, "send_resolved": True}],
    }
    for integration in model.settings.receivers.get(receiver.name, ()):
        found.setdefault(f"{integration.kind}_configs", []).append(_integration(integration))
    return found


def _integration(integration: Integration) -> dict[str, Any]:
    resolved = {"send_resolved": True} if integration.kind in _TELL_RESOLVED else {}
    return resolved | TEXTS[integration.kind] | dict(integration.options)
