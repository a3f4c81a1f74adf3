"""What a fault brings: which alerts, and after how long at most."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from compose.demo.switches import same_as
from compose.drills.prediction import notified_within
from exporters.settings import load
from generator.definitions import DEMO_SETTINGS, find
from generator.drills import Simulated
from generator.model import Model, build


def expected(fault: str, definitions: Path | None) -> str:
    """Return which alerts follow a fault and when, in sentences; empty if none is defined."""
    model = build(find(definitions), load(DEMO_SETTINGS))
    by_time: dict[float, list[str]] = defaultdict(list)
    for name in followers(model, fault):
        by_time[notified_within(model, name)].append(name)
    return "\n".join(
        f"Expect {' and '.join(names)} in the inbox within about {spoken(seconds)}."
        for seconds, names in sorted(by_time.items())
    )


def followers(model: Model, fault: str) -> list[str]:
    """Return the alerts that a fault is to bring: those whose drill names it, or one like it."""
    made = same_as(fault)
    return [
        name
        for name, alert in model.alerts.items()
        if alert.drill and not isinstance(alert.drill, Simulated) and alert.drill.fault == made
    ]


def spoken(seconds: float) -> str:
    """Return a time as people say it: ``45 seconds``, ``6 minutes``, ``24 hours``."""
    for unit, length in (("seconds", 1), ("minutes", 60)):
        if seconds < 100 * length:
            return f"{-(-seconds // length):.0f} {unit}"
    return f"{seconds / 3600:.0f} hours"
