"""Where a page is, as a web address says it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from exporters.address import AddressError
from exporters.hints import choose

PORTS = {"http": 80, "https": 443}
SHAPE = "http://host:port/path"


@dataclass(frozen=True)
class WebAddress:
    """A page: ``server`` is ``host:port``, and ``path`` begins with a slash."""

    scheme: str
    server: str
    path: str


def is_one(url: str) -> bool:
    """Return whether a URL begins like a web address."""
    return url.startswith(tuple(f"{scheme}://" for scheme in PORTS))


def parse(url: str) -> WebAddress:
    """Return where an ``http://`` or ``https://`` URL points.

    Raises AddressError for anything else, credentials in particular; the message does not
    repeat the URL.

    >>> parse("http://shop:8000/metrics")
    WebAddress(scheme='http', server='shop:8000', path='/metrics')
    """
    if "@" in url:
        raise AddressError(f"the URL holds credentials; write {SHAPE}")
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme)
    except ValueError:
        raise AddressError(f"is no URL; write {SHAPE}") from None
    if port is None:
        raise AddressError(f"does not begin with a known scheme; {choose(parts.scheme, PORTS)}")
    if not parts.hostname:
        raise AddressError(f"names no host; write {SHAPE}")
    if parts.query or parts.fragment:
        raise AddressError(f"has something after the path; write {SHAPE}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return WebAddress(parts.scheme, f"{host}:{port}", parts.path or "/")
