"""Is who is told of each alert at each hour asserted, and do the routes come to the same?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exporters.hints import choose
from generator.intervals import HourClass
from generator.model import Model
from generator.problems import Problem
from generator.routes import Route, Routing, Tells


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each assertion that fails, and what nothing is asserted of."""
    if model.routing is None:
        return
    for tells in model.routing.tells:
        wrong = contradicted(model, tells)
        if wrong:
            yield Problem.at(tells.source, wrong, check="routes")
    yield from _alerts_not_asserted(model, model.routing)
    yield from _routes_not_asserted(model, model.routing)


def contradicted(model: Model, tells: Tells) -> str:
    """Say how the routes contradict an assertion; nothing if they do not."""
    if tells.alert is not None and tells.alert not in model.alerts:
        return f"there is no alert {tells.alert!r}; {choose(tells.alert, model.alerts)}"
    for hours, routes in _told(model, tells):
        if {route.to.name for route in routes} != tells.names:
            labels = ", ".join(f'{k}="{v}"' for k, v in _labels(model, tells).items())
            return (
                f"{_names(sorted(tells.names))} is to be told of {{{labels}}}{_when(model, hours)}"
                f", and the routes tell {_named(routes)}; mend the route, or the assertion"
            )
    return ""


def _told(model: Model, tells: Tells) -> Iterator[tuple[HourClass, list[Route]]]:
    """Yield the routes that tell of an assertion's alert, for all hours that it speaks of."""
    if model.routing is not None:
        labels = _labels(model, tells)
        for hours in model.routing.hour_classes:
            if tells.speaks_of(hours):
                yield hours, model.routing.told(labels, hours)


def _labels(model: Model, tells: Tells) -> dict[str, str]:
    return {**_own_labels(model, tells.alert or ""), **tells.labels}


def _own_labels(model: Model, name: str) -> dict[str, str]:
    alert = model.alerts.get(name)
    return {"alertname": name, "severity": alert.severity} if alert else {}


def _names(names: Sequence[str]) -> str:
    return " and ".join(map(repr, names)) or "nobody"


def _named(routes: Sequence[Route]) -> str:
    return " and ".join(f"{r.to.name!r} (line {r.source.line})" for r in routes) or "nobody"


def _when(model: Model, hours: HourClass) -> str:
    """Say in which hours, where routes tell hours apart."""
    intervals = model.routing.intervals if model.routing else {}
    words = [f"{'within' if name in hours else 'outside'} {name!r}" for name in intervals]
    return "".join(f" {word}" for word in [" and ".join(words)] if word)


def _alerts_not_asserted(model: Model, routing: Routing) -> Iterator[Problem]:
    for name, alert in model.alerts.items():
        asserted = [tells for tells in routing.tells if tells.alert == name]
        told = {
            hours: [r.to.name for r in routing.told(_own_labels(model, name), hours)]
            for hours in routing.hour_classes
            if not any(tells.speaks_of(hours) for tells in asserted)
        }
        if told:
            hours, to = next(iter(told.items()))
            alike = not asserted and all(other == to for other in told.values())
            what = (
                f"{name}: nothing says who is to be told{'' if alike else _when(model, hours)}; if "
                f"it is {_names(to)}, as the routes have it now, add "
                f'Tells("{name}", {", ".join(to) or "()"}) in alerts/routes.py'
            )
            yield Problem.at(alert.source, what, check="routes", severity="warning")


def _routes_not_asserted(model: Model, routing: Routing) -> Iterator[Problem]:
    reached = {id(r) for tells in routing.tells for _, told in _told(model, tells) for r in told}
    for route in routing.routes():
        if id(route) not in reached:
            what = (
                f"no alert that is asserted takes this route to {route.to.name!r}; "
                "remove it, or add the Tells(…) of one that does"
            )
            yield Problem.at(route.source, what, check="routes", severity="warning")
