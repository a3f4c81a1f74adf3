"""What a receiver, a route and an inhibition are."""

from __future__ import annotations

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


@dataclass(frozen=True, kw_only=True)
class Routing:
    """Everything about who is told."""

    root: Route
    inhibitions: Sequence[Inhibition] = ()

    def receivers(self) -> list[Receiver]:
        """Every receiver that a route names, once, the root's first."""
        found: dict[str, Receiver] = {}
        todo = [self.root]
        while todo:
            route = todo.pop(0)
            found.setdefault(route.to.name, route.to)
            todo = [*route.routes, *todo]
        return list(found.values())
