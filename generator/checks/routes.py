"""Is who is told of each alert asserted, and do the routes come to the same?"""

from __future__ import annotations

from collections.abc import Iterator

from exporters.hints import choose
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
    yield from _not_asserted(model, model.routing)


def contradicted(model: Model, tells: Tells) -> str:
    """Say how the routes contradict an assertion; nothing if they do not."""
    if tells.alert is not None and tells.alert not in model.alerts:
        return f"there is no alert {tells.alert!r}; {choose(tells.alert, model.alerts)}"
    route = taken(model, tells)
    if route is None or route.to.name == tells.to.name:
        return ""
    labels = ", ".join(f'{k}="{v}"' for k, v in _labels(model, tells).items())
    return (
        f"{tells.to.name!r} is to be told of {{{labels}}}, and the routes tell "
        f"{route.to.name!r} (line {route.source.line}); mend the route, or the assertion"
    )


def taken(model: Model, tells: Tells) -> Route | None:
    """Return the route that the alert of an assertion takes."""
    return model.routing.taken(_labels(model, tells)) if model.routing else None


def _labels(model: Model, tells: Tells) -> dict[str, str]:
    alert = model.alerts.get(tells.alert or "")
    own = {"alertname": tells.alert or "", "severity": alert.severity} if alert else {}
    return {**own, **tells.labels}


def _not_asserted(model: Model, routing: Routing) -> Iterator[Problem]:
    asserted = {tells.alert for tells in routing.tells}
    for name, alert in model.alerts.items():
        if name not in asserted:
            to = routing.taken({"alertname": name, "severity": alert.severity}).to.name
            what = (
                f"{name}: nothing says who is to be told; if it is {to!r}, as the routes have it "
                f'now, add Tells("{name}", {to}) in alerts/routes.py'
            )
            yield Problem.at(alert.source, what, check="routes", severity="warning")
    reached = {id(taken(model, tells)) for tells in routing.tells}
    for route in routing.routes():
        if id(route) not in reached:
            what = (
                f"no alert that is asserted takes this route to {route.to.name!r}; "
                "remove it, or add the Tells(…) of one that does"
            )
            yield Problem.at(route.source, what, check="routes", severity="warning")
