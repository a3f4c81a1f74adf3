"""Asks a web server for one page over a connection that is kept: so much at most, no detours."""

from __future__ import annotations

import asyncio
import base64
import ssl
from dataclasses import dataclass
from urllib.parse import quote

import h11

from exporters import page, secret, web_address
from exporters.failure import CollectionError
from exporters.rest import Rest
from exporters.settings import Target

MAX_HEAD_BYTES = 16 * 1024

# A name may stand for addresses of which some are dead: try the next this many seconds later.
_NEXT_ADDRESS_DELAY = 0.2

_CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class _Line:
    """A connection, and what has been said on it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    state: h11.Connection

    @property
    def alive(self) -> bool:
        return not (self.writer.is_closing() or self.reader.at_eof())

    def drop(self) -> None:
        """Close at once, without waiting for the other side."""
        self.writer.transport.abort()


class HttpClient:
    """A page, and the connection over which it is asked for, if there is one."""

    def __init__(self, target: Target) -> None:
        self.opened = 0
        self._target = target
        self._address = web_address.parse(target.url)
        self._tls = ssl.create_default_context() if self._address.scheme == "https" else None
        self._line: _Line | None = None
        self._rest = Rest()
        self._turn = asyncio.Lock()

    async def get(self, query: str = "") -> bytes:
        """Return the page, for a query if one is given.

        A kept connection that breaks is replaced once, so that a restarted server loses no
        scrape. Raises OSError, or CollectionError for whatever is no such page.
        """
        async with self._turn:
            if self._line is not None and self._line.alive:
                try:
                    return await self._ask(self._line, query)
                except ConnectionError:
                    pass
            self._line = await self._open()
            return await self._ask(self._line, query)

    def close(self) -> None:
        """Drop the connection; the next question opens another."""
        if self._line is not None:
            self._line.drop()
            self._line = None

    async def _open(self) -> _Line:
        """Return a new connection; while resting, fail as the last attempt did."""
        self.close()
        self._rest.check()
        host, _, port = self._address.server.rpartition(":")
        try:
            reader, writer = await asyncio.open_connection(
                host.strip("[]"),
                int(port),
                ssl=self._tls,
                happy_eyeballs_delay=_NEXT_ADDRESS_DELAY,
            )
        except OSError as error:
            self._rest.failed(error)
            raise
        except asyncio.CancelledError:
            self._rest.failed(TimeoutError("the server accepted no connection in time"))
            raise
        self._rest.worked()
        self.opened += 1
        state = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
        return _Line(reader, writer, state)

    async def _ask(self, line: _Line, query: str) -> bytes:
        try:
            line.writer.write(line.state.send(self._request(query)) or b"")
            line.writer.write(line.state.send(h11.EndOfMessage()) or b"")
            body = await _answer(line)
        except h11.RemoteProtocolError:
            self.close()
            raise CollectionError("protocol", "the answer is not HTTP, or broke off") from None
        except BaseException:
            self.close()
            raise
        if line.state.our_state is line.state.their_state is h11.DONE:
            line.state.start_next_cycle()
        else:
            self.close()
        return body

    def _request(self, query: str) -> h11.Request:
        headers = {
            "Host": self._address.server,
            "User-Agent": "lightship-exporter",
            "Accept-Encoding": "identity",
        }
        if file := self._target.password_file:
            # Read anew each time: a password that was changed is picked up at once.
            login = f"{self._target.username}:{secret.read(file).reveal()}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(login).decode()}"
        # As browsers do, where a path has what none may have.
        path = quote(self._address.path, safe="/%:@!$&'()*+,;=~") + (f"?{query}" if query else "")
        return h11.Request(method="GET", target=path, headers=list(headers.items()))


async def _answer(line: _Line) -> bytes:
    """Return the body of the answer to what was asked.

    Raises ConnectionError when the connection breaks before there is one, CollectionError
    for an answer that is none or too large, and h11's RemoteProtocolError.
    """
    body = bytearray()
    while not isinstance(event := await _next(line), h11.EndOfMessage):
        if isinstance(event, h11.Response):
            page.require(event.status_code)
        elif isinstance(event, h11.Data):
            body += event.data
            page.require_size(len(body))
    return bytes(body)


async def _next(line: _Line) -> object:
    while (event := line.state.next_event()) is h11.NEED_DATA:
        data = await line.reader.read(_CHUNK_BYTES)
        if not data and line.state.their_state is h11.SEND_RESPONSE:
            raise ConnectionResetError("the server closed the connection")
        line.state.receive_data(data)
    return event
