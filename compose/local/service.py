"""A process of a local stack: what it is started with, when, and how it is stopped."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from compose.demo import mariadb, sentinels, web

ROOT = Path("/")
LOOPBACK = "127.0.0.1"

# In the order of their starts; they stop in the opposite one, so nobody sees a peer go.
ORDER = (
    "demo-cache",
    *sentinels.SERVERS,
    *sentinels.SENTINELS,
    "demo-database",
    *mariadb.SERVERS,
    web.PHPFPM,
    web.NGINX,
    "demo-host",
    "workload",
    "exporters",
    "blackbox",
    "inbox",
    "alertmanager",
    "prometheus",
    "grafana",
    "preview",
)
DEMO = frozenset(ORDER[: ORDER.index("exporters")])


@dataclass(frozen=True)
class Service:
    """One process. ``restarts`` is False for what people stop on purpose to see a page."""

    name: str
    command: tuple[str, ...]
    directory: Path = ROOT
    restarts: bool = True
    stop_seconds: int = 10
    stop_signal: str = "TERM"
    death_signal: str = "TERM"

    @property
    def priority(self) -> int:
        """Lower starts earlier and stops later."""
        return ORDER.index(self.name) + 1
