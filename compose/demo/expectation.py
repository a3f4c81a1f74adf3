"""What a fault brings: which alert, and after how long at most, as definitions and settings say."""

from __future__ import annotations

import re
from pathlib import Path

from promql_parser import parse_duration

from compose.demo.switches import FAULTS, OfServer
from exporters.settings import load
from generator.definitions import DEMO_SETTINGS, find
from generator.model import Model, build
from generator.rules import Alert

RANGE = re.compile(r"\[(\w+)[\]:]")

# Seen with the first sample that differs, however far it looks back.
AT_ONCE = re.compile(r"\bchanges\([^)]*\)")


def expected(fault: str, definitions: Path | None) -> str:
    """Return which alert follows a fault and when, as a sentence; empty if none is defined."""
    model = build(find(definitions), load(DEMO_SETTINGS))
    name = FAULTS[fault].alert
    if name not in model.alerts:
        return ""
    return f"Expect {name} in the inbox within about {_spoken(longest(model, fault))}."


def longest(model: Model, fault: str) -> float:
    """Return the seconds after which a fault's notification has arrived, at the latest.

    A scrape sees it, an evaluation finds it, for as long as ``for`` says, and then the
    route waits for the rest of the group. Before that, what the alert watches has to get
    there: an age to its limit, a rate through the whole range that it looks back.
    """
    name = FAULTS[fault].alert
    alert, settings = model.alerts[name], model.settings
    waits = [settings.scrape_interval, settings.evaluation_interval, alert.for_, _wait(model, name)]
    return _onset(model, fault) + _looks_back(model, alert) + sum(map(_seconds, waits))


def _onset(model: Model, fault: str) -> float:
    kind = FAULTS[fault]
    if isinstance(kind, OfServer) or not kind.grows_to:
        return 0
    limits = (service.limits for service in model.settings.services.values())
    own = [limit[kind.grows_to] for limit in limits if kind.grows_to in limit]
    return max(own, default=model.limits[kind.grows_to])


def _looks_back(model: Model, alert: Alert) -> float:
    """Return the longest range of an alert's query, and of the records that it reads."""
    text = alert.expr + "".join(r.expr for n, r in model.records.items() if n in alert.expr)
    return max(map(_seconds, RANGE.findall(AT_ONCE.sub("", text))), default=0)


def _wait(model: Model, name: str) -> str:
    labels = {"alertname": name, "severity": model.alerts[name].severity}
    told = model.routing.told(labels) if model.routing else []
    return next((route.wait for route in told if route.wait), "0s")


def _seconds(duration: str) -> float:
    if duration in {"0", "0s"}:  # which the parser takes for a mistake
        return 0
    found: float = parse_duration(duration).total_seconds()
    return found


def _spoken(seconds: float) -> str:
    """Return a time as people say it: ``45 seconds``, ``6 minutes``."""
    return f"{seconds:.0f} seconds" if seconds < 100 else f"{-(-seconds // 60):.0f} minutes"
