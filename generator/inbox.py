"""Definitions in, what the inbox knows of them out: its runbooks, whom it asks, what it awaits."""

from __future__ import annotations

from typing import Any

from generator.durations import seconds
from generator.model import Model

# The alert that always fires: an inbox that no longer gets it says that monitoring is dead.
WATCHDOG = "Watchdog"

# So many intervals without a Watchdog are one too many: a restart of Alertmanager takes almost
# three of ten seconds, since it waits for Prometheus to speak first.
_INTERVALS = 3.5

# Alertmanager's own interval where no route says one.
_DEFAULT_INTERVAL = "5m"


def configuration(model: Model) -> dict[str, Any]:
    """Return ``inbox.yaml``. Whom it asks are ``host:port``, ``url`` is what people open."""
    ends = model.endpoints
    return {
        "url": ends.inbox.url,
        "prometheus": {"address": ends.prometheus.address, "url": ends.prometheus.url},
        "alertmanager": {"address": ends.alertmanager.address, "url": ends.alertmanager.url},
        "held_seconds": {name: seconds(alert.for_) for name, alert in model.alerts.items()},
        "resolve_seconds": _resolve_seconds(model),
        **_watchdog(model),
    }


def runbooks(model: Model) -> dict[str, str]:
    """Return the text of the runbook of each alert that has one, by the file's path."""
    names = {alert.runbook or name for name, alert in model.alerts.items()}
    folder = model.root / "docs" / "runbooks"
    files = {file.stem: file for file in sorted(folder.glob("*.md")) if file.stem in names}
    return {
        f"inbox/runbooks/{name}.md": file.read_text(encoding="utf-8", errors="replace")
        for name, file in files.items()
        if file.is_file()
    }


def _watchdog(model: Model) -> dict[str, Any]:
    if WATCHDOG not in model.alerts or model.routing is None:
        return {}
    severity = model.alerts[WATCHDOG].severity
    route, *_ = model.routing.root.taken({"alertname": WATCHDOG, "severity": severity})
    silence = _INTERVALS * seconds(route.interval or _DEFAULT_INTERVAL)
    return {"watchdog": {"alert": WATCHDOG, "silence_seconds": silence}}


def _resolve_seconds(model: Model) -> float:
    """Return how long the end of an alert may take to be told: the longest interval, and more."""
    routes = model.routing.routes() if model.routing else []
    intervals = [route.interval for route in routes if route.interval] or [_DEFAULT_INTERVAL]
    return 60 + max(seconds(interval) for interval in intervals)
