"""Is who is told of each alert at each hour asserted, and do the routes come to the same?"""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Model
from generator.problems import Problem
from generator.proofs.told import contradicted, hours_open, listed, own_labels, routes_open, when
from generator.routes import BY_SEVERITY, Routing


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each assertion that fails, and what nothing is asserted of."""
    if model.routing is None:
        return
    if model.routing is BY_SEVERITY:
        what = (
            "no alerts/routes.py, so that 'page' is told what is critical, 'ticket' warnings, "
            "and the inbox everything; write one to say otherwise"
        )
        if model.alerts:
            yield Problem(str(model.root / "alerts"), 0, what, "routes", "info")
        return
    for tells in model.routing.tells:
        wrong = contradicted(model, tells)
        if wrong:
            yield Problem.at(tells.source, wrong, check="routes")
    yield from _alerts_not_asserted(model, model.routing)
    for route in routes_open(model):
        what = (
            f"no alert that is asserted takes this route to {route.to.name!r}; "
            "remove it, or add the Tells(…) of one that does"
        )
        yield Problem.at(route.source, what, check="routes", severity="warning")


def _alerts_not_asserted(model: Model, routing: Routing) -> Iterator[Problem]:
    for name, alert in model.alerts.items():
        told = {
            hours: [r.to.name for r in routing.told(own_labels(model, name), hours)]
            for hours in hours_open(model, name)
        }
        if told:
            hours, to = next(iter(told.items()))
            everywhere = len(told) == len(routing.hour_classes)
            alike = everywhere and all(other == to for other in told.values())
            what = (
                f"{name}: nothing says who is to be told{'' if alike else when(model, hours)}; if "
                f"it is {listed(to)}, as the routes have it now, add "
                f'Tells("{name}", {", ".join(to) or "()"}) in alerts/routes.py'
            )
            yield Problem.at(alert.source, what, check="routes", severity="warning")
