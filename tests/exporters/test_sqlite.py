"""SQLite files: what is measured of them, and what is told when they cannot be read."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporters import catalog
from exporters.collectors import sqlite
from exporters.failure import CollectionError
from exporters.probe import Probe
from exporters.settings import Target
from exporters.sqlite_client import SqliteClient

GOLDEN = Path(__file__).parent / "golden/sqlite.prom"

SCHEMA = """
    PRAGMA journal_mode = wal;
    CREATE TABLE orders (id integer PRIMARY KEY, customer int, note text UNIQUE);
    CREATE INDEX by_customer ON orders (customer);
    CREATE INDEX by_customer_again ON orders (customer);
    CREATE INDEX by_customer_backwards ON orders (customer DESC);
    CREATE INDEX some_by_customer ON orders (customer) WHERE id > 3;
    CREATE INDEX by_lower_note ON orders (lower(note));
    CREATE TABLE customers (id integer PRIMARY KEY, name text);
    CREATE VIEW names AS SELECT name FROM customers;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO orders SELECT i, i % 10, 'note ' || i FROM n;
    INSERT INTO customers VALUES (1, 'somebody');
    DELETE FROM orders WHERE id > 1500;
    ANALYZE;
    PRAGMA wal_checkpoint(TRUNCATE);
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Make a file with two tables."""
    file = tmp_path / "shop.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(SCHEMA)
    return file


def target(file: Path) -> Target:
    return Target("t", "sqlite", file.as_uri(), "s")


def probed(file: Path, ask: Callable[[Probe], Awaitable[Any]]) -> Any:
    """Return what ``ask`` does with a probe of a file."""

    async def go() -> Any:
        probe = Probe("t", sqlite.source(target(file)))
        try:
            return await ask(probe)
        finally:
            probe.close()

    return asyncio.run(go())


async def whole(probe: Probe) -> str:
    """Return an answer once every collector has run."""
    deadline = time.monotonic() + 20
    while (text := await probe.answer(5)).count("\nexporter_collector_success{") < 3:
        assert time.monotonic() < deadline, text
        await asyncio.sleep(0.02)
    return text


def errors(text: str, reason: str) -> int:
    start = f'exporter_collector_errors_total{{collector="file",reason="{reason}"}} '
    return int(next(line for line in text.splitlines() if line.startswith(start)).split()[-1])


def value(text: str, series: str) -> float:
    start = f"{series} "
    return float(next(line for line in text.splitlines() if line.startswith(start)).split()[-1])


def test_golden(shop: Path, golden: Callable[[Path, str], None]) -> None:
    """A file gives exactly this; every family of SQLite's own is among it."""
    text = probed(shop, whole)
    ours = "".join(
        f"{line}\n"
        for line in text.splitlines()
        if line.removeprefix("# HELP ").removeprefix("# TYPE ").startswith(("database", "sqlite"))
    )
    # What differs from one machine and day to the next.
    ours = re.sub(r'version="[\d.]+"', 'version="V"', ours)
    ours = re.sub(r"(?m)^(sqlite_last_write\S+|\S+_bytes\{.*\}) [\d.]+$", r"\1 N", ours)
    golden(GOLDEN, ours)
    assert list(text_string_to_metric_families(text))
    assert {name for name in catalog.families() if name.startswith("sqlite_")} <= set(ours.split())


def test_values(shop: Path) -> None:
    """Values are those of the file."""

    async def write(probe: Probe) -> tuple[str, str]:
        before = await whole(probe)
        with closing(sqlite3.connect(shop)) as connection:
            connection.execute("UPDATE orders SET customer = 0")
            connection.commit()
            return before, await probe.answer(5)

    before, after = probed(shop, write)
    mine = 'database="shop"'
    assert value(before, f"database_size_bytes{{{mine}}}") == shop.stat().st_size
    assert value(before, f"sqlite_free_bytes{{{mine}}}") > 0
    assert value(before, f'database_table_rows{{{mine},table="orders"}}') == 1500
    assert value(before, f'database_table_indexes{{{mine},table="orders"}}') == 6
    assert value(before, f'database_table_size_bytes{{{mine},table="orders"}}') > 20_000
    assert value(before, f"database_indexes_duplicate{{{mine}}}") == 1
    assert value(before, f"sqlite_wal_bytes{{{mine}}}") == 0
    assert value(after, f"sqlite_wal_bytes{{{mine}}}") > 0
    stamp = f"sqlite_last_write_timestamp_seconds{{{mine}}}"
    assert value(after, stamp) >= value(before, stamp)
    assert 'exporter_connections_opened_total{collector="sqlite"} 2' in after.splitlines()


def test_missing_and_back(tmp_path: Path, shop: Path) -> None:
    """A file that is not there is down with reason refused, and is read as soon as it is there."""

    async def move(probe: Probe) -> tuple[str, str]:
        gone = await probe.answer(5)
        await asyncio.to_thread(shop.rename, tmp_path / "other.db")
        return gone, await probe.answer(5)

    gone, back = probed(tmp_path / "other.db", move)
    assert "database_up 0" in gone.splitlines()
    assert errors(gone, "refused") == 1
    assert "database_up 1" in back.splitlines()
    assert not (tmp_path / "shop.db").exists()


def test_replaced(tmp_path: Path, shop: Path) -> None:
    """A file in the place of another, as a restored backup is, is the one that is read."""

    async def replace(probe: Probe) -> tuple[str, str]:
        before = await whole(probe)
        with closing(sqlite3.connect(tmp_path / "new")) as connection:
            connection.execute("CREATE TABLE one (id)")
        (tmp_path / "new").replace(shop)
        for name in ("shop.db-wal", "shop.db-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        return before, await probe.answer(5)

    before, after = probed(shop, replace)
    series = 'database_size_bytes{database="shop"}'
    assert value(after, series) < value(before, series)


@pytest.mark.parametrize(("text", "reason"), [("no database at all" * 100, "protocol")])
def test_no_database(tmp_path: Path, text: str, reason: str) -> None:
    """A file that is something else is told as such."""
    (tmp_path / "x").write_text(text)
    said = probed(tmp_path / "x", lambda probe: probe.answer(5))
    assert errors(said, reason) == 1
    assert "database_up 0" in said.splitlines()


def test_locked(shop: Path) -> None:
    """A file that a writer keeps to itself is told as locked, in time; what is slow stays shown."""

    async def lock(probe: Probe) -> tuple[str, float, str]:
        await whole(probe)
        with closing(sqlite3.connect(shop, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = delete")
            connection.execute("BEGIN EXCLUSIVE")
            began = time.monotonic()
            text = await probe.answer(5)
            took = time.monotonic() - began
            connection.execute("COMMIT")
        return text, took, await probe.answer(5)

    # The mode can only be changed while nobody else has the file open.
    with closing(sqlite3.connect(shop)) as connection:
        connection.execute("PRAGMA journal_mode = delete")
    text, took, after = probed(shop, lock)
    assert errors(text, "locked") == 1
    assert took < 4.5
    assert "database_up 1" in after.splitlines()


def asked(file: Path, sql: str, seconds: float = 1) -> Any:
    """Return what a client is answered."""

    async def ask() -> Any:
        client = SqliteClient(target(file), seconds)
        try:
            return await client.ask(sql)
        finally:
            client.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("statement", ["DELETE FROM orders", "CREATE TABLE x (id)", "VACUUM"])
def test_no_writes(shop: Path, statement: str) -> None:
    """Nothing can be written, whatever is asked."""
    before = shop.read_bytes()
    with pytest.raises(CollectionError):
        asked(shop, statement)
    assert shop.read_bytes() == before


def test_slow_statement(shop: Path) -> None:
    """A statement that takes too long is broken off."""
    began = time.monotonic()
    with pytest.raises(CollectionError) as caught:
        asked(shop, "SELECT count(*) FROM orders AS a, orders AS b, orders AS c, orders AS d", 0.1)
    assert caught.value.reason == "timeout"
    assert time.monotonic() - began < 5


def test_many_tables(tmp_path: Path) -> None:
    """Of more tables than a hundred the largest are told apart, and the others are one."""
    file = tmp_path / "many.db"
    with closing(sqlite3.connect(file)) as connection:
        for number in range(120):
            connection.execute(f"CREATE TABLE many_{number} (id int UNIQUE)")
        connection.execute("CREATE TABLE large AS SELECT hex(zeroblob(10000)) AS text")
    text = probed(file, whole)
    assert text.count("\ndatabase_table_size_bytes{") == 101
    assert 'table="large"' in text
    assert value(text, 'database_table_indexes{database="many",table="other"}') == 21
    assert value(text, 'exporter_series_dropped{family="database_table_indexes"}') == 21


def test_strange_names(tmp_path: Path) -> None:
    """Names with quotes, newlines and backslashes are told as they are."""
    file = tmp_path / 'a "b" ?#%.db'
    with closing(sqlite3.connect(file)) as connection:
        connection.execute('CREATE TABLE "a""b\nc\\d" (id int)')
    samples = [s for f in text_string_to_metric_families(probed(file, whole)) for s in f.samples]
    assert any(s.labels.get("table") == 'a"b\nc\\d' for s in samples)
    assert any(s.labels.get("database") == 'a "b" ?#%' for s in samples)
