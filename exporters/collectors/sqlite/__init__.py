"""Asks an SQLite file's pragmas, and now and then what its tables and indexes take."""

from __future__ import annotations

from dataclasses import dataclass

from exporters.catalog import database
from exporters.collection import Collector
from exporters.collectors.sqlite import file, indexes
from exporters.collectors.sqlite.plans import OLDEST, SqlitePlanner
from exporters.collectors.sqlite.tables import TablesCollector
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


@dataclass(frozen=True)
class Connections:
    """The two connections that a file is read over, and never more."""

    often: SqliteClient
    seldom: SqliteClient

    @property
    def connections_opened(self) -> int:
        """How often the file was opened so far."""
        return self.often.opened + self.seldom.opened

    def close(self) -> None:
        """Drop both."""
        self.often.close()
        self.seldom.close()


def source(target: Target) -> Source:
    """Return how an SQLite file is measured."""
    connections = Connections(
        SqliteClient(target, OFTEN_SECONDS), SqliteClient(target, SELDOM_SECONDS)
    )
    parts = [
        *collectors(connections.often, connections.seldom),
        *queries(target, SqlitePlanner(connections.seldom)),
        *oldest(target, connections.seldom, OLDEST),
    ]
    return Source("sqlite", database.up, parts, connections)


def collectors(often: Client, seldom: Client) -> list[Collector]:
    """Return what a file is asked, by name: in every scrape, and now and then."""
    return [
        ReadingCollector("file", often, file.READINGS),
        ReadingCollector("indexes", seldom, indexes.READINGS, SIZES_INTERVAL),
        TablesCollector(seldom, SIZES_INTERVAL),
    ]
