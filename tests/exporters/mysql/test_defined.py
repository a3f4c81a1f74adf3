"""Metrics that the settings define, asked of a real MariaDB server."""

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
from exporters.mysql_client import MysqlClient

MANY = Family("shop_many", (), "Many.", "gauge", own=True)
BY_CUSTOMER = Family("shop_customer_orders", ("customer",), "Orders.", "gauge", own=True)
ORDERS = Definition(
    "orders",
    "SELECT customer, count(*) AS many FROM orders GROUP BY customer -- each",
    {"many": BY_CUSTOMER},
    ("customer",),
)


@pytest.fixture
def reader(shared: Any) -> Iterator[Any]:
    """Return the server, whose orders may be read meanwhile."""
    shared.run("GRANT SELECT ON shop.orders TO monitor@localhost")
    yield shared
    shared.run("REVOKE SELECT ON shop.orders FROM monitor@localhost")


def collect(server: Any, *definitions: Definition) -> list[str]:
    """Return what each definition gives, or why it fails; all are asked at once."""
    client, turns = MysqlClient(server.target(), 0.5), Turns()
    parts = [DefinedCollector(one, client, turns) for one in definitions]

    async def told(part: DefinedCollector) -> str:
        try:
            await part.collect()
        except CollectionError as error:
            return f"{error.reason}: {error}"
        return part.page.text()

    async def together() -> list[str]:
        try:
            return await asyncio.gather(*map(told, parts))
        finally:
            client.close()

    return asyncio.run(together())


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("SELECT 1 AS many FROM customers", "permission: "),
        ("SELECT 1 AS more", "a column that it names is not there"),
        ("SELECT spoil() AS many", "it would write"),
        ("SELECT 1 AS many FROM (SELECT sleep(60)) AS s", "timeout: "),
    ],
    ids=["right", "column", "function", "slow"],
)
def test_refused(reader: Any, query: str, problem: str) -> None:
    """The server refuses to write, ends what takes long, and answers the other query."""
    reader.run(
        "CREATE OR REPLACE FUNCTION shop.spoil() RETURNS int NOT DETERMINISTIC MODIFIES SQL DATA "
        "BEGIN DELETE FROM shop.orders; RETURN 1; END",
        "GRANT EXECUTE ON FUNCTION shop.spoil TO monitor@localhost",
    )
    wrong, right = collect(reader, Definition("q", query, {"many": MANY}), ORDERS)
    assert problem in wrong
    assert 'shop_customer_orders{customer="3"} 100\n' in right
    assert reader.run("SELECT count(*) FROM orders") == [(1000,)]


def test_grants(shared: Any) -> None:
    """The right to read what a query asks for is named, and missed until it is granted."""
    target = replace(shared.target(), metrics=(ORDERS,))
    statement = "GRANT SELECT ON … TO monitor@'%';  -- … are the tables that metrics.orders reads"
    found = asyncio.run(grants(target))
    assert found is not None
    assert statement in found.statements
    assert found.lacking == (statement,)
    shared.run("GRANT SELECT ON shop.orders TO monitor@localhost")
    found = asyncio.run(grants(target))
    shared.run("REVOKE SELECT ON shop.orders FROM monitor@localhost")
    assert found is not None
    assert found.lacking == ()
