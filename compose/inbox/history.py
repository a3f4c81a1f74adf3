"""Reads back what the inbox holds: incidents, notifications, and how many there are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from compose.inbox.incidents import Incident

State = Literal["open", "resolved", "all"]

# Bodies that are read at a time, in characters.
_MAX_READ = 250_000

_CONDITION = {"open": "resolved_at IS NULL", "resolved": "resolved_at IS NOT NULL", "all": "1"}
_ORDER = {"open": "id DESC", "resolved": "resolved_at DESC, id DESC", "all": "id DESC"}


@dataclass(frozen=True)
class Received:
    """A notification of the history; ``body`` is the JSON text as it came."""

    id: int
    received_at: float
    receiver: str
    group_key: str
    status: str
    body: str


@dataclass(frozen=True)
class Open:
    """What tells one open incident from another, for Alertmanager as for us."""

    id: int
    receiver: str
    fingerprint: str

    @property
    def key(self) -> tuple[str, str]:
        return self.receiver, self.fingerprint


@dataclass(frozen=True)
class Totals:
    """What was ever stored, when the last of it came, and what is open."""

    stored: int
    last_received_at: float | None
    open: int


def read_incidents(
    database: sqlite3.Connection, state: State, *, limit: int, alertname: str = "", text: str = ""
) -> list[Incident]:
    """Return incidents, the newest first.

    All alerts unless ``alertname`` is given; ``text`` is looked for in labels, annotations,
    receivers and in the names of those who acknowledged.
    """
    found = find_incidents(database, state, limit=limit, alertname=alertname, text=text)
    return read_known(database, found)


def find_incidents(
    database: sqlite3.Connection, state: State, *, limit: int, alertname: str = "", text: str = ""
) -> list[int]:
    """Return the numbers of what ``read_incidents`` would, which take little memory."""
    # Labels and annotations are kept as JSON, which spells some characters in its own way.
    pattern = _like(json.dumps(text)[1:-1])
    rows = database.execute(
        f"SELECT id FROM alerts WHERE {_CONDITION[state]} AND (? = '' OR alertname = ?)"  # noqa: S608 - our own words
        " AND (? = '' OR labels || ' ' || annotations LIKE ? ESCAPE '!'"
        " OR receiver || ' ' || coalesce(acknowledged_by, '') LIKE ? ESCAPE '!')"
        f" ORDER BY {_ORDER[state]} LIMIT ?",
        (alertname, alertname, text, pattern, _like(text), limit),
    )
    return [number for (number,) in rows]


def _like(text: str) -> str:
    """Return a pattern for LIKE that matches whatever contains a text."""
    for special in "!%_":
        text = text.replace(special, f"!{special}")
    return f"%{text}%"


def read_known(database: sqlite3.Connection, numbers: Iterable[int]) -> list[Incident]:
    """Return incidents by their numbers, in that order, without those that were dropped."""
    by_number = "SELECT * FROM alerts WHERE id = ?"
    rows = (database.execute(by_number, (number,)).fetchone() for number in numbers)
    return [_incident(row) for row in rows if row]


def read_worst(database: sqlite3.Connection, *, limit: int) -> list[Incident]:
    """Return open incidents; where there are too many, critical ones before others."""
    rows = database.execute(
        "SELECT * FROM alerts WHERE resolved_at IS NULL"
        " ORDER BY severity = 'critical' DESC, severity = 'info', id DESC LIMIT ?",
        (limit,),
    )
    return [_incident(row) for row in rows]


def read_open(database: sqlite3.Connection) -> list[Open]:
    """Return what is needed to ask Alertmanager about every open incident."""
    rows = database.execute(
        "SELECT id, receiver, fingerprint FROM alerts WHERE resolved_at IS NULL"
    )
    return [Open(**dict(row)) for row in rows]


def read_forgotten(database: sqlite3.Connection) -> list[Open]:
    """Return the last incident of each alert that Alertmanager forgot, unless one is open."""
    rows = database.execute(
        "SELECT max(id) AS id, receiver, fingerprint FROM alerts AS a WHERE lost = 'forgotten'"
        " AND NOT EXISTS (SELECT 1 FROM alerts AS o WHERE o.resolved_at IS NULL"
        " AND o.receiver = a.receiver AND o.fingerprint = a.fingerprint)"
        " GROUP BY receiver, fingerprint"
    )
    return [Open(**dict(row)) for row in rows]


def read_notifications(
    database: sqlite3.Connection, *, limit: int, before: int | None = None
) -> list[Received]:
    """Return the newest notifications, or the newest of those before one of the history.

    There may be fewer than there are, for the sake of memory, but none only at the end.
    """
    rows = database.execute(
        "SELECT * FROM notifications WHERE ? IS NULL OR id < ? ORDER BY id DESC LIMIT ?",
        (before, before, limit),
    )
    found, size = [], 0
    for row in rows:
        found.append(Received(**dict(row)))
        size += len(found[-1].body)
        if size > _MAX_READ:
            break
    return found


def read_totals(database: sqlite3.Connection) -> Totals:
    """Count; ``stored`` includes notifications that were dropped since."""
    last = database.execute(
        "SELECT id, received_at FROM notifications ORDER BY id DESC LIMIT 1"
    ).fetchone()
    (is_open,) = database.execute(
        "SELECT count(*) FROM alerts WHERE resolved_at IS NULL"
    ).fetchone()
    return Totals(last["id"] if last else 0, last["received_at"] if last else None, is_open)


def read_heartbeat(database: sqlite3.Connection) -> float | None:
    """Return when the Watchdog last came, None when it never did."""
    row = database.execute("SELECT at FROM heartbeat").fetchone()
    return None if row is None else float(row["at"])


def _incident(row: sqlite3.Row) -> Incident:
    return Incident(
        id=row["id"],
        receiver=row["receiver"],
        group_key=row["group_key"],
        labels=json.loads(row["labels"]),
        annotations=json.loads(row["annotations"]),
        generator_url=row["generator_url"],
        external_url=row["external_url"],
        starts_at=row["starts_at"],
        received_at=row["received_at"],
        ends_at=row["ends_at"],
        resolved_at=row["resolved_at"],
        fingerprint=row["fingerprint"],
        lost=row["lost"],
        acknowledged_at=row["acknowledged_at"],
        acknowledged_by=row["acknowledged_by"],
    )
