"""Asks an SQLite file's pragmas, and now and then what its tables and indexes take."""

from __future__ import annotations

from exporters.catalog import database
from exporters.collection import Collector
from exporters.collectors.sqlite import file, indexes
from exporters.collectors.sqlite.plans import OLDEST, SqlitePlanner
from exporters.collectors.sqlite.tables import TablesCollector
from exporters.connections import Connections
from exporters.defined import SECONDS, defined
from exporters.plans import queries
from exporters.probe import Source
from exporters.reading import Client, ReadingCollector
from exporters.retention import oldest
from exporters.settings import Target
from exporters.sqlite_client import SqliteClient

__all__ = ["collectors", "source"]

# What a statement may take: a little less than its collector waits.
OFTEN_SECONDS = 0.9
SELDOM_SECONDS = 9.0

# How old the sizes of tables may be: for them all of the file is read.
SIZES_INTERVAL = 300.0


def source(target: Target) -> Source:
    """Return how an SQLite file is measured."""
    # What the settings ask for must not delay what we ask for: it goes another way.
    often, seldom, own = (
        SqliteClient(target, seconds) for seconds in (OFTEN_SECONDS, SELDOM_SECONDS, SECONDS)
    )
    parts = [
        *collectors(often, seldom),
        *queries(target, SqlitePlanner(seldom)),
        *oldest(target, seldom, OLDEST),
        *defined(target, own),
    ]
    return Source("sqlite", database.up, parts, Connections([often, seldom, own]))


def collectors(often: Client, seldom: Client) -> list[Collector]:
    """Return what a file is asked, by name: in every scrape, and now and then."""
    return [
        ReadingCollector("file", often, file.READINGS),
        ReadingCollector("indexes", seldom, indexes.READINGS, SIZES_INTERVAL),
        TablesCollector(seldom, SIZES_INTERVAL),
    ]
