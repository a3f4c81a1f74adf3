"""Keeps notifications and incidents in SQLite: durable before they are acknowledged.

One thread writes. What arrives while it waits for the disk is committed together, so that
a flood of notifications costs few fsyncs and each is still on disk before it is answered.
"""

from __future__ import annotations

import queue
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

from compose.inbox import incidents
from compose.inbox.incidents import Lost
from compose.inbox.notification import Notification
from compose.inbox.retention import Keep, trim
from exporters.errors import UserError

_SCHEMA = """
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at REAL NOT NULL,
    receiver TEXT NOT NULL,
    group_key TEXT NOT NULL,
    status TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE written (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    at REAL NOT NULL
);
"""
# What later versions of the file have beside it, one after the other.
_MIGRATIONS = (
    f"{_SCHEMA} {incidents.SCHEMA}",
    """
    CREATE TABLE heartbeat (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        at REAL NOT NULL
    );
    """,
    """
    ALTER TABLE alerts ADD COLUMN lost TEXT;
    ALTER TABLE alerts ADD COLUMN acknowledged_at REAL;
    ALTER TABLE alerts ADD COLUMN acknowledged_by TEXT;
    """,
)
_VERSION = len(_MIGRATIONS)

# Committed together at most, and waiting at most: past that a sender is told to come back.
_MAX_BATCH = 500
_MAX_WAITING = 5_000

# How long another process (a backup, sqlite3 in a shell) may hold the file.
_BUSY_SECONDS = 5.0

Work = Callable[[sqlite3.Connection], Any]


class StorageError(Exception):
    """Something could not be stored; whoever sent it should send it again."""


@dataclass(frozen=True)
class _Job:
    work: Work
    done: Future[Any] = field(default_factory=Future)


class Store:
    """An open database file and the one thread that writes it.

    ``keep`` bounds the history: older notifications, and resolved incidents, are dropped.
    Raises UserError when the file cannot be used.
    """

    def __init__(self, path: Path, *, keep: Keep | None = None) -> None:
        self._path = path
        self._keep = keep or Keep()
        self._jobs: queue.Queue[_Job | None] = queue.Queue(maxsize=_MAX_WAITING)
        self._writer = _open(path)
        self._thread = Thread(target=self._write, name="inbox-writer")
        self._thread.start()

    def add(self, sent: Notification) -> Future[list[float]]:
        """Store a notification; the future is done when it is on disk (or StorageError).

        It gives, for each incident that is new, the seconds that it was on its way.
        """
        return self._submit(partial(_add, sent=sent))

    def beat(self, at: float) -> Future[None]:
        """Remember when the Watchdog last came."""
        return self._submit(partial(_beat, at=at))

    def close_lost(self, numbers: Sequence[int], why: Lost) -> Future[None]:
        """Resolve incidents that nobody will resolve any more, or say why they ended."""
        return self._submit(partial(incidents.close_lost, numbers=numbers, why=why))

    def reopen(self, numbers: Sequence[int]) -> Future[None]:
        """Open incidents again that Alertmanager holds after all."""
        return self._submit(partial(incidents.reopen, numbers=numbers))

    def acknowledge(self, numbers: Sequence[int], by: str) -> Future[int]:
        """Note who looks after open incidents; the future gives how many that were new."""
        return self._submit(partial(incidents.acknowledge, numbers=numbers, by=by))

    def touch(self) -> Future[None]:
        """Write something, to prove that writing works."""
        return self._submit(_touch)

    @property
    def path(self) -> Path:
        """The database file."""
        return self._path

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees everything acknowledged and can change nothing."""
        with closing(_connect(self._path)) as database:
            database.execute("PRAGMA query_only = ON")
            yield database

    def close(self) -> None:
        """Store what is waiting, then close the file."""
        self._jobs.put(None)
        self._thread.join()
        self._writer.close()

    def _submit(self, work: Work) -> Future[Any]:
        job = _Job(work)
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            job.done.set_exception(StorageError(f"{_MAX_WAITING} writes are waiting already"))
        return job.done

    def _write(self) -> None:
        going = True
        while going:
            batch, going = self._next_batch()
            accepted = [job for job in batch if job.done.set_running_or_notify_cancel()]
            results = self._commit([job.work for job in accepted])
            for n, job in enumerate(accepted):
                if isinstance(results, str):
                    job.done.set_exception(StorageError(results))
                else:
                    job.done.set_result(results[n])

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """Return what waits (at least one job), and whether more may come."""
        batch: list[_Job] = []
        item = self._jobs.get()
        while item is not None:
            batch.append(item)
            if len(batch) == _MAX_BATCH:
                return batch, True
            try:
                item = self._jobs.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, works: list[Work]) -> list[Any] | str:
        """Do all of it or none; return what each gave, or what was wrong."""
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            results = [work(self._writer) for work in works]
            trim(self._writer, self._keep)
            self._writer.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - a writer that dies would hang every sender
            with suppress(sqlite3.Error):
                self._writer.rollback()
            return f"{self._path}: {error}"
        return results


def _open(path: Path) -> sqlite3.Connection:
    try:
        database = _connect(path)
        database.execute("PRAGMA journal_mode = WAL")
        _migrate(database, path)
        _touch(database)
    except sqlite3.Error as error:
        raise UserError(
            f"{path}: cannot keep notifications here ({error}); give a writable file in an"
            " existing folder with --database FILE"
        ) from error
    return database


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(
        path, isolation_level=None, timeout=_BUSY_SECONDS, check_same_thread=False
    )
    database.row_factory = sqlite3.Row
    # WAL's default, NORMAL, may lose the last commits when the power goes.
    database.execute("PRAGMA synchronous = FULL")
    return database


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise UserError(
            f"{path}: written by a newer inbox (format {version}, this one knows {_VERSION});"
            " run that version, or give another file with --database FILE"
        )
    for number, change in enumerate(_MIGRATIONS[version:], version + 1):
        database.executescript(f"BEGIN; {change} PRAGMA user_version = {number}; COMMIT;")
    database.executescript(incidents.LATER_INDEXES)


def _add(database: sqlite3.Connection, sent: Notification) -> list[float]:
    database.execute(
        "INSERT INTO notifications (received_at, receiver, group_key, status, body)"
        " VALUES (?, ?, ?, ?, ?)",
        (
            sent.received_at,
            sent.receiver,
            sent.group_key,
            "firing" if sent.firing else "resolved",
            sent.body,
        ),
    )
    return incidents.fold(database, sent)


def _beat(database: sqlite3.Connection, at: float) -> None:
    database.execute("INSERT OR REPLACE INTO heartbeat (one, at) VALUES (1, ?)", (at,))


def _touch(database: sqlite3.Connection) -> None:
    database.execute("INSERT OR REPLACE INTO written (one, at) VALUES (1, ?)", (time.time(),))
