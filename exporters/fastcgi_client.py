"""Asks a FastCGI server for one page, as a web server would: one request, one connection."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Mapping

from exporters import page
from exporters.failure import CollectionError
from exporters.fastcgi_address import FastCgiAddress
from exporters.rest import Rest

# The protocol's own numbers: its version, kinds of records, and the role of who answers pages.
_VERSION = 1
_BEGIN, _END, _PARAMETERS, _INPUT, _OUTPUT = 1, 3, 4, 5, 6
_RESPONDER = 1
_REQUEST = 1

_HEAD = struct.Struct(">BBHHBx")
_BEGIN_BODY = struct.Struct(">HB5x")
_END_BODY = struct.Struct(">IB3x")


class FastCgiClient:
    """A page. No connection is kept: it would keep one of the server's processes from others."""

    def __init__(self, address: FastCgiAddress) -> None:
        self.opened = 0
        self._address = address
        self._rest = Rest()

    async def get(self, query: str = "") -> bytes:
        """Return the page, for a query if one is given. Raises OSError or CollectionError."""
        reader, writer = await self._open()
        try:
            writer.write(request(self._address.page, query))
            return await answer(reader)
        finally:
            writer.transport.abort()

    def close(self) -> None:
        """Do nothing: a connection ends with its question."""

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a new connection; while resting, fail as the last attempt did."""
        self._rest.check()
        address = self._address
        try:
            if address.path:
                line = await asyncio.open_unix_connection(address.path)
            else:
                line = await asyncio.open_connection(address.host, address.port)
        except OSError as error:
            self._rest.failed(error)
            raise
        except asyncio.CancelledError:
            self._rest.failed(TimeoutError("the server accepted no connection in time"))
            raise
        self._rest.worked()
        self.opened += 1
        return line


def request(path: str, query: str) -> bytes:
    """Return what asks for a page: the beginning, the parameters, and no input."""
    asked = {
        "GATEWAY_INTERFACE": "CGI/1.1",
        "QUERY_STRING": query,
        "REQUEST_METHOD": "GET",
        "REQUEST_URI": f"{path}?{query}",
        "SCRIPT_FILENAME": path,
        "SCRIPT_NAME": path,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_SOFTWARE": "lightship-exporter",
    }
    return b"".join(
        (
            _record(_BEGIN, _BEGIN_BODY.pack(_RESPONDER, 0)),
            _record(_PARAMETERS, _pairs(asked)),
            _record(_PARAMETERS, b""),
            _record(_INPUT, b""),
        )
    )


async def answer(reader: asyncio.StreamReader) -> bytes:
    """Return the page in the records that come.

    Raises ConnectionError when none comes, CollectionError for whatever is no such page.
    """
    output, size = bytearray(), 0
    while True:
        kind, body = await _next(reader, begun=size > 0)
        size += _HEAD.size + len(body)
        page.require_size(size)
        if kind == _OUTPUT:
            output += body
        elif kind == _END:
            _require_done(body)
            return content(bytes(output))


def content(output: bytes) -> bytes:
    """Return the page in what a program wrote: lines of headers, an empty one, and the page.

    Raises CollectionError for one without headers, or with another status than 200.
    """
    head, found, body = output.partition(b"\r\n\r\n")
    if not found:
        raise CollectionError("protocol", "the answer is no page: it has no headers")
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"status":
            page.require(_number(value))
    return body


async def _next(reader: asyncio.StreamReader, *, begun: bool) -> tuple[int, bytes]:
    """Return the kind of the next record, and what it holds."""
    try:
        version, kind, _, length, padding = _HEAD.unpack(await reader.readexactly(_HEAD.size))
        if version != _VERSION:
            raise CollectionError("protocol", "the answer is not FastCGI")
        body = await reader.readexactly(length + padding)
    except asyncio.IncompleteReadError as error:
        if begun or error.partial:
            raise CollectionError("protocol", "the answer broke off, or is not FastCGI") from None
        raise ConnectionResetError("the server closed the connection") from None
    return kind, body[:length]


def _require_done(body: bytes) -> None:
    """Raise CollectionError for a request that was refused."""
    if len(body) != _END_BODY.size or _END_BODY.unpack(body)[1]:
        raise CollectionError("protocol", "the server refused the request")


def _number(value: bytes) -> int:
    """Return the status in ``404 Not Found``; 0 where there is none."""
    first = value.strip().partition(b" ")[0]
    return int(first) if first.isdigit() and len(first) == 3 else 0


def _record(kind: int, body: bytes) -> bytes:
    return _HEAD.pack(_VERSION, kind, _REQUEST, len(body), 0) + body


def _pairs(named: Mapping[str, str]) -> bytes:
    out = bytearray()
    for name, value in named.items():
        key, text = name.encode(), value.encode()
        out += _length(key) + _length(text) + key + text
    return bytes(out)


def _length(text: bytes) -> bytes:
    """Return a length in one byte, or, above 127, in four of which the first bit is set."""
    size = len(text)
    return bytes([size]) if size < 128 else (size | 1 << 31).to_bytes(4)
