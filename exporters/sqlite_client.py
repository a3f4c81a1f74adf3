"""Reads an SQLite file: never writes, never waits long, and looks again when it was replaced."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from exporters import address
from exporters.failure import CollectionError
from exporters.reading import Row
from exporters.settings import Target

# Whoever writes holds the file for so long at most before we say that it is locked.
_LOCK_SECONDS = 0.25

# How often SQLite asks whether its time is up, in steps of its virtual machine.
_STEPS = 10_000

_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_NO_DATABASE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}
_REFUSED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}


class SqliteClient:
    """A file and the connection to it, if there is one.

    Files may lie on disks that hang, so a thread of its own reads them; questions asked
    at once are answered one after the other.
    """

    def __init__(self, target: Target, statement_seconds: float) -> None:
        self.opened = 0
        self._path = address.file(target.url)
        self._seconds = statement_seconds
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._until = 0.0
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="sqlite")

    async def version(self) -> int:
        """Return SQLite's version: 3045001 for 3.45.1. It is the reader's; files have none."""
        major, minor, patch = sqlite3.sqlite_version_info
        return major * 1_000_000 + minor * 1_000 + patch

    async def ask(self, sql: str) -> Sequence[Row]:
        """Return the rows of a statement, all values as text.

        Raises OSError or CollectionError. Whoever stops waiting breaks off what is read.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, self._ask, sql)
        except asyncio.CancelledError:
            self._until = 0.0
            raise

    def close(self) -> None:
        """Close the file; nothing can be asked after that."""
        self._until = 0.0
        self._worker.submit(self._drop)
        self._worker.shutdown(wait=False)

    def _ask(self, sql: str) -> list[Row]:
        self._until = time.monotonic() + self._seconds
        try:
            rows = self._connected().execute(sql).fetchall()
        except sqlite3.Error as error:
            why = _failure(error)
            if why.reason != "locked":
                self._drop()
            raise why from None
        return [tuple(map(_text, row)) for row in rows]

    def _connected(self) -> sqlite3.Connection:
        """Return the connection, a new one where there is none or the file is another one now."""
        inode = self._path.stat().st_ino
        if self._connection is None or inode != self._inode:
            self._drop()
            self._connection, self._inode = self._open(), inode
        return self._connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.as_uri()}?mode=ro",
            uri=True,
            timeout=_LOCK_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        self.opened += 1
        connection.execute("PRAGMA query_only = ON")
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        connection.set_progress_handler(lambda: time.monotonic() > self._until, _STEPS)
        # What the file's system knows, as what statements can ask for.
        connection.create_function("name", 0, lambda: self._path.stem)
        connection.create_function("wal_bytes", 0, lambda: _size(self._wal))
        connection.create_function("written", 0, self._written)
        return connection

    @property
    def _wal(self) -> Path:
        return self._path.with_name(f"{self._path.name}-wal")

    def _written(self) -> float:
        files = [file for file in (self._path, self._wal) if _size(file)]
        return max((file.stat().st_mtime for file in files), default=0.0)

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def _text(value: str | float | bytes | None) -> str | None:
    """Return a value as text; of a blob, as far as it is one."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if value is None else str(value)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _failure(error: sqlite3.Error) -> CollectionError:
    """Return why a file was not read. What SQLite said is not repeated, it may hold values."""
    # The lowest byte is the error, those above tell more of it.
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_INTERRUPT:
        return CollectionError("timeout", "it took too long to read")
    if code in _LOCKED:
        return CollectionError("locked", "somebody who writes holds the file")
    if code in _NO_DATABASE:
        return CollectionError("protocol", "the file is no database, or is damaged")
    if code in _REFUSED:
        return CollectionError("refused", "the file cannot be opened or read")
    return CollectionError("other", f"the file was not read (error {code})")
