"""What an incident is: one alert of one group, from its first notification to its resolve.

Alertmanager sends states, not events: the same alert comes again with every change of its
group, after every restart and from every peer. Here those are folded into incidents, of
which an alert of a receiver has at most one open at a time.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from compose.inbox.notification import Notification, SentAlert

SCHEMA = """
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver TEXT NOT NULL,
    group_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    alertname TEXT NOT NULL,
    severity TEXT NOT NULL,
    labels TEXT NOT NULL,
    annotations TEXT NOT NULL,
    generator_url TEXT NOT NULL,
    external_url TEXT NOT NULL,
    starts_at REAL NOT NULL,
    received_at REAL NOT NULL,
    seen_at REAL NOT NULL,
    ends_at REAL,
    resolved_at REAL
);
CREATE UNIQUE INDEX open_alerts ON alerts (receiver, group_key, fingerprint)
    WHERE resolved_at IS NULL;
CREATE INDEX known_alerts ON alerts (receiver, group_key, fingerprint, starts_at);
CREATE INDEX resolved_alerts ON alerts (resolved_at);
"""

# Files that were made before this index was thought of get it when they are opened.
LATER_INDEXES = """
CREATE INDEX IF NOT EXISTS open_fingerprints ON alerts (receiver, fingerprint)
    WHERE resolved_at IS NULL;
"""


# Why an incident ended without being over, as far as anybody knows: Alertmanager forgot it,
# Prometheus did not answer when it ended, or its target was not measured any more.
Lost = Literal["forgotten", "blind", "unmeasured"]


@dataclass(frozen=True)
class Incident:
    """An alert as the inbox holds it. Times are Unix seconds by the clock of whoever said them.

    ``starts_at`` and ``ends_at`` are Prometheus' and Alertmanager's, ``received_at`` (first
    notification) and ``resolved_at`` the inbox's. ``ends_at`` stays None for an alert that
    was resolved with its group without being named. ``lost`` says why monitoring lost sight of
    it, where it did; who looks after it ``acknowledged`` it.
    """

    id: int
    fingerprint: str
    receiver: str
    group_key: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    generator_url: str
    external_url: str
    starts_at: float
    received_at: float
    ends_at: float | None
    resolved_at: float | None
    lost: Lost | None = None
    acknowledged_at: float | None = None
    acknowledged_by: str | None = None

    @property
    def firing(self) -> bool:
        return self.resolved_at is None

    @property
    def latency(self) -> float:
        """Seconds from the beginning to the inbox."""
        return self.received_at - self.starts_at

    @property
    def resolve_latency(self) -> float | None:
        """Seconds from the end to the inbox, where both are known."""
        if self.resolved_at is None or self.ends_at is None:
            return None
        return self.resolved_at - self.ends_at

    @property
    def lasted(self) -> float | None:
        """Seconds from the beginning to the end, or to the resolve if no end was named."""
        end = self.resolved_at if self.ends_at is None else self.ends_at
        return None if self.resolved_at is None or end is None else end - self.starts_at


def fold(database: sqlite3.Connection, sent: Notification) -> list[float]:
    """Bring the incidents to the state that a notification tells of.

    Returns, for each that is new and fires, the seconds from its beginning until it came.
    """
    latencies = []
    for alert in sent.alerts:
        _supersede(database, sent, alert)
        if sent.firing and alert.firing:
            if _fire(database, sent, alert):
                latencies.append(sent.received_at - alert.starts_at)
        else:
            _resolve(database, sent, alert)
    if not sent.firing:
        # After a restart Alertmanager may resolve a group and name only some of its alerts.
        database.execute(
            "UPDATE alerts SET resolved_at = ?, lost = ?"
            " WHERE receiver = ? AND group_key = ? AND resolved_at IS NULL",
            (sent.received_at, _lost(sent), sent.receiver, sent.group_key),
        )
    return latencies


def _fire(database: sqlite3.Connection, sent: Notification, alert: SentAlert) -> bool:
    """Open an incident, or note that it goes on; return whether it is new."""
    known = _open(database, sent, alert)
    if known and alert.starts_at > known["seen_at"]:
        # It began again after we last heard of it: its resolve never reached us.
        _close(database, known["id"], sent, None)
        known = None
    known = known or _same(database, sent, alert)
    if known is None:
        _insert(database, sent, alert, resolved_at=None)
        return True
    # Also reopens what was resolved by mistake, as when Prometheus was away for a while.
    database.execute(
        "UPDATE alerts SET annotations = ?, generator_url = ?, external_url = ?, seen_at = ?,"
        " ends_at = NULL, resolved_at = NULL, lost = NULL WHERE id = ?",
        (
            json.dumps(alert.annotations),
            alert.generator_url,
            sent.external_url,
            sent.received_at,
            known["id"],
        ),
    )
    return False


def _supersede(database: sqlite3.Connection, sent: Notification, alert: SentAlert) -> None:
    """Close what is open of a fresh alert under another group: its route was edited.

    Nothing more is ever told of the old group. An old notification that comes late, about
    a group that is known already, closes nothing but its own.
    """
    if (sent.firing and alert.firing) or _same(database, sent, alert) is None:
        database.execute(
            "UPDATE alerts SET resolved_at = ?, ends_at = ?"
            " WHERE receiver = ? AND fingerprint = ? AND group_key <> ? AND resolved_at IS NULL",
            (sent.received_at, alert.ends_at, sent.receiver, alert.fingerprint, sent.group_key),
        )


def _resolve(database: sqlite3.Connection, sent: Notification, alert: SentAlert) -> None:
    known = _open(database, sent, alert)
    if known:
        _close(database, known["id"], sent, alert.ends_at)
    elif same := _same(database, sent, alert):
        # Its end was told after all: it was not lost sight of.
        database.execute(
            "UPDATE alerts SET lost = NULL, ends_at = ? WHERE id = ? AND lost = 'forgotten'",
            (alert.ends_at, same["id"]),
        )
    else:
        # It came and went between two notifications; it still happened.
        _insert(database, sent, alert, resolved_at=sent.received_at)


def _open(database: sqlite3.Connection, sent: Notification, alert: SentAlert) -> sqlite3.Row | None:
    row: sqlite3.Row | None = database.execute(
        "SELECT id, seen_at FROM alerts WHERE receiver = ? AND group_key = ? AND fingerprint = ?"
        " AND resolved_at IS NULL",
        (sent.receiver, sent.group_key, alert.fingerprint),
    ).fetchone()
    return row


def _same(database: sqlite3.Connection, sent: Notification, alert: SentAlert) -> sqlite3.Row | None:
    row: sqlite3.Row | None = database.execute(
        "SELECT id, seen_at FROM alerts WHERE receiver = ? AND group_key = ? AND fingerprint = ?"
        " AND starts_at = ? ORDER BY id DESC LIMIT 1",
        (sent.receiver, sent.group_key, alert.fingerprint, alert.starts_at),
    ).fetchone()
    return row


def _close(
    database: sqlite3.Connection, incident: int, sent: Notification, ends_at: float | None
) -> None:
    database.execute(
        "UPDATE alerts SET resolved_at = ?, ends_at = ?, lost = ? WHERE id = ?",
        (sent.received_at, ends_at, _lost(sent), incident),
    )


def _lost(sent: Notification) -> Lost | None:
    return "blind" if sent.blind else None


def close_lost(database: sqlite3.Connection, numbers: Sequence[int], why: Lost) -> None:
    """Resolve incidents that are still open, and say why monitoring lost sight of all these."""
    for number in numbers:
        database.execute(
            "UPDATE alerts SET lost = ?, resolved_at = coalesce(resolved_at, ?) WHERE id = ?",
            (why, time.time(), number),
        )


def reopen(database: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Open incidents again that were closed without anybody saying that they were over."""
    for number in numbers:
        database.execute(
            "UPDATE alerts SET lost = NULL, resolved_at = NULL, ends_at = NULL WHERE id = ?",
            (number,),
        )


def acknowledge(database: sqlite3.Connection, numbers: Sequence[int], by: str) -> int:
    """Note who looks after incidents that are open and nobody's; return how many that were."""
    changed = [
        database.execute(
            "UPDATE alerts SET acknowledged_at = ?, acknowledged_by = ?"
            " WHERE id = ? AND resolved_at IS NULL AND acknowledged_at IS NULL",
            (time.time(), by, number),
        ).rowcount
        for number in numbers
    ]
    return sum(changed)


def _insert(
    database: sqlite3.Connection, sent: Notification, alert: SentAlert, resolved_at: float | None
) -> None:
    database.execute(
        "INSERT INTO alerts (receiver, group_key, fingerprint, alertname, severity, labels,"
        " annotations, generator_url, external_url, starts_at, received_at, seen_at, ends_at,"
        " resolved_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            sent.receiver,
            sent.group_key,
            alert.fingerprint,
            alert.labels.get("alertname", ""),
            alert.labels.get("severity", ""),
            json.dumps(alert.labels),
            json.dumps(alert.annotations),
            alert.generator_url,
            sent.external_url,
            alert.starts_at,
            sent.received_at,
            sent.received_at,
            alert.ends_at,
            resolved_at,
        ),
    )
