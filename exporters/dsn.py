"""Where a database is and as whom we ask it, as a URL says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from exporters.address import AddressError
from exporters.hints import choose

# What URLs of a kind of target begin with; the first is the one that is suggested.
SCHEMES: Mapping[str, tuple[str, ...]] = {
    "postgres": ("postgresql", "postgres"),
    "mysql": ("mysql", "mariadb"),
}

# What may follow the question mark, for all of them in libpq's words: TLS, and where a socket
# is, for PostgreSQL its folder.
PARAMETERS = ("host", "sslmode", "sslrootcert")
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


@dataclass(frozen=True)
class Dsn:
    """A database, the user who asks, and how: a port of 0 is the driver's default."""

    host: str
    port: int
    database: str
    user: str
    parameters: dict[str, str] = field(default_factory=dict)


def parse(url: str, kind: str) -> Dsn:
    """Return what a URL says, such as ``mysql://user@host:port/database``.

    Raises AddressError for what is none of this kind's, a password in particular; the
    message does not repeat the URL.
    """
    schemes = SCHEMES[kind]
    shape = f"{schemes[0]}://user@host:port/database"
    try:
        parts = urlsplit(url)
        port = parts.port or 0
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise AddressError(f"is no URL; write {shape}") from None
    if parts.password is not None:
        fix = "name with 'password_file' a file that holds the password"
        raise AddressError(f"the URL holds a password; {fix}")
    if parts.scheme not in schemes:
        raise AddressError(f"does not begin with a known scheme; {choose(parts.scheme, schemes)}")
    return _dsn(parts, port, dict(pairs), shape)


def _dsn(parts: SplitResult, port: int, parameters: dict[str, str], shape: str) -> Dsn:
    for name in parameters:
        if name not in PARAMETERS:
            # Not repeated: it may be a password in the wrong place.
            raise AddressError(f"has a parameter that is not understood; {choose('', PARAMETERS)}")
    if parameters.get("sslmode", "prefer") not in SSL_MODES:
        raise AddressError(f"has an unknown sslmode; {choose('', SSL_MODES)}")
    host = parameters.pop("host", "") or unquote(parts.hostname or "")
    database = unquote(parts.path.removeprefix("/"))
    if not host:
        raise AddressError(f"names no host; write {shape}")
    if not database or "/" in database or parts.fragment:
        raise AddressError(f"names no database, or something after it; write {shape}")
    return Dsn(host, port, database, unquote(parts.username or ""), parameters)
