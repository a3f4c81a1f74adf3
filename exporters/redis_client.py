"""Keeps a connection to a Redis server: opened when it is needed, with a rest after failures."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any, TypeVar

import hiredis

from exporters import address, secret
from exporters.failure import CollectionError
from exporters.resp import Connection, connect
from exporters.rest import Rest
from exporters.settings import Target

Command = tuple[str, ...]

# Lets the server's own list of clients tell who this is.
NAMING: Command = ("CLIENT", "SETNAME", "lightship-exporter")

# How a refused command begins, and what that means.
_REASONS = {
    "NOAUTH": "auth",
    "WRONGPASS": "auth",
    "NOPERM": "permission",
    "LOADING": "loading",
    "BUSY": "other",
    "WRONGTYPE": "other",
    "ERR": "other",
}

_T = TypeVar("_T")


class RedisClient:
    """A server and the connection to it, if there is one. Who asks meanwhile waits.

    ``in_database`` asks in the logical database that the URL names, which needs the
    right to SELECT it; otherwise the number means nothing.
    """

    def __init__(self, target: Target, *, in_database: bool = False) -> None:
        self.opened = 0
        self._target = target
        self._address = address.parse(target.url)
        self._database = self._address.database if in_database else 0
        self._tls = ssl.create_default_context() if self._address.tls else None
        self._connection: Connection | None = None
        self._rest = Rest()
        self._turn = asyncio.Lock()

    @property
    def connected(self) -> bool:
        """Whether there is a connection that was not seen to break."""
        return self._connection is not None and self._connection.alive

    async def ask(self, commands: Sequence[Command]) -> list[Any]:
        """Return the replies to the commands, as Connection.ask does.

        A kept connection that breaks is replaced once, so that a restarted server
        loses no scrape. Raises OSError or CollectionError.
        """
        async with self._turn:
            replies = await self._ask(commands)
        if _reason(replies[0]) == "auth":
            self.close()  # the next connection reads the password anew
        return replies

    async def _ask(self, commands: Sequence[Command]) -> list[Any]:
        if self._connection is not None and self._connection.alive:
            try:
                return await self._connection.ask(commands)
            except ConnectionError:
                self._connection = None
        self._connection = await self._open()
        return await self._connection.ask(commands)

    def close(self) -> None:
        """Drop the connection; the next question opens another."""
        if self._connection is not None:
            self._connection.drop()
            self._connection = None

    async def _open(self) -> Connection:
        """Return a new connection, logged in; while resting, fail as the last attempt did."""
        self._rest.check()
        try:
            connection = await self._log_in()
        except (OSError, CollectionError) as error:
            self._rest.failed(error)
            raise
        except asyncio.CancelledError:
            self._rest.failed(TimeoutError("the server accepted no connection in time"))
            raise
        self._rest.worked()
        return connection

    async def _log_in(self) -> Connection:
        # Read anew each time: a password that was changed is picked up by connecting again.
        file = self._target.password_file
        password = secret.read(file) if file else None
        connection = await connect(self._address, self._tls)
        self.opened += 1
        # A server that refuses the name is measured without one.
        greeting = [NAMING]
        if password:
            user = (self._target.username,) if self._target.username else ()
            greeting.insert(0, ("AUTH", *user, password.reveal()))
        if self._database:
            greeting.append(("SELECT", str(self._database)))
        replies = await connection.ask(greeting)
        if password and replies[0] != "OK":
            connection.drop()
            raise CollectionError("auth", "the server refused the user or the password")
        if self._database and isinstance(replies[-1], hiredis.ReplyError):
            connection.drop()
            require(replies[-1], "SELECT", str)
        return connection


def require(reply: Any, command: str, wanted: type[_T]) -> _T:
    """Return a reply that must be of a type. Raises CollectionError, which says why it is not."""
    if why := _reason(reply):
        # Only words that we know are repeated: the rest is the server's, whatever it says.
        code = _code(reply)
        known = f" ({code})" if code in _REASONS else ""
        raise CollectionError(why, f"the server refused {command}{known}")
    if not isinstance(reply, wanted):
        text = f"the server answered {command} with something else than asked for"
        raise CollectionError("protocol", text)
    return reply


def _reason(reply: Any) -> str:
    """Return which reason a refusal is, nothing where the reply is none."""
    return _REASONS.get(_code(reply), "other") if isinstance(reply, hiredis.ReplyError) else ""


def _code(reply: Any) -> str:
    return str(reply).partition(" ")[0]
