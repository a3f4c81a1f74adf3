"""Speaks Redis' protocol over one connection: many commands, one round trip."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from typing import Any

import hiredis

from exporters.address import Address
from exporters.failure import CollectionError

# What one round trip may answer; a server that sends more is not one we can measure.
_MAX_ANSWER_BYTES = 64 * 1024 * 1024

# A name may stand for addresses of which some are dead: try the next this many seconds later.
_NEXT_ADDRESS_DELAY = 0.2


class Connection(asyncio.Protocol):
    """One connection. It serves one ``ask`` at a time, and none after the first that fails."""

    def __init__(self) -> None:
        self._reader = hiredis.Reader(encoding="utf-8", errors="replace")
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[list[Any]] | None = None
        self._replies: list[Any] = []
        self._wanted = 0
        self._received = 0

    @property
    def alive(self) -> bool:
        """Whether commands can be sent, as far as is known."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, commands: Sequence[tuple[str, ...]]) -> list[Any]:
        """Send the commands and return their replies; a refused one is a ``hiredis.ReplyError``.

        Raises ConnectionError when the connection breaks and CollectionError when what
        comes back is not Redis' protocol. However it ends early, the connection is dropped.
        """
        if not self.alive or self._transport is None:
            raise ConnectionResetError("the connection is closed")
        self._waiter = asyncio.get_running_loop().create_future()
        self._replies, self._wanted, self._received = [], len(commands), 0
        try:
            # The library's type says one word; it takes any number.
            packed = [hiredis.pack_command(command) for command in commands]  # type: ignore[arg-type]
            self._transport.write(b"".join(packed))
            return await self._waiter
        except BaseException:
            self.drop()
            raise
        finally:
            self._waiter = None

    def drop(self) -> None:
        """Close at once, without waiting for the other side."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment] # streams have no other kind

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        try:
            self._reader.feed(data)
            while (reply := self._reader.gets()) is not False:
                self._replies.append(reply)
        except (hiredis.ProtocolError, TypeError):  # the latter for a list as the key of a map
            self._fail(CollectionError("protocol", "the answer is not Redis' protocol"))
        if self._received > _MAX_ANSWER_BYTES or len(self._replies) > self._wanted:
            self._fail(CollectionError("protocol", "the answer is longer than was asked for"))
        if len(self._replies) == self._wanted and self._waiter and not self._waiter.done():
            # A copy: what else comes is not part of the answer.
            self._waiter.set_result(self._replies.copy())

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or ConnectionResetError("the server closed the connection"))

    def _fail(self, error: Exception) -> None:
        if self._waiter and not self._waiter.done():
            self._waiter.set_exception(error)
        self.drop()


async def connect(address: Address, tls: ssl.SSLContext | None) -> Connection:
    """Open a connection. Raises OSError when there is no way."""
    loop = asyncio.get_running_loop()
    if address.path:
        _, connection = await loop.create_unix_connection(Connection, address.path)
    else:
        _, connection = await loop.create_connection(
            Connection,
            address.host,
            address.port,
            ssl=tls,
            happy_eyeballs_delay=_NEXT_ADDRESS_DELAY,
        )
    return connection
