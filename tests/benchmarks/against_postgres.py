"""PostgreSQL with 64 tables, beside postgres_exporter."""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg

from compose.local import postgres
from compose.local.ports import reserve
from tests.benchmarks.measured import Exporter, compare
from tests.benchmarks.processes import PAUSE, TRIES, lightship, start
from tests.benchmarks.results import Goal, Result

TABLES = 64
SMALL, SMALL_ROWS, LARGE_ROWS = 60, 500, 100_000
PASSWORD = "bench"
SETUP = (
    f"CREATE ROLE monitor LOGIN PASSWORD '{PASSWORD}' IN ROLE pg_monitor;",
    f"ALTER ROLE postgres PASSWORD '{PASSWORD}';",
    "CREATE EXTENSION pg_stat_statements;",
)
GOALS = (Goal("p50 ms", 1 / 3), Goal("server CPU ms", 1 / 4))


def measure(folder: Path, program: str, scrapes: int) -> Result:
    """Return the comparison with the postgres_exporter at ``program``."""
    with ExitStack() as stack:
        data, port = folder / "postgres", reserve()
        postgres.create(data, "shop", SETUP)
        server = start(stack, list(postgres.command(data, port)), port)
        fill(port)
        ours = _ours(stack, folder, port, server)
        theirs = _theirs(stack, program, port, server)
        return Result(f"PostgreSQL, {TABLES} tables", compare(ours, theirs, scrapes), GOALS)


def fill(port: int) -> None:
    """Make the tables: small ones and four of some size, all with indexes."""
    with connected(port) as connection:
        for number in range(TABLES):
            rows = SMALL_ROWS if number < SMALL else LARGE_ROWS
            connection.execute(
                f"CREATE TABLE t{number} AS "  # noqa: S608 - numbers of our own
                "SELECT n AS id, 'note ' || n AS note, n % 7 AS kind "
                f"FROM generate_series(1, {rows}) AS n".encode()
            )
            connection.execute(f"ALTER TABLE t{number} ADD PRIMARY KEY (id)".encode())
            connection.execute(f"CREATE INDEX ON t{number} (kind)".encode())
        connection.execute("VACUUM ANALYZE")


def connected(port: int) -> psycopg.Connection:
    """Return a connection: a server that listens may still be starting up."""
    url = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/shop"
    for _ in range(TRIES):
        with suppress(psycopg.OperationalError):
            return psycopg.connect(url, autocommit=True)
        time.sleep(PAUSE)
    raise SystemExit("PostgreSQL: takes no connections")


def _ours(stack: ExitStack, folder: Path, port: int, server: int) -> Exporter:
    (folder / "password").write_text(PASSWORD)
    pid, listens = lightship(
        stack,
        folder,
        f"targets: {{t: {{kind: postgres, url: 'postgresql://monitor@127.0.0.1:{port}/shop', "
        "password_file: password, service: s}}\nservices: {s: {}}\n",
    )
    return Exporter("lightship", pid, listens, "/probe?target=t", server)


def _theirs(stack: ExitStack, program: str, port: int, server: int) -> Exporter:
    listens = reserve()
    url = f"postgresql://monitor:{PASSWORD}@127.0.0.1:{port}/shop?sslmode=disable"
    options = [f"--web.listen-address=127.0.0.1:{listens}"]
    pid = start(stack, [program, *options], listens, DATA_SOURCE_NAME=url)
    return Exporter("postgres_exporter", pid, listens, "/metrics", server)
