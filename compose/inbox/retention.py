"""Drops the oldest history, so that the database stays as large as was said."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

# Dropped between two looks at the size.
_AT_ONCE = 20

# The newest notification stays: its number is how many there ever were. What is open stays.
_OLDEST_NOTIFICATIONS = """
DELETE FROM notifications WHERE id IN (SELECT id FROM notifications ORDER BY id LIMIT ?)
    AND id < (SELECT max(id) FROM notifications)
"""
_OLDEST_RESOLVED = """
DELETE FROM alerts WHERE id IN
    (SELECT id FROM alerts WHERE resolved_at IS NOT NULL ORDER BY resolved_at, id LIMIT ?)
"""


@dataclass(frozen=True)
class Keep:
    """How much history is kept: ``count`` of notifications and of alerts, ``size`` in bytes.

    Alerts that are open are kept, however many they are. ``size`` is what is in use: space
    that was freed is written again, not given back to the disk.
    """

    count: int = 100_000
    size: int = 1_000_000_000


def trim(database: sqlite3.Connection, keep: Keep) -> None:
    """Drop what is beyond ``keep``: notifications first, then what is resolved."""
    database.execute(
        "DELETE FROM notifications WHERE id <= (SELECT max(id) FROM notifications) - ?",
        (keep.count,),
    )
    database.execute(
        "DELETE FROM alerts WHERE id <= (SELECT max(id) FROM alerts) - ?"
        " AND resolved_at IS NOT NULL",
        (keep.count,),
    )
    for oldest in (_OLDEST_NOTIFICATIONS, _OLDEST_RESOLVED):
        while _in_use(database) > keep.size:
            if not database.execute(oldest, (_AT_ONCE,)).rowcount:
                break


def _in_use(database: sqlite3.Connection) -> int:
    pages, free, size = (
        database.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)
