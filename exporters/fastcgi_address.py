"""Where a page of a FastCGI server is, as a URL says it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from exporters.address import AddressError
from exporters.hints import choose

PORT = 9000
PAGE = "/status"
SHAPE = "fastcgi://host:port/status"
SOCKET_SHAPE = "unix:///path/of/the/socket?status=/status"


@dataclass(frozen=True)
class FastCgiAddress:
    """A page, which begins with a slash, at a host and port or at the ``path`` of a Unix socket."""

    page: str
    host: str = ""
    port: int = 0
    path: str = ""


def parse(url: str) -> FastCgiAddress:
    """Return where a ``fastcgi://`` or ``unix://`` URL points.

    Raises AddressError for anything else; the message does not repeat the URL.

    >>> parse("fastcgi://shop:9001/fpm")
    FastCgiAddress(page='/fpm', host='shop', port=9001, path='')
    >>> parse("unix:///run/php/fpm.sock?status=/fpm")
    FastCgiAddress(page='/fpm', host='', port=0, path='/run/php/fpm.sock')
    """
    if "@" in url:
        raise AddressError(f"the URL holds credentials; write {SHAPE}")
    try:
        parts = urlsplit(url)
        port = parts.port or PORT
        given = dict(
            parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        )
    except ValueError:
        raise AddressError(f"is no URL; write {SHAPE}") from None
    known = ("fastcgi", "unix", "http", "https")
    if parts.scheme not in known[:2]:
        raise AddressError(f"does not begin with a known scheme; {choose(parts.scheme, known)}")
    if parts.scheme == "unix":
        page = given.pop("status", PAGE)
        if parts.netloc or not parts.path.strip("/") or given or not page.startswith("/"):
            raise AddressError(f"names no page of a socket; write {SOCKET_SHAPE}")
        return FastCgiAddress(page, path=unquote(parts.path))
    if not parts.hostname or given or parts.fragment:
        raise AddressError(f"names no host, or has something after the path; write {SHAPE}")
    return FastCgiAddress(parts.path or PAGE, parts.hostname, port)
