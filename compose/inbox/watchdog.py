"""The dead man's timer: says so when the Watchdog, which must always come, has stopped.

An alert that always fires shows that Prometheus evaluates fresh samples, that Alertmanager
sends, and that the inbox hears. Nothing else notices when one of them is gone: whoever is
dead sends nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock

from compose.inbox.durations import duration
from compose.inbox.notification import Notification, SentAlert
from compose.inbox.peers import Seen
from compose.inbox.surroundings import Surroundings

# What the inbox tells itself.
RECEIVER = "inbox itself"
GROUP = "monitoring is dead"

# A stack that starts needs longer: its servers, the first samples, Alertmanager's start delay.
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Heartbeat:
    """When the Watchdog last came: by the clock, and by one that nobody sets."""

    at: float | None
    monotonic: float
    firing: bool = True


class Watchdog:
    """Knows when the Watchdog last came; used by the webhook and by the watch."""

    def __init__(self, last_seen: float | None) -> None:
        """Begin to wait. ``last_seen`` is what is remembered from before a restart."""
        self._lock = Lock()
        self._started = time.monotonic()
        self._last = Heartbeat(last_seen, self._started)
        self._came = False

    def beat(self, *, firing: bool) -> float:
        """Note that the Watchdog came, or that Alertmanager says that it ended; return when."""
        now = time.time()
        with self._lock:
            self._came = True
            at = now if firing else self._last.at
            monotonic = time.monotonic() if firing else self._last.monotonic
            self._last = Heartbeat(at, monotonic, firing)
        return now

    @property
    def last(self) -> Heartbeat:
        with self._lock:
            return self._last

    def is_dead(self, surroundings: Surroundings) -> bool:
        """Whether the Watchdog is awaited, and has ended or not come for too long."""
        if not surroundings.watchdog:
            return False
        with self._lock:
            silence = surroundings.silence_seconds
            patience = silence if self._came else max(silence, _START_SECONDS)
            late = time.monotonic() - self._last.monotonic > patience
            return late or not self._last.firing


def notification(
    last: Heartbeat, surroundings: Surroundings, seen: Sequence[Seen], *, dead: bool
) -> Notification:
    """Return what the inbox tells itself: that monitoring is dead, or that it is back."""
    now = time.time()
    alert = SentAlert(
        fingerprint=GROUP,
        firing=dead,
        labels={"alertname": "MonitoringDead", "severity": "critical", "service": "lightship"},
        annotations={
            "summary": f"Monitoring is dead: {_why(last, seen)}",
            "description": "Nobody is told of anything until it is back, whatever breaks: look "
            "after your services yourself.",
            "runbook_url": f"{surroundings.url}/runbooks/{surroundings.watchdog}",
        },
        starts_at=now if last.at is None else last.at,
        ends_at=None if dead else now,
        generator_url="",
    )
    sent = Notification(RECEIVER, GROUP, dead, "", (alert,), "", now)
    return replace(sent, body=json.dumps({"receiver": RECEIVER, "labels": dict(alert.labels)}))


def _why(last: Heartbeat, seen: Sequence[Seen]) -> str:
    silent = [one.name.capitalize() for one in seen if not one.up]
    if silent:
        return " and ".join(f"{name} does not answer" for name in silent)
    if not last.firing:
        return "Prometheus and Alertmanager answer, and Prometheus has no fresh samples"
    silence = duration(time.monotonic() - last.monotonic)
    return f"Prometheus and Alertmanager answer, and the Watchdog has not come for {silence}"
