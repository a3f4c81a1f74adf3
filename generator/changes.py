"""What changed from one model to another: what is new, what is gone, and who is told now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

from generator.facts import Facts, Kind, Things, things
from generator.intervals import HourClass
from generator.model import Model
from generator.routes import Route, Routing

How = Literal["added", "removed", "renamed", "changed"]

# A number of its own: no part of a name, of a duration or of a string.
_NUMBER = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![\w.:\[])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.:\]])')


@dataclass(frozen=True)
class Aspect:
    """One thing that is said otherwise now; empty where nothing is, or was, said.

    ``what`` is which one; of routing, for which labels and hours.
    """

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """What became of one alert, panel, …; ``was`` is the name that it had, if that is another.

    Of what is new or gone the aspects say what it is, or was.
    """

    kind: Kind
    name: str
    how: How
    aspects: tuple[Aspect, ...] = ()
    was: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the change for machines."""
        aspects = {a.what: {"before": a.before, "after": a.after} for a in self.aspects}
        found = {"kind": self.kind, "name": self.name, "how": self.how, "aspects": aspects}
        return found | ({"was": self.was} if self.was else {})


def changes(before: Model, after: Model) -> list[Change]:
    """Return everything that changed: first who is told, then kind by kind."""
    found: list[Change] = []
    alerts: Mapping[str, str] = {}
    for old, new in zip(things(before), things(after), strict=True):
        renamed = dict(_renamed(old, new))
        found += _compared(old, new, renamed)
        if old.kind == "alert":
            alerts = renamed
    return [*_told(before, after, alerts), *found]


def _renamed(old: Things, new: Things) -> Iterator[tuple[str, str]]:
    """Yield the names that changed, old and new: one thing alone went, and its like came."""
    if not old.same_by:
        return
    gone = [name for name in old.facts if name not in new.facts]
    come = [name for name in new.facts if name not in old.facts]
    for name in gone:
        looks = [old.facts[name][what] for what in old.same_by]
        like = [n for n in come if [new.facts[n][what] for what in old.same_by] == looks]
        twins = [n for n in gone if [old.facts[n][what] for what in old.same_by] == looks]
        if len(like) == len(twins) == 1:
            yield name, like[0]


def _compared(old: Things, new: Things, renamed: Mapping[str, str]) -> Iterator[Change]:
    for name, facts in new.facts.items():
        if name not in old.facts and name not in renamed.values():
            yield Change(new.kind, name, "added", tuple(_aspects({}, facts)))
    for name, facts in old.facts.items():
        now = renamed.get(name, name)
        if now not in new.facts:
            yield Change(old.kind, name, "removed", tuple(_aspects(facts, {})))
            continue
        aspects = tuple(_aspects(facts, new.facts[now]))
        if now != name:
            yield Change(old.kind, now, "renamed", aspects, was=name)
        elif aspects:
            yield Change(old.kind, now, "changed", aspects)


def _aspects(before: Facts, after: Facts) -> Iterator[Aspect]:
    """Yield what is said otherwise; where an expression's numbers alone are, the threshold is."""
    for what in dict.fromkeys([*before, *after]):
        old, new = before.get(what, ""), after.get(what, "")
        if old == new:
            continue
        if what == "expression" and old and new and _shape(old) == _shape(new):
            yield from _thresholds(old, new)
        else:
            yield Aspect(what, old, new)


def _shape(query: str) -> str:
    return _NUMBER.sub(lambda m: m[0] if m[0].startswith('"') else "0", query)


def _thresholds(old: str, new: str) -> Iterator[Aspect]:
    for before, after in zip(_NUMBER.findall(old), _NUMBER.findall(new), strict=True):
        if before != after:
            yield Aspect("threshold", before, after)


def _told(before: Model, after: Model, renamed: Mapping[str, str]) -> Iterator[Change]:
    """Yield the alerts that reach somebody else now, for whatever labels the routes look at.

    Then whom those reach that are new.
    """
    for name, alert in before.alerts.items():
        now = renamed.get(name, name)
        if now in after.alerts:
            old = {"alertname": name, "severity": alert.severity}
            new = {"alertname": now, "severity": after.alerts[now].severity}
            aspects: dict[frozenset[str], Aspect] = {}
            for labels, hours in product(_label_sets(before, after, name), _hours(before, after)):
                told = _who(before, old | labels, hours), _who(after, new | labels, hours)
                where = _where(labels, hours)
                same = {w for w, a in aspects.items() if (a.before, a.after) == told}
                # What holds in general is not said again of each particular.
                if told[0] != told[1] and not any(wider <= {*where} for wider in same):
                    aspects[frozenset(where)] = Aspect(", ".join(where), *told)
            if aspects:
                yield Change("routing", now, "changed", tuple(aspects.values()))
    for name in [n for n in after.alerts if n not in {*before.alerts, *renamed.values()}]:
        labels = {"alertname": name, "severity": after.alerts[name].severity}
        whom = Aspect("", "", _who(after, labels, HourClass()))
        yield Change("routing", name, "added", (whom,))


def _who(model: Model, labels: Mapping[str, str], hours: HourClass) -> str:
    """Return who is told of an alert with these labels in these hours, and when."""
    if model.routing is None:
        return "inbox"
    return ", ".join(map(_route, model.routing.told(labels, hours))) or "nobody"


def _route(route: Route) -> str:
    times = [f"after {route.wait}"] if route.wait else []
    times += [f"again every {route.repeat}"] if route.repeat else []
    return f"{route.to.name} ({', '.join(times)})" if times else route.to.name


def _where(labels: Mapping[str, str], hours: HourClass) -> list[str]:
    """Return what an answer to "who is told?" holds for."""
    given = [f'{label}="{value}"' for label, value in labels.items()]
    return [*given, *(f"in {name!r}" for name in sorted(hours))]


def _hours(before: Model, after: Model) -> list[HourClass]:
    """Return the hours that the routes of either can tell apart, those in no interval first."""
    found = {
        hours
        for routing in (before.routing, after.routing)
        for hours in (routing.hour_classes if routing else [HourClass()])
    }
    return sorted(found, key=lambda names: (len(names), sorted(names)))


def _label_sets(before: Model, after: Model, alert: str) -> list[dict[str, str]]:
    """Return the labels that tell routes apart: none, what routes match, what is asserted."""
    found: list[dict[str, str]] = [{}]
    for routing in (before.routing, after.routing):
        if routing is not None:
            found += list(_looked_at(routing, alert))
    return [labels for n, labels in enumerate(found) if labels not in found[:n]]


def _looked_at(routing: Routing, alert: str) -> Iterator[dict[str, str]]:
    for route in routing.routes():
        plain = {k: v for k, v in route.match.items() if isinstance(v, str)}
        for own in ("alertname", "severity"):
            plain.pop(own, None)
        if plain:
            yield plain
    for tells in routing.tells:
        if tells.labels and tells.alert in {alert, None}:
            yield {k: v for k, v in tells.labels.items() if k not in {"alertname", "severity"}}
