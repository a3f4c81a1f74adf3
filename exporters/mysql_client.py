"""Keeps a connection to MySQL or MariaDB: guarded by the server itself, rested after failures."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pymysql

from exporters import dsn, secret
from exporters.dsn import Dsn
from exporters.failure import CollectionError
from exporters.mysql_failure import failure
from exporters.reading import Row
from exporters.rest import Rest
from exporters.settings import Target

# MariaDB counts on where MySQL ended, so one number tells both apart: MySQL 9.7.4 is 90704,
# MariaDB 10.11.19 is 101119.
MARIADB = 100_000

_NAME = "lightship"
_PORT = 3306

# A little less than whoever asks has time for.
_CONNECT_SECONDS = 0.9

# The server ends what takes too long, and whoever asks cuts the connection; in the last resort
# so much later.
_PATIENCE_SECONDS = 1.0

# What the server itself holds us to, both kinds and then one of them. A statement that would
# wait for a lock fails instead: the next scrape asks again.
_GUARDS = "sql_mode = '', group_concat_max_len = 65536"
_MARIADB_GUARDS = "max_statement_time = {seconds}, lock_wait_timeout = 0"
_MYSQL_GUARDS = (
    "max_execution_time = {milliseconds}, lock_wait_timeout = 1, "
    "information_schema_stats_expiry = 0"
)

_VERSION = re.compile(r"(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True)
class Answer:
    """The rows of a statement, all values as text, and its columns' names."""

    columns: Sequence[str]
    rows: Sequence[Row]


class MysqlClient:
    """A server and the connection to it, if there is one.

    The driver waits for its socket, so it works in a thread of its own; questions asked
    at once are asked one after the other.
    """

    def __init__(self, target: Target, statement_seconds: float) -> None:
        self.opened = 0
        self._target = target
        self._dsn = dsn.parse(target.url, "mysql")
        self._seconds = statement_seconds
        self._connection: pymysql.Connection[Any] | None = None
        self._line: socket.socket | None = None
        self._is_cut = False
        self._version = 0
        self._rest = Rest()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="mysql")

    async def version(self) -> int:
        """Return the server's version: 90704 for MySQL 9.7.4, 101119 for MariaDB 10.11.19.

        Raises as ``ask`` does.
        """
        if not self._version:
            await self.ask("SELECT 1")
        return self._version

    async def ask(self, sql: str) -> Sequence[Row]:
        """Return the rows of a statement.

        A kept connection that breaks is replaced once, so that a restarted server loses no
        scrape. Raises OSError or CollectionError. Whoever stops waiting cuts the connection.
        """
        return (await self._answer(sql)).rows

    async def records(self, sql: str) -> list[dict[str, str | None]]:
        """Return the rows of a statement by their columns' names, as ``ask`` does."""
        answer = await self._answer(sql)
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]

    def close(self) -> None:
        """Drop the connection; nothing can be asked after that."""
        self._cut()
        self._worker.submit(self._drop)
        self._worker.shutdown(wait=False)

    async def _answer(self, sql: str) -> Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, self._ask, sql)
        except asyncio.CancelledError:
            self._cut()
            raise

    def _cut(self) -> None:
        """End the connection from outside of its thread, which then fails with what it does."""
        self._is_cut = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)

    def _ask(self, sql: str) -> Answer:
        connection, kept = self._connection, True
        if connection is None or self._is_cut:
            connection, kept = self._open(), False
        try:
            return self._execute(connection, sql)
        except ConnectionError:
            if not kept:
                raise
        return self._execute(self._open(), sql)

    def _execute(self, connection: pymysql.Connection[Any], sql: str) -> Answer:
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                columns = [column[0] for column in cursor.description or ()]
                return Answer(columns, [tuple(map(_text, row)) for row in cursor.fetchall()])
        except Exception as error:  # noqa: BLE001 - the driver's parser raises what it meets
            why = self._why(error)
            if not isinstance(why, CollectionError) or why.reason == "protocol":
                self._drop()
            raise why from None

    def _why(self, error: Exception) -> Exception:
        # Whoever cut the connection had waited too long, and so have all the others.
        return TimeoutError("the server does not answer") if self._is_cut else failure(error)

    def _drop(self) -> None:
        if self._connection is not None:
            with suppress(pymysql.Error):  # it is closed already
                self._connection.close()
            self._connection = None
        if self._line is not None:
            self._line.close()
            self._line = None

    def _open(self) -> pymysql.Connection[Any]:
        """Return a new connection; while resting, fail as the last attempt did."""
        self._rest.check()
        self._drop()
        try:
            self._connection = self._log_in()
        except Exception as error:  # noqa: BLE001 - as above
            why = self._why(error)
            self._drop()
            self._rest.failed(why)
            raise why from None
        self._rest.worked()
        return self._connection

    def _log_in(self) -> pymysql.Connection[Any]:
        # Read anew each time: a password that was changed is picked up by connecting again.
        file = self._target.password_file
        password = secret.read(file).reveal().encode() if file else b""
        connection: pymysql.Connection[Any] = pymysql.Connection(
            host=self._dsn.host,
            user=self._target.username or self._dsn.user,
            password=password,
            database=self._dsn.database,
            read_timeout=self._seconds + _PATIENCE_SECONDS,
            write_timeout=self._seconds + _PATIENCE_SECONDS,
            autocommit=True,
            program_name=_NAME,
            conv={},
            defer_connect=True,
            **_tls(self._dsn),
        )
        self._is_cut = False
        line = _dial(self._dsn)
        # A second handle of the same connection, by which it is cut from outside.
        self._line = line.dup()
        connection.connect(line)
        self.opened += 1
        said: str = connection.get_server_info()  # type: ignore[no-untyped-call] # theirs
        self._version = _version(said)
        self._guard(connection)
        return connection

    def _guard(self, connection: pymysql.Connection[Any]) -> None:
        mine = _MARIADB_GUARDS if self._version >= MARIADB else _MYSQL_GUARDS
        limits = mine.format(seconds=self._seconds, milliseconds=round(self._seconds * 1000))
        with connection.cursor() as cursor:
            cursor.execute(f"SET SESSION {_GUARDS}, {limits}")
            cursor.execute("SET SESSION TRANSACTION READ ONLY")


def _dial(address: Dsn) -> socket.socket:
    if address.host.startswith("/"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(_CONNECT_SECONDS)
        line.connect(address.host)
    else:
        line = socket.create_connection((address.host, address.port or _PORT), _CONNECT_SECONDS)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _tls(address: Dsn) -> dict[str, Any]:
    """Return what the driver is told of TLS; unless told, it uses it where the server has it."""
    mode = address.parameters.get("sslmode", "prefer")
    if mode == "disable":
        return {"ssl_disabled": True}
    if mode in {"allow", "prefer"}:
        return {}
    context = ssl.create_default_context(cafile=address.parameters.get("sslrootcert"))
    context.check_hostname = mode == "verify-full"
    if mode == "require":
        context.verify_mode = ssl.CERT_NONE
    return {"ssl": context}


def _version(text: str) -> int:
    """Return a version as a number, given what the server says when it is greeted.

    >>> _version("5.5.5-10.11.19-MariaDB-log"), _version("8.4.3")
    (101119, 80403)
    """
    match = _VERSION.match(text)
    major, minor, patch = map(int, match.groups()) if match else (0, 0, 0)
    return major * 10_000 + minor * 100 + patch


def _text(value: str | bytes | None) -> str | None:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
