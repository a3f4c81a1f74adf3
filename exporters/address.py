"""Where a server listens, as a URL says it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from exporters.errors import UserError
from exporters.hints import choose

REDIS_PORT = 6379


class AddressError(UserError):
    """A URL that names no server; the message does not repeat it, it may hold a secret."""


@dataclass(frozen=True)
class Address:
    """A host and port, or the ``path`` of a Unix socket, and the number of a logical database."""

    host: str = ""
    port: int = 0
    path: str = ""
    tls: bool = False
    database: int = 0


def parse(url: str) -> Address:
    """Return where a ``redis://``, ``rediss://`` or ``unix://`` URL points.

    A database number may stand at its end: ``redis://host:port/1``, ``unix:///path?db=1``.
    Raises AddressError for anything else, credentials in particular.
    """
    if "@" in url:
        fix = (
            "name the user with 'username', and with 'password_file' a file that holds the password"
        )
        raise AddressError(f"the URL holds credentials; {fix}")
    try:
        parts = urlsplit(url)
        port = parts.port or REDIS_PORT
    except ValueError:
        raise AddressError("is no URL; write redis://host:port") from None
    return _socket(parts) if parts.scheme == "unix" else _server(parts, port)


def file(url: str) -> Path:
    """Return the file that a ``file:///path`` URL names. Raises AddressError for anything else."""
    parts = urlsplit(url)
    if parts.scheme != "file" or parts.netloc or parts.query or parts.fragment:
        raise AddressError("is no file's URL; write file:///path/of/the/file")
    if parts.path.endswith("/") or not parts.path.startswith("/"):
        raise AddressError("names no file; write file:///path/of/the/file")
    return Path(unquote(parts.path))


def _socket(parts: SplitResult) -> Address:
    if parts.netloc or not parts.path.strip("/"):
        raise AddressError("names no socket; write unix:///path/of/the/socket")
    database = parts.query.removeprefix("db=")
    if parts.query and (database == parts.query or not _is_number(database)):
        raise AddressError("has something after the socket; only ?db=NUMBER may be")
    return Address(path=unquote(parts.path), database=int(database or 0))


def _server(parts: SplitResult, port: int) -> Address:
    known = ("redis", "rediss", "unix")
    if parts.scheme not in known:
        raise AddressError(f"does not begin with a known scheme; {choose(parts.scheme, known)}")
    if not parts.hostname:
        raise AddressError("names no host; write redis://host:port")
    database = parts.path.strip("/")
    if parts.query or parts.fragment or (database and not _is_number(database)):
        raise AddressError("has something after the host and port; only a database number may be")
    tls = parts.scheme == "rediss"
    return Address(parts.hostname, port, tls=tls, database=int(database or 0))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 6
