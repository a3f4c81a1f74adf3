"""Queries that the settings name, and rows that should be gone: in SQLite, and what goes wrong."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from exporters.collectors.sqlite.plans import OLDEST, SqlitePlanner
from exporters.failure import CollectionError
from exporters.plans import FULL, INDEX, QueriesCollector, Step
from exporters.retention import RetentionCollector
from exporters.settings import Target
from exporters.sqlite_client import SqliteClient

SCHEMA = """
    CREATE TABLE orders (id integer PRIMARY KEY, customer int, made text);
    CREATE TABLE visits (id integer PRIMARY KEY, made int);
    CREATE TABLE none (made int);
    CREATE INDEX by_customer ON orders (customer);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      INSERT INTO orders SELECT i, i, datetime('now') FROM n;
    UPDATE orders SET made = datetime('now', '-2 days') WHERE id = 5;
    INSERT INTO visits VALUES (1, strftime('%s', 'now') - 3600);
    ANALYZE;
"""


class Planner:
    """A planner that says what it is told to."""

    def __init__(self, steps: Sequence[Step], reason: str = "") -> None:
        self._steps, self._reason = steps, reason

    async def plan(self, sql: str) -> Sequence[Step]:
        assert sql == "SELECT 1"
        return self._steps

    async def execute(self, _: str) -> None:
        if self._reason:
            raise CollectionError(self._reason, "the server refused a question")


def tried(planner: Planner) -> str:
    collector = QueriesCollector({"q": "SELECT 1"}, planner)
    asyncio.run(collector.collect())
    return collector.page.text()


def test_steps() -> None:
    """Rows are added up by table and access; one of unknown size is counted all the same."""
    steps = [Step("t", FULL, 5), Step("t", FULL, 7), Step("t", INDEX, 2), Step("u", FULL, None)]
    lines = tried(Planner(steps)).splitlines()
    assert 'database_plan_rows{query="q",table="t",access="full"} 12.0' in lines
    assert 'database_plan_rows{query="q",table="t",access="index"} 2.0' in lines
    assert 'database_plan_full_scans{query="q"} 3' in lines
    assert not any('table="u"' in line for line in lines)


def test_unindexed() -> None:
    """A table that is read in full is told by each column that its rows are looked for by."""
    steps = [Step("t", FULL, 5, ("a", "b")), Step("t", FULL, 7, ("a",)), Step("u", FULL, 3)]
    lines = tried(Planner([*steps, Step("v", INDEX, 2)])).splitlines()
    found = [line for line in lines if line.startswith("database_plan_unindexed_rows{")]
    assert found == [
        'database_plan_unindexed_rows{query="q",table="t",column="a"} 7',
        'database_plan_unindexed_rows{query="q",table="t",column="b"} 5',
        'database_plan_unindexed_rows{query="q",table="u",column=""} 3',
    ]


def test_broken_off() -> None:
    """A query that is broken off took as long as it was let; no other failure is a time."""
    assert 'database_query_seconds{query="q"} ' in tried(Planner([], "timeout"))
    with pytest.raises(CollectionError, match="query 'q': ") as caught:
        tried(Planner([], "permission"))
    assert caught.value.reason == "permission"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Make a file with orders."""
    file = tmp_path / "shop.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(SCHEMA)
    return file


def client(file: Path) -> SqliteClient:
    return SqliteClient(Target("t", "sqlite", file.as_uri(), "s"), 5)


@pytest.mark.parametrize(
    ("sql", "steps"),
    [
        ("SELECT * FROM orders", [Step("orders", FULL, 1000)]),
        ("SELECT made FROM orders WHERE customer = 1", [Step("orders", INDEX, None)]),
        ("SELECT count(*) FROM orders", [Step("orders", FULL, 1000)]),
        (
            "SELECT v.id FROM visits AS o CROSS JOIN orders AS v ON v.made = o.made",
            [Step("o", FULL, None), Step("v", FULL, None, ("made",))],
        ),
        ("SELECT 1", []),
        (
            "SELECT * FROM visits JOIN orders ON orders.id = visits.id",
            [Step("visits", FULL, None), Step("orders", INDEX, None)],
        ),
    ],
)
def test_sqlite(file: Path, sql: str, steps: Sequence[Step]) -> None:
    """A plan says of each table whether all of it is read, and how many rows that is if known."""

    async def ask() -> Sequence[Step]:
        mine = client(file)
        planner = SqlitePlanner(mine)
        try:
            await planner.execute(sql)
            return await planner.plan(sql)
        finally:
            mine.close()

    found = asyncio.run(ask())
    assert [(s.table, s.access) for s in found] == [(s.table, s.access) for s in steps]
    assert [s.rows for s in found if s.table == "orders"] == [
        s.rows for s in steps if s.table == "orders"
    ]


def test_oldest_rows(file: Path) -> None:
    """The age of the oldest row is told, its time being text or a number; no row has no age."""

    async def ask() -> str:
        mine = client(file)
        columns = {"orders": "made", "visits": "made", "none": "made"}
        collector = RetentionCollector(columns, mine, OLDEST)
        try:
            await collector.collect()
        finally:
            mine.close()
        return collector.page.text()

    samples = dict(
        line.rsplit(" ", 1) for line in asyncio.run(ask()).splitlines() if line[0] != "#"
    )
    orders, visits = (
        float(samples[f'database_table_oldest_row_seconds{{table="{name}"}}'])
        for name in ("orders", "visits")
    )
    assert 172_800 <= orders < 172_900
    assert 3600 <= visits < 3700
    assert len(samples) == 2
