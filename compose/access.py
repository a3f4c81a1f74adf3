"""How the exporters are asked where they are guarded: as the stack's own Prometheus asks them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import yaml
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth

from exporters import secret


@dataclass(frozen=True)
class Access:
    """What a request needs to be answered; the files' paths are absolute."""

    scheme: str = "http"
    ca_file: str = ""
    server_name: str = ""
    username: str = ""
    password_file: str = ""

    def prepare(self, session: requests.Session) -> None:
        """Let a session verify who answers, and say who asks.

        Raises CollectionError when there is no password in its file.
        """
        if self.ca_file:
            session.verify = self.ca_file
        if self.server_name:
            session.mount("https://", _Named(self.server_name))
        if self.username:
            password = secret.read(Path(self.password_file)).reveal()
            session.auth = HTTPBasicAuth(self.username.encode(), password.encode())


PLAIN = Access()


def to(name: str, rendered: Path) -> Access:
    """Return how a service of a stack is asked, by the files that were rendered for it."""
    if name != "exporters":
        return PLAIN
    try:
        text = (rendered / "prometheus/prometheus.yml").read_text("utf-8")
    except FileNotFoundError:  # what never started
        return PLAIN
    jobs = yaml.load(text, Loader=yaml.CSafeLoader)["scrape_configs"]
    job = next(job for job in jobs if job["job_name"] == name)
    blocks = {**job.get("tls_config", {}), **job.get("basic_auth", {})}
    return Access(scheme=job.get("scheme", "http"), **blocks)


class _Named(HTTPAdapter):
    """Expects a certificate of one name, whatever the address."""

    def __init__(self, name: str) -> None:
        self._name = name
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **keywords: Any) -> None:
        """Keep connections that expect the name."""
        keywords |= {"assert_hostname": self._name, "server_hostname": self._name}
        super().init_poolmanager(*arguments, **keywords)
