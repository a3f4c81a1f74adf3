"""Asks PostgreSQL's statistics views: often over one connection, seldom over a second."""

from __future__ import annotations

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
from exporters.connections import Connections
from exporters.defined import SECONDS, defined
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


def source(target: Target) -> Source:
    """Return how a PostgreSQL server is measured."""
    # What the settings ask for must not delay what we ask for: it goes another way.
    often, seldom, own = (
        PostgresClient(target, seconds) for seconds in (OFTEN_SECONDS, SELDOM_SECONDS, SECONDS)
    )
    parts = [
        *collectors(often, seldom),
        *queries(target, PostgresPlanner(seldom)),
        *oldest(target, seldom, OLDEST),
        *defined(target, own),
    ]
    return Source("postgres", database.up, parts, Connections([often, seldom, own]))


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
