"""Where a server listens, as a URL says it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from exporters.errors import UserError
from exporters.hints import choose

REDIS_PORT = 6379


class AddressError(UserError):
    """A URL that names no server; the message does not repeat it, it may hold a secret."""


@dataclass(frozen=True)
class Address:
    """A host and port, or the ``path`` of a Unix socket."""

    host: str = ""
    port: int = 0
    path: str = ""
    tls: bool = False


def parse(url: str) -> Address:
    """Return where a ``redis://``, ``rediss://`` or ``unix://`` URL points.

    A database number at its end is allowed and means nothing: all are measured.
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


def _socket(parts: SplitResult) -> Address:
    if parts.netloc or not parts.path.strip("/"):
        raise AddressError("names no socket; write unix:///path/of/the/socket")
    return Address(path=unquote(parts.path))


def _server(parts: SplitResult, port: int) -> Address:
    known = ("redis", "rediss", "unix")
    if parts.scheme not in known:
        raise AddressError(f"does not begin with a known scheme; {choose(parts.scheme, known)}")
    if not parts.hostname:
        raise AddressError("names no host; write redis://host:port")
    rest = parts.path.strip("/") + parts.query + parts.fragment
    if rest and not rest.isdecimal():
        raise AddressError("has something after the host and port; only a database number may be")
    return Address(parts.hostname, port, tls=parts.scheme == "rediss")
