"""How a stack's exporters are guarded, and how its own Prometheus asks them: from the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from exporters.web import Web


@dataclass(frozen=True)
class Scraping:
    """What stands below ``exporters``; nothing is guarded where nothing does.

    ``tls_config`` and ``basic_auth`` are Prometheus' own, the paths in them absolute.
    """

    web_config_file: Path | None = None
    tls_config: Mapping[str, str] | None = None
    basic_auth: Mapping[str, str] | None = None

    def configuration(self) -> dict[str, Any]:
        """Return what a job of Prometheus needs to be answered by the exporters."""
        tls, user = self.tls_config, self.basic_auth
        secured = {} if tls is None else {"scheme": "https", "tls_config": dict(tls)}
        return secured | ({"basic_auth": dict(user)} if user else {})

    def problems(self, web: Web) -> Iterator[str]:
        """Yield why Prometheus would not be answered by who is guarded so."""
        if web.tls and self.tls_config is None:
            yield "'tls_config' is missing, and its web_config_file has TLS; add it, if only as {}"
        if self.tls_config is not None and not web.tls:
            yield "'tls_config' is there, and its web_config_file has no TLS; remove one of them"
        if web.needs_certificate:
            need = "its web_config_file lets in nobody without a certificate, and Prometheus"
            yield f"{need} shows none; write 'client_auth_type: VerifyClientCertIfGiven' there"
        name = (self.basic_auth or {}).get("username")
        if (web.users or name) and name not in web.users:
            yield "the user of 'basic_auth' is none of those in its web_config_file; name one"
