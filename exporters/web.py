"""Who may ask the exporters, and how: the web configuration that Prometheus' exporters share."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from exporters import document, schema
from exporters.document import Document
from exporters.settings import SettingsError

_SCHEMA = Path(__file__).with_name("web.schema.json")

_VERSIONS = {
    "TLS10": ssl.TLSVersion.TLSv1,
    "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
_CLIENTS = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}


@dataclass(frozen=True)
class Web:
    """How the server guards itself; without a file, not at all.

    ``users`` maps names to bcrypt hashes; ``files`` are all that was read, to be watched.
    """

    tls: ssl.SSLContext | None = None
    users: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()


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
    named = {key: path.parent / keys[key] for key in keys if key.endswith("_file")}
    tls = _context(found, keys, named) if keys else None
    if found.problems:
        raise SettingsError(found.report())
    return Web(
        tls=tls,
        users=found.value.get("basic_auth_users", {}),
        headers={
            name: value
            for name, value in found.value.get("http_server_config", {}).get("headers", {}).items()
            if value
        },
        files=(path, *named.values()),
    )


def _context(
    found: Document, keys: Mapping[str, Any], named: Mapping[str, Path]
) -> ssl.SSLContext | None:
    """Return what TLS is spoken with, noting what is wrong with its files."""
    clients = _CLIENTS[keys.get("client_auth_type", "NoClientCert")]
    if (clients != ssl.CERT_NONE) != ("client_ca_file" in keys):
        text = "goes with 'client_auth_type' and neither without the other; name both or none"
        found.complain(f"'client_ca_file' {text}", ("tls_server_config",))
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _VERSIONS[keys.get("min_version", "TLS12")]
    context.maximum_version = _VERSIONS[keys.get("max_version", "TLS13")]
    context.verify_mode = clients
    certificate = named["cert_file"], named["key_file"]
    # Without a password of ours, OpenSSL would ask the terminal for one.
    _take(found, "cert_file", lambda: context.load_cert_chain(*certificate, password=""))
    if "client_ca_file" in named:
        authorities = named["client_ca_file"]
        _take(found, "client_ca_file", lambda: context.load_verify_locations(authorities))
    return context


def _take(found: Document, key: str, load: Callable[[], None]) -> None:
    try:
        load()
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or getattr(error, "strerror", None)
        what = f"cannot be used ({str(reason or type(error).__name__).lower()})"
        fix = "check that the files are there, readable, in PEM, and belong together"
        found.complain(f"{what}; {fix}", ("tls_server_config", key))


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
