"""The PostgreSQL collectors: what they make of answers, recorded and real."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from compose.local import postgres as programs
from exporters import catalog
from exporters.catalog import database
from exporters.collectors import grants, postgres
from exporters.collectors.postgres.role import EXTENSION
from exporters.grants import Grants
from exporters.probe import Probe
from exporters.reading import Row
from exporters.settings import Target

HERE = Path(__file__).parent
PLANTED = "pl4nted-s3cret"

# What PostgreSQL does not count, and what is measured only where settings name it.
NOT_TOLD = {
    database.slow_queries_total.name,
    database.slow_query_limit_seconds.name,
    database.plan_rows.name,
    database.plan_full_scans.name,
    database.plan_unindexed_rows.name,
    database.query_seconds.name,
    database.table_oldest_row_seconds.name,
}


def measured(target: Target) -> str:
    """Return what a server answers once every collector has run."""

    async def once() -> str:
        source = postgres.source(target)
        probe = Probe("t", source)
        deadline = time.monotonic() + 20
        try:
            while (text := await probe.answer(5)).count("\nexporter_collector_success{") < len(
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
    return {name for name in heads if name.startswith(("database_", "postgres_"))}


def value(text: str, series: str) -> float:
    """Return the value of a series."""
    start = f"{series} "
    return float(next(line for line in text.splitlines() if line.startswith(start)).split()[-1])


class Recorded:
    """A client that answers what a real server once did."""

    def __init__(self, version: int, answers: Mapping[str, Sequence[Row]]) -> None:
        self._version = version
        self._answers = answers

    async def version(self) -> int:
        return self._version

    async def ask(self, sql: str) -> Sequence[Row]:
        return [tuple(row) for row in self._answers[" ".join(sql.split())]]


@pytest.mark.parametrize("name", ["postgres-15", "postgres-18"])
def test_recorded(name: str, golden: Callable[[Path, str], None]) -> None:
    """Recorded answers become exactly this text."""
    client = Recorded(**json.loads((HERE / f"recorded/{name}.json").read_text()))

    async def collect() -> str:
        parts = postgres.collectors(client, client)
        for part in parts:
            await part.collect()
        return "".join(part.page.text() for part in parts)

    text = asyncio.run(collect())
    golden(HERE / f"golden/{name}.prom", text)
    assert list(text_string_to_metric_families(text))


def test_whole_vocabulary(start_database: Callable[..., Any], tmp_path: Path) -> None:
    """Every family of both vocabularies comes from a primary or its replica."""
    primary = start_database()
    primary.run(
        "CREATE ROLE follower REPLICATION LOGIN PASSWORD 'follow'",
        "SELECT pg_create_physical_replication_slot('spare', true)",
        "VACUUM ANALYZE orders",
    )
    replica = _replica(primary, tmp_path, start_database)
    primary.run("INSERT INTO customers VALUES (1000, 'new')")
    wait_until(lambda: replica.run("SELECT id FROM customers WHERE id = 1000"))
    # A replica that has nothing to do has no lag in time: keep it busy while we look.
    primary_says = ""
    deadline = time.monotonic() + 20
    while "postgres_replica_lag_seconds" not in families(primary_says):
        assert time.monotonic() < deadline
        primary.run("UPDATE customers SET name = 'newer' WHERE id = 1000")
        primary_says = measured(primary.target())
    replica_says = measured(replica.target())

    names = {name for name in catalog.families() if name.startswith(("database_", "postgres_"))}
    assert names - NOT_TOLD == families(primary_says) | families(replica_says)
    assert value(primary_says, "database_replicas") == 1
    assert 'role="primary"' in primary_says
    assert 'role="replica"' in replica_says
    assert "database_replication_lag_seconds" not in primary_says
    assert value(replica_says, "database_replication_lag_seconds") < 60
    assert "database_replication_running" not in primary_says
    assert value(replica_says, "database_replication_running") == 1

    replica.run("SELECT pg_wal_replay_pause()")
    assert value(measured(replica.target()), "database_replication_running") == 0
    replica.run("SELECT pg_wal_replay_resume()")
    primary.kill()
    wait_until(lambda: value(measured(replica.target()), "database_replication_running") == 0)


def wait_until(holds: Callable[[], object]) -> None:
    """Poll until something holds; fail when it never does."""
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _replica(primary: Any, folder: Path, start_database: Callable[..., Any]) -> Any:
    """Start a server that follows the primary: a backup of it, taken over the network."""
    copy = folder / "copy"
    source = f"host=127.0.0.1 port={primary.port} user=follower password=follow"
    backup = [str(programs.programs() / "pg_basebackup"), "-D", str(copy), "-R", "-d", source]
    subprocess.run([*backup, "--checkpoint=fast"], check=True, capture_output=True)
    return start_database(data=copy)


def test_values(start_database: Callable[..., Any]) -> None:
    """Values are those of the server."""
    server = start_database()
    server.run(
        "UPDATE orders SET note = 'x' WHERE id <= 10",
        "DELETE FROM orders WHERE id > 990",
        "ANALYZE orders",
        "SELECT pg_stat_force_next_flush()",
    )
    text = measured(server.target())
    orders = 'database="shop",table="public.orders"'

    assert value(text, "database_up") == 1
    assert value(text, "database_connections_limit") == 60
    assert value(text, f'database_table_rows_changed_total{{{orders},operation="updated"}}') == 10
    assert value(text, f'database_table_rows_changed_total{{{orders},operation="deleted"}}') == 10
    assert 900 < value(text, f"database_table_rows{{{orders}}}") <= 1000
    assert value(text, f"postgres_table_rows_dead{{{orders}}}") >= 10
    assert value(text, f"database_table_indexes{{{orders}}}") == 3
    assert value(text, 'database_indexes_unused{database="shop"}') == 2
    assert value(text, 'database_indexes_duplicate{database="shop"}') == 1
    assert value(text, 'postgres_setting{setting="statement_timeout"}') == 9
    assert value(text, 'postgres_setting{setting="shared_buffers"}') == 32 * 1024**2
    assert value(text, 'postgres_setting{setting="log_min_duration_statement"}') == -1
    assert (
        value(text, 'database_size_bytes{database="shop"}')
        == server.run("SELECT pg_database_size('shop')")[0][0]
    )


def test_many_tables(start_database: Callable[..., Any]) -> None:
    """Of more tables than a hundred the largest are told apart, and the others are one."""
    server = start_database()
    with server.connect() as connection:
        for number in range(120):
            connection.execute(f"CREATE TABLE many_{number} (id int PRIMARY KEY)".encode())
    text = measured(server.target())
    names = [name for name in text.splitlines() if name.startswith("database_table_size_bytes")]

    assert len(names) == 101
    assert any('table="public.orders"' in name for name in names)
    assert value(text, 'database_table_indexes{database="shop",table="other"}') == 22
    assert value(text, 'exporter_series_dropped{family="database_table_size_bytes"}') == 22
    assert value(text, 'exporter_series_dropped{family="database_table_rows"}') == 22


def test_statements(start_database: Callable[..., Any]) -> None:
    """The statements that took the most time are counted, with their text and without values."""
    server = start_database()
    for number in range(30):
        server.run(
            f"SELECT {', '.join(['id'] * (number + 1))} FROM orders "  # noqa: S608 - a test's own
            f"WHERE note = '{PLANTED}'"
        )
    server.run(
        "SELECT pg_sleep(0.05)",
        "SELECT pg_sleep(0.15)",
        f"ALTER ROLE postgres PASSWORD '0wner-s3cret' /* {PLANTED} */",
    )
    text = measured(server.target())
    (calls,) = [
        line
        for line in text.splitlines()
        if line.startswith("database_statement_calls_total") and "SELECT pg_sleep($1)" in line
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


def test_statements_forgotten(start_database: Callable[..., Any]) -> None:
    """Counters of all queries together do not fall when the server forgets statements."""
    server = start_database()

    async def forget() -> tuple[float, float]:
        probe = Probe("t", postgres.source(server.target()))
        server.run(*["SELECT 1"] * 20)
        before = await probe.answer(5)
        server.run("SELECT public.pg_stat_statements_reset()", "SELECT 2")
        after = await probe.answer(5)
        probe.close()
        series = 'database_queries_total{database="shop"}'
        return value(before, series), value(after, series)

    before, after = asyncio.run(forget())
    assert before <= after < before + 10


def test_no_extension(start_database: Callable[..., Any]) -> None:
    """Where statements are not counted, the rest is measured, and nothing fails."""
    server = start_database()
    server.run("DROP EXTENSION pg_stat_statements")
    text = measured(server.target())

    assert 'exporter_collector_success{collector="statements"} 1' in text.splitlines()
    assert not any(name.startswith("database_statement") for name in families(text))
    assert database.table_rows.name in families(text)


def test_least_privilege(start_database: Callable[..., Any]) -> None:
    """An account in pg_monitor sees everything; one without any rights still sees most."""
    server = start_database()
    full = families(measured(server.target()))
    server.run("REVOKE pg_monitor FROM monitor")
    text = measured(server.target())

    assert 'exporter_collector_success{collector="activity"} 1' in text.splitlines()
    assert len(families(text)) > 0.8 * len(full)


def test_configured_queries(start_database: Callable[..., Any]) -> None:
    """Configured queries are explained and executed, and the oldest row of a table is told."""
    server = start_database()
    server.run(
        "CREATE TABLE visits AS SELECT now() - interval '1 hour' AS made",
        "GRANT SELECT ON orders, customers, visits TO monitor",
        "ANALYZE",
    )
    target = replace(
        server.target(),
        queries={
            "all": "SELECT * FROM public.orders WHERE note = 'x'",
            "one": "SELECT note FROM public.orders WHERE id = 7",
            "alias": "SELECT o.id FROM public.orders AS o WHERE o.note LIKE '%o.customer%'",
            "every": "SELECT sum(customer) FROM public.orders",
            "slow": "SELECT pg_sleep(0.2)",
        },
        oldest={"public.visits": "made"},
    )
    text = measured(target)
    assert 900 <= value(text, _plan("all", "full")) <= 1100
    assert value(text, _plan("one", "index")) == 1
    assert value(text, 'database_plan_full_scans{query="all"}') == 1
    assert 900 <= value(text, _unindexed("all", "public.orders", "note")) <= 1100
    assert 900 <= value(text, _unindexed("alias", "public.orders", "note")) <= 1100
    assert 900 <= value(text, _unindexed("every", "public.orders", "")) <= 1100
    assert text.count("\ndatabase_plan_unindexed_rows{") == 3
    assert value(text, 'database_plan_full_scans{query="one"}') == 0
    assert 0 < value(text, 'database_query_seconds{query="one"}') < 0.2
    assert value(text, 'database_query_seconds{query="slow"}') >= 0.2
    age = value(text, 'database_table_oldest_row_seconds{table="public.visits"}')
    assert 3600 <= age < 3700


def _unindexed(query: str, table: str, column: str) -> str:
    labels = f'query="{query}",table="{table}",column="{column}"'
    return f"database_plan_unindexed_rows{{{labels}}}"


def _plan(query: str, access: str) -> str:
    return f'database_plan_rows{{query="{query}",table="public.orders",access="{access}"}}'


def test_strange_names(start_database: Callable[..., Any]) -> None:
    """Names with quotes, newlines, dots and backslashes are told as they are, each series once."""
    server = start_database()
    name = 'a"b\nc\\d'.replace('"', '""')
    server.run(
        f'CREATE TABLE "{name}" (id int)',
        'CREATE SCHEMA "x.y"',
        'CREATE SCHEMA "x"',
        'CREATE TABLE "x.y"."z" (id int)',
        'CREATE TABLE "x"."y.z" (id int)',
    )
    text = measured(server.target())
    samples = [s for f in text_string_to_metric_families(text) for s in f.samples]
    series = [(s.name, tuple(sorted(s.labels.items()))) for s in samples]

    assert len(series) == len(set(series))
    assert any(s.labels.get("table") == 'public.a"b\nc\\d' for s in samples)


def test_grants(start_database: Callable[..., Any]) -> None:
    """The statements make a role that every collector succeeds with; what it lacks is told."""
    server = start_database()
    server.run("DROP EXTENSION pg_stat_statements", "DROP ROLE monitor")
    target = server.target()

    async def needed() -> Grants:
        found = await grants(target)
        assert found
        return found

    before = asyncio.run(needed())
    assert before.unknown == "the server refused the user, the password or the database"
    create, extend = before.statements
    server.run(create.replace("'PASSWORD'", "'m0nitor-s3cret'"))
    assert asyncio.run(needed()).lacking == (EXTENSION,)
    server.run(extend, "REVOKE pg_monitor FROM monitor")
    assert asyncio.run(needed()).lacking == ("GRANT pg_monitor TO monitor;",)
    server.run("GRANT pg_monitor TO monitor")
    assert asyncio.run(needed()) == Grants(before.statements)

    text = measured(target)
    assert "database_statement_calls_total" in text
    assert 'exporter_collector_success{collector="activity"} 0' not in text
