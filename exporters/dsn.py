"""Where a database is and as whom we ask it, as a URL says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from exporters.address import AddressError
from exporters.hints import choose

SCHEMES = ("postgresql", "postgres")
SHAPE = "postgresql://user@host:port/database"

# What may follow the question mark, in libpq's words: TLS, and the folder of a socket.
PARAMETERS = ("host", "sslmode", "sslrootcert")


@dataclass(frozen=True)
class Dsn:
    """A database, the user who asks, and how: a port of 0 is the driver's default."""

    host: str
    port: int
    database: str
    user: str
    parameters: dict[str, str] = field(default_factory=dict)


def parse(url: str) -> Dsn:
    """Return what a ``postgresql://`` URL says.

    Raises AddressError for what is none, a password in particular; the message does
    not repeat the URL.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or 0
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise AddressError(f"is no URL; write {SHAPE}") from None
    if parts.password is not None:
        fix = "name with 'password_file' a file that holds the password"
        raise AddressError(f"the URL holds a password; {fix}")
    if parts.scheme not in SCHEMES:
        raise AddressError(f"does not begin with a known scheme; {choose(parts.scheme, SCHEMES)}")
    return _dsn(parts, port, dict(pairs))


def _dsn(parts: SplitResult, port: int, parameters: dict[str, str]) -> Dsn:
    for name in parameters:
        if name not in PARAMETERS:
            # Not repeated: it may be a password in the wrong place.
            raise AddressError(f"has a parameter that is not understood; {choose('', PARAMETERS)}")
    host = parameters.pop("host", "") or unquote(parts.hostname or "")
    database = unquote(parts.path.removeprefix("/"))
    if not host:
        raise AddressError(f"names no host; write {SHAPE}")
    if not database or "/" in database or parts.fragment:
        raise AddressError(f"names no database, or something after it; write {SHAPE}")
    return Dsn(host, port, database, unquote(parts.username or ""), parameters)
