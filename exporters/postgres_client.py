"""Keeps a connection to PostgreSQL: guarded by the server itself, rested after failures."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg

from exporters import dsn, secret
from exporters.failure import CollectionError
from exporters.libpq import Connection, Row
from exporters.rest import Rest
from exporters.settings import Target

_NAME = "lightship"

# A little less than whoever asks has time for.
_CONNECT_SECONDS = 0.9

# A statement that would wait longer for a lock fails instead: the next scrape asks again.
_LOCK_MS = 250

# What the server itself holds us to, from the first moment on.
_GUARDS = {
    "default_transaction_read_only": "on",
    "lock_timeout": str(_LOCK_MS),
    # A table or function in the way of the server's own would be found elsewhere first.
    "search_path": "pg_catalog",
    # Compiling takes longer than answering.
    "jit": "off",
}

# How a refused login reads. libpq tells of it by text alone.
_REFUSALS = {
    "the database system is ": "loading",
    "too many clients": "refused",
    "remaining connection slots": "refused",
    "password": "auth",
    "no pg_hba.conf entry": "auth",
    "does not exist": "auth",
}


class PostgresClient:
    """A server and the connection to it, if there is one."""

    def __init__(self, target: Target, statement_seconds: float) -> None:
        self.opened = 0
        self._target = target
        self._dsn = dsn.parse(target.url, "postgres")
        self._statement_ms = round(statement_seconds * 1000)
        self._connection: Connection | None = None
        self._opening: asyncio.Task[Connection] | None = None
        self._rest = Rest()

    async def version(self) -> int:
        """Return the server's version, as in 170004 for 17.4. Raises as ``ask`` does."""
        return (await self._connected()).version

    async def ask(self, sql: str) -> list[Row]:
        """Return the rows of a statement, as Connection.ask does.

        A kept connection that breaks is replaced once, so that a restarted server
        loses no scrape. Raises OSError or CollectionError.
        """
        connection, kept = self._connection, True
        if connection is None or not connection.alive:
            connection, kept = await self._connected(), False
        try:
            return await connection.ask(sql)
        except ConnectionError:
            if not kept:
                raise
        return await (await self._connected()).ask(sql)

    def close(self) -> None:
        """Drop the connection; the next question opens another."""
        if self._opening is not None:
            self._opening.cancel()
        if self._connection is not None:
            self._connection.drop()
            self._connection = None

    async def _connected(self) -> Connection:
        """Return the connection, a new one if need be; all who ask meanwhile share the attempt."""
        if self._connection is not None and self._connection.alive:
            return self._connection
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(self._opened)
        return await asyncio.shield(self._opening)

    def _opened(self, _: asyncio.Task[Connection]) -> None:
        self._opening = None

    async def _open(self) -> Connection:
        """Return a new connection; while resting, fail as the last attempt did."""
        self._rest.check()
        try:
            # It ends by itself, for whoever waits for it is not alone.
            async with asyncio.timeout(_CONNECT_SECONDS):
                self._connection = Connection(await self._log_in())
        except (OSError, CollectionError) as error:
            self._rest.failed(error)
            raise
        self._rest.worked()
        return self._connection

    async def _log_in(self) -> psycopg.AsyncConnection[tuple[str, ...]]:
        # Read anew each time: a password that was changed is picked up by connecting again.
        file = self._target.password_file
        password = secret.read(file).reveal() if file else None
        guards = _GUARDS | {"statement_timeout": str(self._statement_ms)}
        parameters: dict[str, Any] = {**self._dsn.parameters}
        try:
            connection = await psycopg.AsyncConnection.connect(
                host=self._dsn.host,
                port=self._dsn.port or None,
                dbname=self._dsn.database,
                user=self._target.username or self._dsn.user or None,
                password=password,
                application_name=_NAME,
                client_encoding="UTF8",
                options=" ".join(f"-c {name}={value}" for name, value in guards.items()),
                autocommit=True,
                **parameters,
            )
        except psycopg.Error as error:
            raise _failure(error) from None
        self.opened += 1
        return connection


def _failure(error: psycopg.Error) -> Exception:
    """Return why there is no connection. What the server said is not repeated."""
    said = str(error)
    why = next((why for text, why in _REFUSALS.items() if text in said), "")
    pg = error.pgconn
    if why == "auth" or (not why and pg and (pg.used_password or pg.needs_password)):
        return CollectionError("auth", "the server refused the user, the password or the database")
    if why == "loading":
        return CollectionError(why, "the server is starting or stopping")
    if why == "refused":
        return CollectionError(why, "the server has no connection left to give")
    return ConnectionRefusedError("the server takes no connections, or is not reached")
