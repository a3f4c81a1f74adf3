"""Tells which release of an application runs, and since when it does."""

from __future__ import annotations

from prometheus_client import CollectorRegistry

from exporters.application import instruments
from exporters.catalog import application


class Releases:
    """The metric of the release that runs: one at a time."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._deployed = instruments.gauge(
            application.deployed_timestamp_seconds, registry, "livemax"
        )

    def tell(self, release: str, deployed: float) -> None:
        """Say that a release runs, which was deployed then, in seconds since 1970."""
        self._deployed.clear()
        self._deployed.labels(release).set(deployed)
