"""What a receiver, a route and an inhibition are, and who is told in the end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property

from exporters.catalog.family import Matcher
from generator.intervals import HourClass, TimeInterval, hour_classes
from generator.rules import DefinitionError, Source, Waiver, require_duration

Matchers = Mapping[str, str | Matcher]


@dataclass(frozen=True)
class Receiver:
    """Someone who is told. The settings file binds the name to Slack, a pager, mail.

    The inbox is always told as well, so that nothing that was sent is seen by nobody.
    """

    name: str
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)


@dataclass(frozen=True, kw_only=True)
class Route:
    """Which alerts go to a receiver, and how they are grouped.

    ``wait`` collects a new group's alerts before the first message, ``interval``
    lies between messages on changes in a group, ``repeat`` between reminders.

    It tells while one of ``active`` holds, or always where there is none, and never
    while one of ``mute`` does: an alert that it takes then is told to nobody, unless
    ``continue_`` hands it on to the routes after this one.
    """

    to: Receiver
    match: Matchers = field(default_factory=dict)
    group_by: Sequence[str] = ()
    wait: str = ""
    interval: str = ""
    repeat: str = ""
    active: Sequence[TimeInterval] = ()
    mute: Sequence[TimeInterval] = ()
    continue_: bool = False
    routes: Sequence[Route] = ()
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)

    def __post_init__(self) -> None:
        for what in ("wait", "interval", "repeat"):
            require_duration(getattr(self, what), what, self.source)
        _require_patterns(self.match, self.source)

    def tells_in(self, hours: HourClass) -> bool:
        """Whether this route tells anybody in these hours."""
        active = not self.active or any(one.name in hours for one in self.active)
        return active and not any(one.name in hours for one in self.mute)

    def taken(self, labels: Mapping[str, str]) -> list[Route]:
        """Return the routes from here on that an alert takes, as Alertmanager decides it.

        The first route inside that matches takes it, and the next ones too while each
        says ``continue_``; the route itself does if none inside matches.
        """
        if not matches(self.match, labels):
            return []
        found: list[Route] = []
        for inside in self.routes:
            taken = inside.taken(labels)
            found += taken
            if taken and not inside.continue_:
                break
        return found or [self]


@dataclass(frozen=True, kw_only=True)
class Inhibition:
    """While ``cause`` fires, ``symptom`` is not sent, where both agree on ``equal``."""

    name: str
    cause: Matchers
    symptom: Matchers
    equal: Sequence[str]
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)

    def __post_init__(self) -> None:
        _require_patterns(self.cause, self.source)
        _require_patterns(self.symptom, self.source)

    def applies(self, cause: Mapping[str, str], symptom: Mapping[str, str]) -> bool:
        """Whether one alert keeps another from being sent, as Alertmanager decides it.

        What is cause and symptom at once is not inhibited by what is both as well.
        """
        if not (matches(self.cause, cause) and matches(self.symptom, symptom)):
            return False
        if matches(self.cause, symptom) and matches(self.symptom, cause):
            return False
        return all(cause.get(label, "") == symptom.get(label, "") for label in self.equal)


@dataclass(frozen=True)
class Tells:
    """Who is told of an alert: what the routes are to come to, said once more, alert by alert.

    ``to`` is one receiver, several, or ``()`` where nobody is told on purpose.
    ``labels`` are those that it carries beside its name and severity, where a route
    looks at them. Without an alert they stand for whatever carries them.
    It holds at every hour, or only ``within`` or ``outside`` a time interval.
    """

    alert: str | None
    to: Receiver | Sequence[Receiver]
    labels: Mapping[str, str] = field(default_factory=dict)
    _: KW_ONLY
    within: TimeInterval | None = None
    outside: TimeInterval | None = None
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)

    @property
    def names(self) -> set[str]:
        """The names of those who are to be told."""
        return {r.name for r in ([self.to] if isinstance(self.to, Receiver) else self.to)}

    def speaks_of(self, hours: HourClass) -> bool:
        """Whether something is asserted of these hours."""
        within = self.within is None or self.within.name in hours
        return within and (self.outside is None or self.outside.name not in hours)


@dataclass(frozen=True)
class Inhibits:
    """What the inhibitions are to come to: while one alert fires, another is not sent.

    The labels are those that each carries beside its name and severity; a label that an
    inhibition compares, and that is given for neither, is taken to be the same.
    """

    cause: str
    symptom: str
    labels: Mapping[str, str] = field(default_factory=dict)
    symptom_labels: Mapping[str, str] = field(default_factory=dict)
    _: KW_ONLY
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)


@dataclass(frozen=True, kw_only=True)
class Routing:
    """Everything about who is told."""

    root: Route
    inhibitions: Sequence[Inhibition] = ()
    tells: Sequence[Tells] = ()
    inhibits: Sequence[Inhibits] = ()

    def __post_init__(self) -> None:
        root = self.root
        if root.match or root.active or root.mute or root.continue_:
            what = "the root takes every alert at every hour; give match=, active=, mute= and "
            raise DefinitionError(f"{root.source}: {what}continue_= to the routes inside it")
        for one in self._named_intervals():
            if one is not self.intervals[one.name]:
                what = f"there are two time intervals {one.name!r}; give one of them another name"
                raise DefinitionError(f"{one.source}: {what}")

    def routes(self) -> list[Route]:
        """Every route, the root first, each before those inside it."""
        found, todo = [], [self.root]
        while todo:
            route = todo.pop(0)
            found.append(route)
            todo = [*route.routes, *todo]
        return found

    @cached_property
    def intervals(self) -> Mapping[str, TimeInterval]:
        """Every time interval that a route or an assertion names, by its name."""
        return {one.name: one for one in reversed(list(self._named_intervals()))}

    def _named_intervals(self) -> Iterator[TimeInterval]:
        for route in self.routes():
            yield from (*route.active, *route.mute)
        for tells in self.tells:
            yield from (one for one in (tells.within, tells.outside) if one is not None)

    @cached_property
    def tells_of(self) -> Mapping[str | None, Sequence[Tells]]:
        """What is asserted, by the alert that it is asserted of."""
        found: dict[str | None, list[Tells]] = {}
        for tells in self.tells:
            found.setdefault(tells.alert, []).append(tells)
        return found

    @cached_property
    def hour_classes(self) -> Sequence[HourClass]:
        """The hours that routes can tell apart."""
        return hour_classes(list(self.intervals.values()))

    def told(self, labels: Mapping[str, str], hours: HourClass = frozenset()) -> list[Route]:
        """Return the routes that tell somebody of an alert with these labels in these hours."""
        return [route for route in self.root.taken(labels) if route.tells_in(hours)]

    def receivers(self) -> list[Receiver]:
        """Every receiver that a route names, once, the root's first."""
        found: dict[str, Receiver] = {}
        for route in self.routes():
            found.setdefault(route.to.name, route.to)
        return list(found.values())


def _require_patterns(matchers: Matchers, source: Source) -> None:
    """Raise DefinitionError for a pattern that is none: what it meets could not be said."""
    for label, matcher in matchers.items():
        if isinstance(matcher, Matcher) and matcher.op != "!=":
            try:
                re.compile(matcher.value)
            except re.error as error:
                wrong = f"{label}{matcher.op}{matcher.value!r} is no pattern: {error}"
                raise DefinitionError(f"{source}: {wrong}; mend it") from None


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


_INBOX, _PAGE, _TICKET = Receiver("inbox"), Receiver("page"), Receiver("ticket")

# Who is told where definitions have no routes of their own: by severity, the inbox always.
BY_SEVERITY = Routing(
    root=Route(
        to=_INBOX,
        group_by=("alertname", "service"),
        wait="30s",
        interval="1m",
        repeat="12h",
        routes=[
            Route(to=_INBOX, match={"drill": "true"}, wait="0s", interval="5s", repeat="1h"),
            Route(to=_PAGE, match={"severity": "critical"}, wait="5s", interval="10s", repeat="1h"),
            Route(to=_TICKET, match={"severity": "warning"}),
        ],
    )
)
