"""Metrics that the settings define, asked of a real PostgreSQL server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from exporters.catalog.family import Family
from exporters.collectors import grants
from exporters.defined import DefinedCollector, Turns
from exporters.definition import Definition
from exporters.failure import CollectionError
from exporters.postgres_client import PostgresClient

MANY = Family("shop_many", (), "Many.", "gauge", own=True)
BY_CUSTOMER = Family("shop_customer_orders", ("customer",), "Orders.", "gauge", own=True)
ORDERS = Definition(
    "orders",
    'SELECT customer AS "customer", count(*) AS many FROM public.orders GROUP BY 1 -- each',
    {"many": BY_CUSTOMER},
    ("customer",),
)


def asks(query: str) -> Definition:
    return Definition("q", query, {"many": MANY})


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """Run what waits, one after the other."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def reader(shared: Any, runner: asyncio.Runner) -> Iterator[PostgresClient]:
    """Ask as somebody who may read the table of orders, and is let half a second."""
    shared.run("GRANT SELECT ON orders TO monitor")
    client = PostgresClient(shared.target(), 0.5)
    yield client
    client.close()
    runner.run(asyncio.sleep(0))
    shared.run("REVOKE SELECT ON orders FROM monitor")


def collect(runner: asyncio.Runner, client: PostgresClient, *definitions: Definition) -> list[str]:
    """Return what each definition gives, or why it fails; all are asked at once."""
    turns = Turns()
    parts = [DefinedCollector(one, client, turns) for one in definitions]

    async def told(part: DefinedCollector) -> str:
        try:
            await part.collect()
        except CollectionError as error:
            return f"{error.reason}: {error}"
        return part.page.text()

    async def together() -> list[str]:
        return await asyncio.gather(*map(told, parts))

    return runner.run(together())


def test_measured(runner: asyncio.Runner, reader: PostgresClient) -> None:
    """Rows become series, whatever is counted."""
    (text,) = collect(runner, reader, ORDERS)
    assert 'shop_customer_orders{customer="3"} 100\n' in text
    (numbers,) = collect(runner, reader, asks("SELECT sum(id) / 7.0 AS many FROM public.orders"))
    assert "shop_many 71500.0000000" in numbers


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("SELECT setval('public.numbers', 5) AS many", "it would write"),
        ("SELECT public.spoil() AS many", "it would write"),
        ("WITH o AS (DELETE FROM public.orders RETURNING 1) SELECT 1 AS many FROM o", ""),
        ("SELECT 1 AS many FROM public.nowhere", "a table that it names is not there"),
        ("SELECT 1 AS more", "a column that it names is not there"),
        ("SELECT customer many FRM public.orders", "it is no SQL"),
        ("SELECT 1) AS many, (SELECT 2", "a column"),
    ],
    ids=["sequence", "function", "delete", "table", "column", "grammar", "escape"],
)
def test_refused(
    runner: asyncio.Runner, reader: PostgresClient, shared: Any, query: str, problem: str
) -> None:
    """The server refuses to write, and says what is wrong with a query; others are answered."""
    shared.run(
        "CREATE SEQUENCE IF NOT EXISTS numbers",
        "GRANT ALL ON SEQUENCE numbers TO monitor",
        "CREATE OR REPLACE FUNCTION spoil() RETURNS int LANGUAGE sql SECURITY DEFINER "
        "AS $$ DELETE FROM public.orders RETURNING 1 $$",
    )
    wrong, right = collect(runner, reader, asks(query), ORDERS)
    assert "the server refused a question" in wrong
    assert problem in wrong
    assert 'customer="3"} 100' in right
    assert shared.run("SELECT count(*) FROM orders") == [(1000,)]


def test_slow(runner: asyncio.Runner, reader: PostgresClient) -> None:
    """A query that takes too long is ended by the server, and the next one is answered."""
    slow, quick = collect(runner, reader, asks("SELECT 1 AS many FROM pg_sleep(60)"), ORDERS)
    assert slow == "timeout: the server refused a question (SQLSTATE 57014)"
    assert 'customer="3"} 100' in quick


def test_many_rows(runner: asyncio.Runner, reader: PostgresClient) -> None:
    """Of a hundred thousand rows no more are sent than show that they are too many."""
    rows = "SELECT n AS customer, 1 AS many FROM generate_series(1, 100000) AS n"
    many, other = collect(runner, reader, replace(ORDERS, query=rows), asks("SELECT 1 AS many"))
    assert many == "other: it gives more than 10000 rows; aggregate them"
    assert "shop_many 1\n" in other


def test_locked(runner: asyncio.Runner, reader: PostgresClient, shared: Any) -> None:
    """A table that somebody locks fails its own query alone, and at once."""
    with shared.connect() as connection:
        connection.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        locked, other = collect(runner, reader, ORDERS, asks("SELECT 1 AS many"))
        connection.rollback()
    assert locked.startswith("locked: ")
    assert "shop_many 1\n" in other


def test_altered(runner: asyncio.Runner, reader: PostgresClient, shared: Any) -> None:
    """A table that changes its shape is measured again at the next but one time."""
    shared.run("CREATE TABLE moved (many int)", "INSERT INTO moved VALUES (1)")
    shared.run("GRANT SELECT ON moved TO monitor")
    one = asks("SELECT many FROM public.moved")
    assert "shop_many 1\n" in collect(runner, reader, one)[0]
    shared.run("ALTER TABLE moved ALTER many TYPE numeric")
    collect(runner, reader, one)
    assert "shop_many 1\n" in collect(runner, reader, one)[0]
    shared.run("DROP TABLE moved")


def test_grants(shared: Any) -> None:
    """The right to read what a query asks for is named, and missed until it is granted."""
    target = replace(shared.target(), metrics=(ORDERS,))
    statement = "GRANT SELECT ON … TO monitor;  -- … are the tables that metrics.orders reads"
    found = asyncio.run(grants(target))
    assert found is not None
    assert statement in found.statements
    assert found.lacking == (statement,)
    shared.run("GRANT SELECT (id, customer) ON orders TO monitor")
    found = asyncio.run(grants(target))
    shared.run("REVOKE SELECT (id, customer) ON orders FROM monitor")
    assert found is not None
    assert found.lacking == ()
