"""Who is told of each alert at each hour, and how much of that is stated beside the routes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exporters.hints import choose
from generator.intervals import HourClass
from generator.model import Model
from generator.routes import Inhibition, Inhibits, Route, Tells


def contradicted(model: Model, tells: Tells) -> str:
    """Say how the routes contradict an assertion; nothing if they do not."""
    if tells.alert is not None and tells.alert not in model.alerts:
        return f"there is no alert {tells.alert!r}; {choose(tells.alert, model.alerts)}"
    for hours, routes in routes_of(model, tells):
        if {route.to.name for route in routes} != tells.names:
            labels = ", ".join(f'{k}="{v}"' for k, v in _labels(model, tells).items())
            return (
                f"{listed(sorted(tells.names))} is to be told of {{{labels}}}{when(model, hours)}"
                f", and the routes tell {_named(routes)}; mend the route, or the assertion"
            )
    return ""


def routes_of(model: Model, tells: Tells) -> Iterator[tuple[HourClass, list[Route]]]:
    """Yield the routes that tell of an assertion's alert, for all hours that it speaks of."""
    if model.routing is not None:
        labels = _labels(model, tells)
        for hours in model.routing.hour_classes:
            if tells.speaks_of(hours):
                yield hours, model.routing.told(labels, hours)


def _labels(model: Model, tells: Tells) -> dict[str, str]:
    return {**own_labels(model, tells.alert or ""), **tells.labels}


def own_labels(model: Model, name: str) -> dict[str, str]:
    """Return the labels that an alert carries whatever its query gives."""
    alert = model.alerts.get(name)
    return {"alertname": name, "severity": alert.severity} if alert else {}


def listed(names: Sequence[str]) -> str:
    """Name receivers, as a sentence does."""
    return " and ".join(map(repr, names)) or "nobody"


def _named(routes: Sequence[Route]) -> str:
    return " and ".join(f"{r.to.name!r} (line {r.source.line})" for r in routes) or "nobody"


def when(model: Model, hours: HourClass) -> str:
    """Say in which hours, where routes tell hours apart."""
    intervals = model.routing.intervals if model.routing else {}
    words = [f"{'within' if name in hours else 'outside'} {name!r}" for name in intervals]
    return "".join(f" {word}" for word in [" and ".join(words)] if word)


def hours_open(model: Model, alert: str) -> list[HourClass]:
    """Return the hours of which nobody says who is told of an alert."""
    if model.routing is None:
        return []
    asserted = model.routing.tells_of.get(alert, ())
    classes = model.routing.hour_classes
    return [hours for hours in classes if not any(tells.speaks_of(hours) for tells in asserted)]


def routes_open(model: Model) -> list[Route]:
    """Return the routes that no alert takes of which something is stated."""
    if model.routing is None:
        return []
    stated = [told for tells in model.routing.tells for _, told in routes_of(model, tells)]
    reached = {id(route) for told in stated for route in told}
    return [route for route in model.routing.routes() if id(route) not in reached]


def inhibitions_open(model: Model) -> list[Inhibition]:
    """Return the inhibitions that nothing is stated about."""
    if model.routing is None:
        return []
    met = {one.name for inhibits in model.routing.inhibits for one in applied(model, inhibits)}
    return [one for one in model.routing.inhibitions if one.name not in met]


def applied(model: Model, inhibits: Inhibits) -> list[Inhibition]:
    """Return the inhibitions that do what is stated."""
    if model.routing is None:
        return []
    cause = {**own_labels(model, inhibits.cause), **inhibits.labels}
    symptom = {**own_labels(model, inhibits.symptom), **inhibits.symptom_labels}
    return [one for one in model.routing.inhibitions if one.applies(cause, symptom)]


@dataclass(frozen=True)
class Told:
    """How much is stated of who is told: of alerts at all hours, of routes and inhibitions."""

    hour_classes: int
    alerts: int
    alerts_stated: int
    routes: int
    routes_stated: int
    inhibitions: int
    inhibitions_stated: int

    def __str__(self) -> str:
        hours = "1 class" if self.hour_classes == 1 else f"{self.hour_classes} classes"
        return (
            f"who is told: {self.alerts_stated} of {self.alerts} alerts in {hours} of hours, "
            f"{self.routes_stated} of {self.routes} routes, "
            f"{self.inhibitions_stated} of {self.inhibitions} inhibitions"
        )


def told_of(model: Model) -> Told | None:
    """Return how much is stated of who is told; nothing where there are no routes."""
    if model.routing is None:
        return None
    routes, inhibitions = model.routing.routes(), model.routing.inhibitions
    return Told(
        hour_classes=len(model.routing.hour_classes),
        alerts=len(model.alerts),
        alerts_stated=sum(not hours_open(model, name) for name in model.alerts),
        routes=len(routes),
        routes_stated=len(routes) - len(routes_open(model)),
        inhibitions=len(inhibitions),
        inhibitions_stated=len(inhibitions) - len(inhibitions_open(model)),
    )
