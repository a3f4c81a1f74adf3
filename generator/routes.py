"""What a receiver, a route and an inhibition are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exporters.catalog.family import Matcher
from generator.rules import Source, require_duration

Matchers = Mapping[str, str | Matcher]


@dataclass(frozen=True)
class Receiver:
    """Someone who is told. The settings file binds the name to Slack, a pager, mail.

    The inbox is always told as well, so that nothing that was sent is seen by nobody.
    """

    name: str
    source: Source = field(default_factory=Source.of_definition)


@dataclass(frozen=True, kw_only=True)
class Route:
    """Which alerts go to a receiver, and how they are grouped.

    ``wait`` collects a new group's alerts before the first message, ``interval``
    lies between messages on changes in a group, ``repeat`` between reminders.
    """

    to: Receiver
    match: Matchers = field(default_factory=dict)
    group_by: Sequence[str] = ()
    wait: str = ""
    interval: str = ""
    repeat: str = ""
    routes: Sequence[Route] = ()
    source: Source = field(default_factory=Source.of_definition)

    def __post_init__(self) -> None:
        for what in ("wait", "interval", "repeat"):
            require_duration(getattr(self, what), what, self.source)


@dataclass(frozen=True, kw_only=True)
class Inhibition:
    """While ``cause`` fires, ``symptom`` is not sent, where both agree on ``equal``."""

    name: str
    cause: Matchers
    symptom: Matchers
    equal: Sequence[str]
    source: Source = field(default_factory=Source.of_definition)


@dataclass(frozen=True)
class Tells:
    """Who is told of an alert: what the routes are to come to, said once more, alert by alert.

    ``labels`` are those that it carries beside its name and severity, where a route
    looks at them. Without an alert they stand for whatever carries them.
    """

    alert: str | None
    to: Receiver
    labels: Mapping[str, str] = field(default_factory=dict)
    source: Source = field(default_factory=Source.of_definition)


@dataclass(frozen=True, kw_only=True)
class Routing:
    """Everything about who is told."""

    root: Route
    inhibitions: Sequence[Inhibition] = ()
    tells: Sequence[Tells] = ()

    def routes(self) -> list[Route]:
        """Every route, the root first, each before those inside it."""
        found, todo = [], [self.root]
        while todo:
            route = todo.pop(0)
            found.append(route)
            todo = [*route.routes, *todo]
        return found

    def taken(self, labels: Mapping[str, str]) -> Route:
        """Return the route that an alert with these labels takes, as Alertmanager decides it.

        The first route inside that matches takes it, and then the first inside that.
        """
        route = self.root
        while inside := next((r for r in route.routes if matches(r.match, labels)), None):
            route = inside
        return route

    def receivers(self) -> list[Receiver]:
        """Every receiver that a route names, once, the root's first."""
        found: dict[str, Receiver] = {}
        for route in self.routes():
            found.setdefault(route.to.name, route.to)
        return list(found.values())


def matches(matchers: Matchers, labels: Mapping[str, str]) -> bool:
    """Whether all matchers hold for these labels; a label that is not there is empty."""
    return all(_holds(matcher, labels.get(label, "")) for label, matcher in matchers.items())


def _holds(matcher: str | Matcher, value: str) -> bool:
    if isinstance(matcher, str):
        return value == matcher
    if matcher.op == "!=":
        return value != matcher.value
    found = re.fullmatch(matcher.value, value, re.DOTALL) is not None
    return found == (matcher.op == "=~")
