"""Asks MySQL's and MariaDB's status and schemas: often over one connection, seldom over another."""

from __future__ import annotations

from typing import Protocol

from exporters import reading
from exporters.catalog import database
from exporters.collection import Collector
from exporters.collectors.mysql import activity, indexes, settings, sizes, tables
from exporters.collectors.mysql.account import grants
from exporters.collectors.mysql.plans import OLDEST, MysqlPlanner
from exporters.collectors.mysql.replication import ReplicationCollector
from exporters.collectors.mysql.statements import StatementsCollector
from exporters.collectors.mysql.status import StatusCollector
from exporters.connections import Connections
from exporters.defined import SECONDS, defined
from exporters.mysql_client import MysqlClient
from exporters.plans import queries
from exporters.probe import Source
from exporters.reading import ReadingCollector
from exporters.retention import oldest
from exporters.settings import Target

__all__ = ["collectors", "grants", "source"]

# What the server itself allows a statement: a little less than its collector waits.
OFTEN_SECONDS = 0.9
SELDOM_SECONDS = 9.0

# How old sizes may be, and what changes more slowly still.
SIZES_INTERVAL = 60.0
SETTINGS_INTERVAL = 300.0


class Client(reading.Client, Protocol):
    """Whoever can be asked, by columns' names as well."""

    async def records(self, sql: str) -> list[dict[str, str | None]]: ...


def source(target: Target) -> Source:
    """Return how a MySQL or MariaDB server is measured."""
    # What the settings ask for must not delay what we ask for: it goes another way.
    often, seldom, own = (
        MysqlClient(target, seconds) for seconds in (OFTEN_SECONDS, SELDOM_SECONDS, SECONDS)
    )
    parts = [
        *collectors(often, seldom),
        *queries(target, MysqlPlanner(seldom)),
        *oldest(target, seldom, OLDEST),
        *defined(target, own),
    ]
    return Source("mysql", database.up, parts, Connections([often, seldom, own]))


def collectors(often: Client, seldom: Client) -> list[Collector]:
    """Return what a server is asked, by name: in every scrape, and now and then."""
    return [
        StatusCollector(often),
        ReadingCollector("activity", often, activity.READINGS),
        ReplicationCollector(often),
        ReadingCollector("tables", often, tables.READINGS),
        StatementsCollector(often),
        ReadingCollector("sizes", seldom, sizes.READINGS, SIZES_INTERVAL),
        ReadingCollector("indexes", seldom, indexes.READINGS, SETTINGS_INTERVAL),
        ReadingCollector("settings", seldom, settings.READINGS, SETTINGS_INTERVAL),
    ]
