"""Where the services of a stack are: for each other, and for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Endpoint:
    """One service: ``address`` is ``host:port`` for its peers, ``url`` what a browser opens."""

    address: str
    url: str


@dataclass(frozen=True)
class Endpoints:
    """The services that rendered files point at."""

    prometheus: Endpoint
    alertmanager: Endpoint
    exporters: Endpoint
    blackbox: Endpoint
    inbox: Endpoint
    grafana: Endpoint

    @classmethod
    def local(cls, ports: Mapping[str, int]) -> Endpoints:
        """Return the endpoints of a stack of local processes, by port of each service."""
        found = {f.name: f"127.0.0.1:{ports[f.name]}" for f in fields(cls)}
        return cls(**{name: Endpoint(at, f"http://{at}") for name, at in found.items()})

    def linked(self, links: Mapping[str, str]) -> Endpoints:
        """Return these endpoints, with the addresses for people that a settings file gives."""
        changed = {
            name: replace(getattr(self, name), url=url.rstrip("/")) for name, url in links.items()
        }
        return replace(self, **changed)


# What compose/compose.yaml calls its services, and the ports it publishes on loopback.
COMPOSE = Endpoints(
    prometheus=Endpoint("prometheus:9090", "http://127.0.0.1:19090"),
    alertmanager=Endpoint("alertmanager:9093", "http://127.0.0.1:19093"),
    exporters=Endpoint("exporters:9101", "http://127.0.0.1:19101"),
    blackbox=Endpoint("blackbox:9115", "http://127.0.0.1:19115"),
    inbox=Endpoint("inbox:8080", "http://127.0.0.1:19080"),
    grafana=Endpoint("grafana:3000", "http://127.0.0.1:3001"),
)
