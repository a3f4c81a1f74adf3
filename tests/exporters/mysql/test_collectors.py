"""The MySQL and MariaDB collectors: what they make of answers, recorded and real."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymysql
import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporters import catalog
from exporters.catalog import database, mysql
from exporters.collectors import grants
from exporters.collectors import mysql as collector
from exporters.grants import Grants
from exporters.probe import Probe
from exporters.reading import Row
from exporters.settings import Target

HERE = Path(__file__).parent
PLANTED = "pl4nted-s3cret"

FAILED = re.compile(r"exporter_collector_success\{.*\} 0")

# What MySQL and MariaDB do not tell, and what is measured only where settings name it.
NOT_TOLD = {
    database.table_scans_total.name,
    database.plan_rows.name,
    database.plan_full_scans.name,
    database.plan_unindexed_rows.name,
    database.query_seconds.name,
    database.table_oldest_row_seconds.name,
}


def measured(target: Target) -> str:
    """Return what a server answers once every collector has run."""

    async def once() -> str:
        source = collector.source(target)
        probe = Probe("t", source, seconds=15)
        deadline = time.monotonic() + 40
        try:
            while (text := await probe.answer(20)).count("\nexporter_collector_success{") < len(
                source.collectors
            ):
                assert time.monotonic() < deadline, text
                await asyncio.sleep(0.02)
            return text
        finally:
            probe.close()
            await asyncio.sleep(0)

    return asyncio.run(once())


def families(text: str) -> set[str]:
    """Return the families of the database's vocabulary that a text holds."""
    heads = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    return {name for name in heads if name.startswith(("database_", "mysql_"))}


def value(text: str, series: str) -> float:
    """Return the value of a series."""
    start = f"{series} "
    return float(next(line for line in text.splitlines() if line.startswith(start)).split()[-1])


class Recorded:
    """A client that answers what a real server once did."""

    def __init__(self, version: int, answers: Mapping[str, Any]) -> None:
        self._version = version
        self._answers = answers

    async def version(self) -> int:
        return self._version

    async def ask(self, sql: str) -> Sequence[Row]:
        return [tuple(row) for row in self._answers[" ".join(sql.split())]]

    async def records(self, sql: str) -> list[dict[str, str | None]]:
        found: list[dict[str, str | None]] = self._answers[sql]
        return found


@pytest.mark.parametrize("name", ["mariadb-10.11", "mariadb-11.8", "mysql-9.7"])
def test_recorded(name: str, golden: Callable[[Path, str], None]) -> None:
    """Recorded answers become exactly this text; each server was a replica."""
    client = Recorded(**json.loads((HERE / f"recorded/{name}.json").read_text()))

    async def collect() -> str:
        parts = collector.collectors(client, client)
        for part in parts:
            await part.collect()
        return "".join(part.page.text() for part in parts)

    text = asyncio.run(collect())
    golden(HERE / f"golden/{name}.prom", text)
    assert list(text_string_to_metric_families(text))
    names = {name for name in catalog.families() if name.startswith(("database_", "mysql_"))}
    assert names - families(text) == NOT_TOLD | {database.up.name}


def test_values(start_database: Callable[..., Any]) -> None:
    """Values are those of the server."""
    server = start_database()
    server.run(
        "UPDATE orders SET note = 'x' WHERE id <= 10",
        "DELETE FROM orders WHERE id > 990",
        "ANALYZE TABLE orders",
        "SELECT SLEEP(0.15)",
    )
    text = measured(server.target())
    orders = 'database="shop",table="orders"'

    assert value(text, "database_up") == 1
    assert value(text, "database_connections_limit") == 60
    assert value(text, "database_slow_query_limit_seconds") == 0.1
    assert value(text, "database_slow_queries_total") >= 1
    assert value(text, f'database_table_rows_changed_total{{{orders},operation="updated"}}') == 10
    assert value(text, f'database_table_rows_changed_total{{{orders},operation="deleted"}}') == 10
    assert value(text, f'database_table_rows_read_total{{{orders},kind="index"}}') >= 20
    assert 900 < value(text, f"database_table_rows{{{orders}}}") <= 1000
    assert value(text, f"database_table_indexes{{{orders}}}") == 3
    assert value(text, 'database_indexes_unused{database="shop"}') == 2
    assert value(text, 'database_indexes_duplicate{database="shop"}') == 1
    assert value(text, f'database_index_unused_bytes{{{orders},index="orders_customer"}}') > 0
    assert value(text, 'mysql_setting{setting="performance_schema"}') == 1
    assert value(text, 'mysql_setting{setting="innodb_buffer_pool_size"}') == 32 * 1024**2
    ((size,),) = server.run(
        "SELECT sum(data_length + index_length) FROM information_schema.tables "
        "WHERE table_schema = 'shop'"
    )
    assert value(text, 'database_size_bytes{database="shop"}') == size
    assert 'product="mariadb"' in text
    assert 'role="primary"' in text


def test_statements(start_database: Callable[..., Any]) -> None:
    """The statements that took the most time are counted, with their text and without values."""
    server = start_database()
    for number in range(30):
        server.run(
            f"SELECT {', '.join(['id'] * (number + 1))} FROM orders "  # noqa: S608 - a test's own
            f"WHERE note = '{PLANTED}'"
        )
    server.run(
        "SELECT SLEEP(0.05)",
        "SELECT SLEEP(0.15)",
        f"ALTER USER root@localhost IDENTIFIED BY '0wner-s3cret' /* {PLANTED} */",
    )
    measured(server.target())
    text = measured(server.target())
    (calls,) = [
        line
        for line in text.splitlines()
        if line.startswith("database_statement_calls_total") and "SELECT SLEEP (?)" in line
    ]
    labels = calls.partition("{")[2].rpartition("}")[0]

    assert calls.endswith(" 2")
    assert value(text, f"database_statement_seconds_total{{{labels}}}") >= 0.2
    assert 0.15 <= value(text, f"database_statement_slowest_seconds{{{labels}}}") < 0.2
    assert value(text, 'database_queries_total{database="shop"}') >= 33
    assert value(text, 'database_queries_seconds_total{database="shop"}') >= 0.2
    assert value(text, 'exporter_series_dropped{family="database_statement_calls_total"}') > 10
    assert text.count("\ndatabase_statement_calls_total{") == 20
    assert PLANTED not in text
    assert "0wner" not in text
    # What we ask ourselves is no statement of anybody's.
    assert not [line for line in text.splitlines() if "_schema" in line and "statement=" in line]


def test_statements_forgotten(start_database: Callable[..., Any]) -> None:
    """Counters of all queries together do not fall when the server forgets statements."""
    server = start_database()

    async def forget() -> tuple[float, float]:
        probe = Probe("t", collector.source(server.target()), seconds=15)
        server.run(*["SELECT 1"] * 20)
        before = await probe.answer(20)
        server.run("TRUNCATE performance_schema.events_statements_summary_by_digest", "SELECT 2")
        after = await probe.answer(20)
        probe.close()
        series = 'database_queries_total{database="shop"}'
        return value(before, series), value(after, series)

    before, after = asyncio.run(forget())
    assert before <= after < before + 10


def test_no_performance_schema(start_database: Callable[..., Any]) -> None:
    """Where statements are not told apart, they are counted, and the rest is measured."""
    text = measured(start_database("--performance-schema=OFF").target())

    assert not [line for line in text.splitlines() if FAILED.match(line)]
    assert value(text, 'database_queries_total{database=""}') > 1
    told = families(text)
    assert database.table_rows.name in told
    assert database.queries_seconds_total.name not in told
    assert database.indexes_unused.name not in told
    assert not any(name.startswith("database_statement") for name in told)


def test_least_privilege(shared: Any) -> None:
    """The account that measures reads no row of anybody's, and changes nothing."""
    for statement in (
        "SELECT note FROM orders",
        "DELETE FROM orders",
        "CREATE TABLE mine (id int)",
        "SELECT authentication_string FROM mysql.user",
        "KILL 1",
    ):
        with pytest.raises(pymysql.MySQLError, match=r"^\((1044|1045|1094|1095|1142), "):
            shared.run(statement, user="monitor", password="m0nitor-s3cret")


def test_grants(start_database: Callable[..., Any]) -> None:
    """The statements make an account that every collector succeeds with; what it lacks is told."""
    server = start_database()
    server.run("DROP USER monitor@localhost")
    target = server.target()

    def needed() -> Grants:
        found = asyncio.run(grants(target))
        assert found
        return found

    before = needed()
    assert before.unknown == "the server refused a question (error 1045)"
    create = before.statements[0]
    server.run(create.replace("PASSWORD", "m0nitor-s3cret"))
    assert len(needed().lacking) == 5
    server.run(*needed().lacking)
    assert needed().lacking == ()
    assert set(needed().statements) < {s.removesuffix("  -- MariaDB") for s in before.statements}
    assert not [line for line in measured(target).splitlines() if FAILED.match(line)]
    for right in needed().statements[1:]:
        server.run(right.replace("GRANT", "REVOKE").replace(" TO ", " FROM "))
        assert needed().lacking == (right,)
        server.run(right)


def test_configured_queries(start_database: Callable[..., Any]) -> None:
    """Configured queries are explained and executed, and the oldest row of a table is told."""
    server = start_database()
    server.run(
        "CREATE TABLE visits AS SELECT now() - INTERVAL 1 HOUR AS made",
        "GRANT SELECT ON shop.* TO monitor@localhost",
        "ANALYZE TABLE orders",
    )
    target = replace(
        server.target(),
        queries={
            "all": "SELECT * FROM orders WHERE note = 'x'",
            "one": "SELECT note FROM orders WHERE id = 7",
            "alias": "SELECT o.id FROM orders AS o WHERE o.note LIKE '%o.customer%'",
            "every": "SELECT sum(customer) FROM orders",
            "slow": "SELECT sleep(0.2)",
        },
        oldest={"visits": "made"},
    )
    text = measured(target)
    assert 900 <= value(text, _plan("all", "full")) <= 1100
    assert value(text, _plan("one", "index")) == 1
    assert value(text, 'database_plan_full_scans{query="all"}') == 1
    assert 900 <= value(text, _unindexed("all", "orders", "note")) <= 1100
    assert 900 <= value(text, _unindexed("alias", "o", "note")) <= 1100
    assert 900 <= value(text, _unindexed("every", "orders", "")) <= 1100
    assert text.count("\ndatabase_plan_unindexed_rows{") == 3
    assert value(text, 'database_plan_full_scans{query="one"}') == 0
    assert 0 < value(text, 'database_query_seconds{query="one"}') < 0.2
    assert value(text, 'database_query_seconds{query="slow"}') >= 0.2
    age = value(text, 'database_table_oldest_row_seconds{table="visits"}')
    assert 3600 <= age < 3700


def _unindexed(query: str, table: str, column: str) -> str:
    labels = f'query="{query}",table="{table}",column="{column}"'
    return f"database_plan_unindexed_rows{{{labels}}}"


def _plan(query: str, access: str) -> str:
    return f'database_plan_rows{{query="{query}",table="orders",access="{access}"}}'


def test_strange_names(start_database: Callable[..., Any]) -> None:
    """Names with quotes, newlines, dots and backslashes are told as they are, each series once."""
    server = start_database()
    server.run(
        'CREATE TABLE `a"b\nc\\d` (id int)',
        "CREATE DATABASE `x.y`",
        "CREATE DATABASE `x`",
        "CREATE TABLE `x.y`.`z` (id int)",
        "CREATE TABLE `x`.`y.z` (id int)",
    )
    text = measured(server.target())
    samples = [s for f in text_string_to_metric_families(text) for s in f.samples]
    series = [(s.name, tuple(sorted(s.labels.items()))) for s in samples]

    assert len(series) == len(set(series))
    assert any(s.labels.get("table") == 'a"b\nc\\d' for s in samples)


def test_many_tables(start_database: Callable[..., Any]) -> None:
    """Of more tables than a hundred the largest are told apart, and the others are one."""
    server = start_database()
    server.run(*(f"CREATE TABLE many_{n} (id int PRIMARY KEY, KEY again (id))" for n in range(120)))
    text = measured(server.target())
    names = [name for name in text.splitlines() if name.startswith("database_table_size_bytes")]

    assert len(names) == 101
    assert any('table="orders"' in name for name in names)
    assert value(text, 'database_table_indexes{database="shop",table="other"}') == 43
    assert value(text, 'exporter_series_dropped{family="database_table_size_bytes"}') == 22
    assert value(text, 'exporter_series_dropped{family="database_table_rows"}') == 22


def test_deadlock_and_replica(start_database: Callable[..., Any]) -> None:
    """A deadlock is counted; a replica says whom it follows, whether it runs and how late it is."""
    primary = start_database("--log-bin=log", "--server-id=1")
    replica = start_database("--server-id=2")
    primary.run("CREATE USER follower@localhost IDENTIFIED BY 'follow'")
    primary.run("GRANT REPLICATION SLAVE ON *.* TO follower@localhost")
    replica.run(
        f"CHANGE MASTER TO master_host='127.0.0.1', master_port={primary.port}, "
        "master_user='follower', master_password='follow', master_log_file='log.000001', "
        "master_log_pos=4",
        "START SLAVE",
    )
    deadline = time.monotonic() + 20
    while (
        'mysql_replica_running{channel="",thread="receive"} 1'
        not in (text := measured(replica.target()))
        or "database_replication_lag_seconds" not in text
    ):
        assert time.monotonic() < deadline, text
    assert 'role="replica"' in text
    assert value(text, 'mysql_replica_running{channel="",thread="apply"}') == 1
    assert value(text, "database_replication_lag_seconds") < 60
    assert value(text, "database_replication_running") == 1

    replica.run("STOP SLAVE SQL_THREAD")
    text = measured(replica.target())
    assert value(text, "database_replication_running") == 0
    assert value(text, 'mysql_replica_running{channel="",thread="apply"}') == 0
    assert "database_replication_lag_seconds" not in text

    _deadlock(primary)
    text = measured(primary.target())
    assert value(text, "database_replicas") == 1
    assert value(text, 'database_deadlocks_total{database=""}') == 1
    assert families(text).isdisjoint({mysql.replica_running.name, "database_replication_running"})


def _deadlock(server: Any) -> None:
    """Let two transactions wait for each other; the server ends one of them."""
    with server.connect() as one, server.connect() as two:
        for connection, first in ((one, 1), (two, 2)):
            connection.cursor().execute(f"UPDATE orders SET note = 'd' WHERE id = {first}")  # noqa: S608
        waits = threading.Thread(
            target=lambda: suppressed(one, "UPDATE orders SET note = 'd' WHERE id = 2")
        )
        waits.start()
        suppressed(two, "UPDATE orders SET note = 'd' WHERE id = 1")
        waits.join()


def suppressed(connection: Any, statement: str) -> None:
    """Run a statement that may be the one that the server ends."""
    with suppress(pymysql.OperationalError):
        connection.cursor().execute(statement)
