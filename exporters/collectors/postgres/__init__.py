"""Asks PostgreSQL's statistics views: often over one connection, seldom over a second."""

from __future__ import annotations

from dataclasses import dataclass

from exporters.catalog import database
from exporters.collection import Collector
from exporters.collectors.postgres import (
    activity,
    databases,
    indexes,
    replication,
    server,
    settings,
    sizes,
    tables,
)
from exporters.collectors.postgres.plans import OLDEST, PostgresPlanner
from exporters.collectors.postgres.role import grants
from exporters.collectors.postgres.statements import StatementsCollector
from exporters.plans import queries
from exporters.postgres_client import PostgresClient
from exporters.probe import Source
from exporters.reading import Client, ReadingCollector
from exporters.retention import oldest
from exporters.settings import Target

__all__ = ["collectors", "grants", "source"]

# What the server itself allows a statement: a little less than its collector waits.
OFTEN_SECONDS = 0.9
SELDOM_SECONDS = 9.0

# How old sizes may be, and what changes more slowly still.
SIZES_INTERVAL = 60.0
SETTINGS_INTERVAL = 300.0


@dataclass(frozen=True)
class Connections:
    """The two connections that a database is asked over, and never more."""

    often: PostgresClient
    seldom: PostgresClient

    @property
    def connections_opened(self) -> int:
        """How many connections were opened so far."""
        return self.often.opened + self.seldom.opened

    def close(self) -> None:
        """Drop both."""
        self.often.close()
        self.seldom.close()


def source(target: Target) -> Source:
    """Return how a PostgreSQL server is measured."""
    connections = Connections(
        PostgresClient(target, OFTEN_SECONDS), PostgresClient(target, SELDOM_SECONDS)
    )
    parts = [
        *collectors(connections.often, connections.seldom),
        *queries(target, PostgresPlanner(connections.seldom)),
        *oldest(target, connections.seldom, OLDEST),
    ]
    return Source("postgres", database.up, parts, connections)


def collectors(often: Client, seldom: Client) -> list[Collector]:
    """Return what a server is asked, by name: in every scrape, and now and then."""
    return [
        ReadingCollector("activity", often, activity.READINGS),
        ReadingCollector("server", often, server.READINGS),
        ReadingCollector("databases", often, databases.READINGS),
        ReadingCollector("replication", often, replication.READINGS),
        ReadingCollector("tables", often, tables.READINGS),
        StatementsCollector(often),
        ReadingCollector("sizes", seldom, sizes.READINGS, SIZES_INTERVAL),
        ReadingCollector("indexes", seldom, indexes.READINGS, SETTINGS_INTERVAL),
        ReadingCollector("settings", seldom, settings.READINGS, SETTINGS_INTERVAL),
    ]
