"""Who may ask the exporters, and how: the web configuration that Prometheus' exporters share."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from exporters import document, duration, schema, tls
from exporters.rate import Rate
from exporters.settings import SettingsError

_SCHEMA = Path(__file__).with_name("web.schema.json")


@dataclass(frozen=True)
class Web:
    """How the server guards itself; without a file, not at all.

    ``users`` maps names to bcrypt hashes; ``files`` are all that was read, to be watched;
    without a ``rate`` everybody may ask as often as they like.
    """

    tls: ssl.SSLContext | None = None
    users: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    rate: Rate | None = None
    files: tuple[Path, ...] = ()

    @property
    def needs_certificate(self) -> bool:
        """Whether who has none of a client is not let in."""
        return self.tls is not None and self.tls.verify_mode == ssl.CERT_REQUIRED


def load(path: Path) -> Web:
    """Read and check a web configuration, and the certificates that it names.

    Raises SettingsError with every problem found: key, line and what to do.
    """
    found = document.read(path)
    if not found.problems:
        schema.check(found, _SCHEMA)
    if found.problems:
        raise SettingsError(found.report())
    keys = found.value.get("tls_server_config") or {}
    named = tls.files(keys, path.parent)
    context = tls.context(found, keys, named) if keys else None
    if found.problems:
        raise SettingsError(found.report())
    return Web(
        tls=context,
        users=found.value.get("basic_auth_users", {}),
        headers={
            name: value
            for name, value in found.value.get("http_server_config", {}).get("headers", {}).items()
            if value
        },
        rate=_rate(found.value.get("rate_limit")),
        files=(path, *named.values()),
    )


def _rate(keys: Mapping[str, Any] | None) -> Rate | None:
    """Return how often may be asked; ``interval: 0`` is no limit."""
    seconds = duration.seconds(str(keys["interval"])) if keys else 0.0
    return Rate(seconds, keys["burst"]) if keys and seconds else None


class CurrentTls(ssl.SSLContext):
    """TLS as the configuration has it at the moment in which a client connects."""

    _web: Callable[[], Web]

    def __new__(cls, _: Callable[[], Web]) -> Self:
        return super().__new__(cls, ssl.PROTOCOL_TLS_SERVER)

    def __init__(self, web: Callable[[], Web]) -> None:
        self._web = web

    def wrap_bio(self, *arguments: Any, **keywords: Any) -> ssl.SSLObject:
        """Begin a connection, with the certificates of now."""
        now = self._web().tls
        assert now is not None  # noqa: S101 - switching TLS on or off is refused
        return now.wrap_bio(*arguments, **keywords)
